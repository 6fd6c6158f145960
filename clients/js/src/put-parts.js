/** The upload method MULTIPART: parts of the file in parallel, each in a request of its own. */

import { ConcurrencyController } from "./concurrency-controller.js";
import { hasCode } from "./errors.js";
import { PartChecksums } from "./part-checksums.js";
import { PartSender } from "./part-sender.js";
import { PartUrls } from "./part-urls.js";
import { Parts } from "./parts.js";
import { MAX_ATTEMPTS } from "./retry.js";

/** @import { UploadedPart } from "./parts.js" */
/** @import { Transfer } from "./strategies.js" */

/** How often completing may find that S3 lacks parts which it had confirmed. */
const MAX_COMPLETES = 3;

/**
 * @typedef {object} MultipartUpload  The `upload` of the response to a create, or the parts of an upload that is
 *   resumed.
 * @property {"MULTIPART"} method
 * @property {number} partSize  Bytes of every part but the last.
 * @property {number} partCount
 * @property {boolean} partChecksums  True when S3 checks the SHA-256 of each part.
 * @property {import("./part-urls.js").PresignedPart[]} [parts]  The first batch of URLs.
 * @property {string} [expiresAt]
 * @property {UploadedPart[]} [uploaded]
 */

/**
 * @param {Transfer} transfer  Its `upload` is a MultipartUpload.
 * @returns {Promise<number>} Seconds after which the document may be ready.
 */
export async function putParts(transfer) {
  const controller = new AbortController();
  const signal = AbortSignal.any([transfer.signal, controller.signal]);
  try {
    return await new MultipartTransfer({ ...transfer, signal }).run();
  } finally {
    controller.abort(); // stops the other parts after an error
  }
}

class MultipartTransfer {
  #transfer;
  #path;
  #parts;
  #concurrency;
  #sender;

  /** @param {Transfer} transfer */
  constructor(transfer) {
    const { file, document, upload, signal } = transfer;
    this.#transfer = transfer;
    this.#path = `/documents/${encodeURIComponent(document.id)}`;
    this.#parts = new Parts(file, upload);
    this.#parts.queueMissing(upload.uploaded ?? []);
    this.#concurrency = new ConcurrencyController();
    const checksums = upload.partChecksums ? new PartChecksums(this.#parts, signal) : null;
    const urls = new PartUrls((body) => this.#postParts(body), this.#parts, checksums);
    if (upload.parts) urls.add(upload.parts, upload.expiresAt);
    this.#sender = new PartSender(transfer, {
      parts: this.#parts,
      concurrency: this.#concurrency,
      urls,
      checksums,
      listUploadedParts: () => this.#listUploadedParts(),
    });
  }

  async run() {
    for (let completes = 1; ; completes++) {
      await this.#sendAll();
      try {
        return await this.#complete();
      } catch (error) {
        if (!hasCode(error, "parts_incomplete") || completes === MAX_COMPLETES) throw error;
      }
      this.#parts.queueMissing(await this.#listUploadedParts());
    }
  }

  async #sendAll() {
    const { pause, signal, onProgress } = this.#transfer;
    onProgress(this.#parts.loadedBytes);
    const onPauseChange = () => {
      if (pause.isPaused) this.#parts.cancelRequests(pause.reason, performance.now());
    };
    pause.addEventListener("change", onPauseChange, { signal });
    await this.#sendQueue();
  }

  /** @returns {Promise<void>} */
  #sendQueue() {
    let running = 0;
    return new Promise((resolve, reject) => {
      const onSent = () => {
        running--;
        fill();
      };
      const fill = () => {
        while (this.#parts.queue.length > 0 && running < this.#concurrency.limit) {
          running++;
          this.#sender.send(this.#parts.claimNext()).then(onSent, reject);
        }
        if (running > 0) return;
        this.#concurrency.removeEventListener("change", fill); // or it would claim parts of the next call
        resolve();
      };
      this.#concurrency.addEventListener("change", fill, { signal: this.#transfer.signal });
      fill();
    });
  }

  /** @returns {Promise<number>} */
  async #complete() {
    const { api, signal, onStatus } = this.#transfer;
    onStatus("completing");
    const options = { signal, attempts: MAX_ATTEMPTS, onWait: () => onStatus("waiting") };
    const response = await api.call("POST", `${this.#path}/complete`, options);
    return response.retryAfter ?? 0;
  }

  /** @param {object} body */
  async #postParts(body) {
    const { api, signal } = this.#transfer;
    return (await api.callOnce("POST", `${this.#path}/parts`, { body, signal })).data;
  }

  /** @returns {Promise<UploadedPart[]>} */
  async #listUploadedParts() {
    const { api, signal } = this.#transfer;
    return (await api.call("GET", `${this.#path}/parts`, { signal })).data.uploaded;
  }
}
