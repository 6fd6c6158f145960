/** The upload method MULTIPART: parts of the file side by side, each in a request of its own, until S3 holds them all. */

import { Pace } from "./pace.js";
import { PartChecksums, rememberLine } from "./part-checksums.js";
import { PartSender } from "./part-sender.js";
import { PartUrls } from "./part-urls.js";
import { Parts } from "./parts.js";
import { ATTEMPTS } from "./retry.js";

/** @import { HeldPart } from "./parts.js" */
/** @import { Transfer } from "./strategies.js" */

/** How often S3 may turn out to lack parts that it had confirmed. */
const COMPLETES = 3;
/** Bytes; fewer tell nothing about the line. */
const MEASURED_FROM = 32 * 1024 ** 2;

/**
 * @typedef {object} MultipartUpload  `upload` of the API's answer to a create; or its answer about the parts of an
 *   upload that was begun before.
 * @property {"MULTIPART"} method
 * @property {number} partSize  Bytes of every part but the last.
 * @property {number} partCount
 * @property {boolean} partChecksums  S3 wants the SHA-256 of each part.
 * @property {import("./part-urls.js").SignedPart[]} [parts]  The first window.
 * @property {string} [expiresAt]
 * @property {HeldPart[]} [uploaded]  What S3 holds.
 */

/**
 * @param {Transfer} transfer  Its `upload` is a MultipartUpload.
 * @returns {Promise<number>} Seconds after which the document may be ready.
 */
export async function putParts(transfer) {
  const ended = new AbortController();
  try {
    return await new MultipartTransfer({ ...transfer, signal: AbortSignal.any([transfer.signal, ended.signal]) }).run();
  } finally {
    ended.abort(); // after an error it stops the other parts
  }
}

class MultipartTransfer {
  #to;
  #path;
  #parts;
  #pace;
  #sender;

  /** @param {Transfer} transfer */
  constructor(transfer) {
    const { file, document, upload, api, signal } = transfer;
    this.#to = transfer;
    this.#path = `/documents/${encodeURIComponent(document.id)}`;
    this.#parts = new Parts(file, upload);
    this.#parts.fill(upload.uploaded ?? []);
    this.#pace = new Pace(upload.partSize);
    const checksums = upload.partChecksums ? new PartChecksums(this.#parts, signal) : null;
    const ask = (/** @type {object} */ body) => api.send("POST", `${this.#path}/parts`, { body, signal });
    const urls = new PartUrls(async (body) => (await ask(body)).data, this.#parts, checksums);
    if (upload.parts) urls.add(upload.parts, upload.expiresAt);
    this.#sender = new PartSender(transfer, { parts: this.#parts, pace: this.#pace, urls, checksums, list: () => this.#list() });
  }

  async run() {
    for (let completes = 1; ; completes++) {
      await this.#sendAll();
      try {
        return await this.#complete();
      } catch (error) {
        if (error.code !== "parts_incomplete" || completes === COMPLETES) throw error;
      }
      this.#parts.fill(await this.#list());
    }
  }

  async #sendAll() {
    const { pause, signal, onProgress } = this.#to;
    onProgress(this.#parts.loaded);
    const [before, start] = [this.#parts.confirmed, performance.now()];
    let paused = pause.on;
    const cutOff = () => {
      paused = true;
      if (pause.on) this.#parts.cutOff(pause.reason, performance.now());
    };
    pause.addEventListener("change", cutOff, { signal });
    await this.#sendQueue();
    const sent = this.#parts.confirmed - before;
    if (sent >= MEASURED_FROM && !paused) rememberLine((sent / (performance.now() - start)) * 1000);
  }

  /** @returns {Promise<void>} */
  #sendQueue() {
    let running = 0;
    return new Promise((resolve, reject) => {
      const next = () => {
        while (this.#parts.queue.length > 0 && running < this.#pace.width) {
          running++;
          this.#sender.send(this.#parts.take()).then(() => (running--, next()), reject);
        }
        if (running === 0) resolve();
      };
      this.#pace.addEventListener("change", next, { signal: this.#to.signal });
      next();
    });
  }

  /** @returns {Promise<number>} */
  async #complete() {
    const { api, signal, onStatus } = this.#to;
    onStatus("completing");
    const onWait = () => onStatus("waiting");
    const answer = await api.call("POST", `${this.#path}/complete`, { signal, attempts: ATTEMPTS, onWait });
    return answer.retryAfter ?? 0;
  }

  /** @returns {Promise<HeldPart[]>} */
  async #list() {
    const { api, signal } = this.#to;
    return (await api.call("GET", `${this.#path}/parts`, { signal })).data.uploaded;
  }
}
