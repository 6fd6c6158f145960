/** Polls documents after their bytes have arrived, until each has a final status. */

import { isInProgress } from "./document-status.js";
import { DocumentWatch } from "./document-watch.js";
import { Semaphore } from "./semaphore.js";
import { sleep } from "./wait.js";

/** @import { Api } from "./api.js" */
/** @import { PushSocket } from "./push-socket.js" */
/** @import { AirlockDocument, UploadOptions } from "./types.js" */

const MAX_ATTEMPTS = 8;
const MAX_POLL_INTERVAL_MS = 10_000;
/** Many documents may be checked at the same time. Their polls must leave connections to the calls that send files. */
const MAX_PARALLEL_POLLS = 3;
/** Each document that is polled adds so much to the interval, which limits repeated polls to 20 a second. */
const INTERVAL_PER_DOCUMENT_MS = 50;
/** Number of polls after which an upload in parts that is still pending is completed again. */
const POLLS_UNTIL_COMPLETE = 8;
/** Number of polls of a document that is being checked after which the server reports its changes. Most are ready before. */
const POLLS_UNTIL_PUSH = 3;

/**
 * @typedef {object} PollOptions
 * @property {AbortSignal} [signal]
 * @property {UploadOptions["onStatus"]} [onStatus]
 * @property {number} [delay]  Seconds until the first poll.
 * @property {boolean} [isMultipart]  True for an upload that was completed. The call may have to be repeated, because
 *   S3 can fail to answer it.
 */

export class DocumentPoller {
  #api;
  #socket;
  #permits = new Semaphore(MAX_PARALLEL_POLLS);
  #documents = 0;

  /**
   * @param {Api} api
   * @param {PushSocket} socket
   */
  constructor(api, socket) {
    this.#api = api;
    this.#socket = socket;
  }

  /**
   * Waits for the final status. Reports each response to `onStatus`, so that the caller sees the step that the document
   * waits for.
   * @param {string} id
   * @param {PollOptions} [options]
   * @returns {Promise<AirlockDocument>}
   */
  async waitForDocument(id, options = {}) {
    this.#documents++;
    const watch = new DocumentWatch(this.#socket, id);
    try {
      return await this.#poll(id, options, watch);
    } finally {
      watch.close();
      this.#documents--;
    }
  }

  /**
   * @param {string} id
   * @param {PollOptions} options
   * @param {DocumentWatch} watch
   */
  async #poll(id, { signal, onStatus, delay = 0, isMultipart = false }, watch) {
    const path = `/documents/${encodeURIComponent(id)}`;
    const options = { signal, attempts: MAX_ATTEMPTS, onWait: () => onStatus?.("waiting", null) };
    await sleep(delay * 1000, signal);
    for (let polls = 1; ; polls++) {
      const get = () => this.#api.call("GET", path, options);
      const { data: document, retryAfter } = await this.#permits.run(get, signal ?? new AbortController().signal);
      onStatus?.(isInProgress(document.status) ? "checking" : document.status, document);
      if (!isInProgress(document.status)) return document;
      const isOverdue = document.status === "pending" && polls % POLLS_UNTIL_COMPLETE === 0;
      if (isMultipart && isOverdue) await this.#api.call("POST", `${path}/complete`, options);
      const isSlow = polls >= POLLS_UNTIL_PUSH || this.#socket.isConnected;
      if (document.status === "processing" && isSlow) watch.open();
      await watch.wait(this.#computeInterval(polls, retryAfter) * (1 + Math.random() / 5), signal);
    }
  }

  /**
   * Returns milliseconds.
   * @param {number} polls
   * @param {number | null} retryAfter  Seconds.
   */
  #computeInterval(polls, retryAfter) {
    const interval = Math.min(250 * polls, MAX_POLL_INTERVAL_MS);
    return Math.max((retryAfter ?? 1) * 1000, interval, this.#documents * INTERVAL_PER_DOCUMENT_MS);
  }
}
