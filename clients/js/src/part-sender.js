/** Sends one part to S3, and decides after each error whether and how to send it again. */

import { assertReadable } from "./bytes.js";
import { AirlockError, hasCode } from "./errors.js";
import { PAUSED } from "./pause-controller.js";
import { putBlob } from "./put-blob.js";
import { MAX_ATTEMPTS, MAX_FORBIDDEN, retry } from "./retry.js";
import { DEFERRED } from "./send-window.js";

/** @import { ConcurrencyController } from "./concurrency-controller.js" */
/** @import { PartChecksums } from "./part-checksums.js" */
/** @import { PartUrls } from "./part-urls.js" */
/** @import { PartRequest, Parts, UploadedPart } from "./parts.js" */
/** @import { PresignedRequest } from "./put-blob.js" */
/** @import { Transfer } from "./strategies.js" */

/**
 * @typedef {object} Attempts  What has happened to a part so far.
 * @property {number} forbidden  Responses with status 403.
 * @property {boolean} mayBeStored  True when all bytes were sent once and no response came.
 */

export class PartSender {
  #transfer;
  #parts;
  #concurrency;
  #urls;
  #checksums;
  #listUploadedParts;

  /**
   * @param {Transfer} transfer
   * @param {object} deps
   * @param {Parts} deps.parts
   * @param {ConcurrencyController} deps.concurrency
   * @param {PartUrls} deps.urls
   * @param {PartChecksums | null} deps.checksums
   * @param {() => Promise<UploadedPart[]>} deps.listUploadedParts
   */
  constructor(transfer, { parts, concurrency, urls, checksums, listUploadedParts }) {
    this.#transfer = transfer;
    this.#parts = parts;
    this.#concurrency = concurrency;
    this.#urls = urls;
    this.#checksums = checksums;
    this.#listUploadedParts = listUploadedParts;
  }

  /**
   * Resolves when S3 has stored the part.
   * @param {number} partNumber
   */
  async send(partNumber) {
    const { connections, sendWindow, pause, signal, onStatus } = this.#transfer;
    await this.#checksums?.waitFor(partNumber, signal);
    /** @type {Attempts} */
    const attempts = { forbidden: 0, mayBeStored: false };
    const send = (/** @type {AbortSignal} */ deferral) =>
      connections.run(() => this.#attempt(partNumber, attempts, deferral), signal);
    const attempt = () => sendWindow.run(this.#parts.sizeOf(partNumber), send, signal);
    const onWait = () => {
      if (this.#parts.requests.size === 0) onStatus("waiting");
    };
    try {
      await retry(attempt, { attempts: MAX_ATTEMPTS, signal, pause, onWait });
    } catch (error) {
      if (!hasCode(error, "NoSuchUpload")) throw error;
      this.#parts.queue.length = 0; // completed or aborted elsewhere; the response to complete says which
    }
  }

  /**
   * @param {number} partNumber
   * @param {Attempts} attempts
   * @param {AbortSignal} deferral
   */
  async #attempt(partNumber, attempts, deferral) {
    if (!attempts.mayBeStored || !(await this.#isStored(partNumber))) await this.#put(partNumber, attempts, deferral);
    this.#parts.confirm(partNumber);
    this.#urls.drop(partNumber);
    this.#concurrency.recordSuccess();
    this.#reportProgress();
  }

  /**
   * @param {number} partNumber
   * @param {Attempts} attempts
   * @param {AbortSignal} deferral
   */
  async #put(partNumber, attempts, deferral) {
    const { pause, onStatus } = this.#transfer;
    const blob = this.#parts.slice(partNumber);
    await assertReadable(blob);
    const presigned = await this.#urls.get(partNumber);
    if (pause.isPaused) throw pause.reason;
    onStatus("uploading");
    const request = { partNumber, loaded: 0, startedAt: performance.now(), controller: new AbortController() };
    try {
      await this.#putBlob(blob, presigned, request, deferral);
    } catch (error) {
      this.#handleError(request, attempts, error);
      throw error;
    }
  }

  /**
   * @param {Blob} blob
   * @param {PresignedRequest} presigned
   * @param {PartRequest} request
   * @param {AbortSignal} deferral
   */
  async #putBlob(blob, presigned, request, deferral) {
    const { requests } = this.#parts;
    requests.add(request);
    const onProgress = (/** @type {number} */ loaded) => {
      this.#concurrency.recordProgress(loaded - request.loaded, requests.size, performance.now());
      request.loaded = loaded;
      this.#reportProgress();
    };
    const { failures, speed, signal: transferSignal } = this.#transfer;
    const signal = AbortSignal.any([transferSignal, request.controller.signal, deferral]);
    try {
      await putBlob(blob, { ...presigned, onProgress, failures, speed, signal });
    } finally {
      requests.delete(request);
    }
  }

  /**
   * @param {PartRequest} request
   * @param {Attempts} attempts
   * @param {unknown} error
   */
  #handleError({ partNumber, loaded }, attempts, error) {
    this.#reportProgress();
    if (!(error instanceof AirlockError) || error.code === PAUSED || error.code === DEFERRED) return;
    const { code, status } = error;
    attempts.mayBeStored ||= code === "network" && loaded === this.#parts.sizeOf(partNumber);
    if (status === 403 && ++attempts.forbidden >= MAX_FORBIDDEN) error.temporary = false;
    const isOverload = status === 429 || status >= 500 || (status === 0 && navigator.onLine);
    if (isOverload) this.#concurrency.recordFailure(performance.now());
    // S3 rejects an expired URL before it has read the part, which browsers may report as a lost connection.
    if (status < 429) this.#urls.drop(partNumber);
  }

  /** @param {number} partNumber */
  async #isStored(partNumber) {
    const uploaded = await this.#listUploadedParts();
    return uploaded.some((part) => part.partNumber === partNumber && this.#parts.isWhole(part));
  }

  #reportProgress() {
    this.#transfer.onProgress(this.#parts.loadedBytes);
  }
}
