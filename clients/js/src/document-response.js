/** The response of a download: one of `fetch`, with the name of the file and the errors of the download. */

/** @import { Chunk } from "./range-request.js" */
/** @import { Download } from "./types.js" */

export class DocumentResponse extends Response {
  /** The name under which the file is saved. Its extension agrees with the content type. @type {string} */
  fileName;
  #signal;

  /**
   * @param {ReadableStream<Chunk>} body
   * @param {Download} download
   * @param {AbortSignal} signal  Aborted with the error of the body. Chromium rejects with a TypeError instead of that.
   */
  constructor(body, { fileName, contentType, size }, signal) {
    super(body, { headers: { "content-type": contentType, "content-length": String(size) } });
    this.fileName = fileName;
    this.#signal = signal;
  }

  /** @override @returns {ReadableStream<Chunk>} */
  get body() {
    return /** @type {ReadableStream<Chunk>} */ (super.body);
  }

  /** @override */
  arrayBuffer() {
    return this.#read(super.arrayBuffer());
  }

  /** @override */
  blob() {
    return this.#read(super.blob());
  }

  /** @override */
  json() {
    return this.#read(super.json());
  }

  /** @override */
  text() {
    return this.#read(super.text());
  }

  /**
   * @template T
   * @param {Promise<T>} result
   * @returns {Promise<T>}
   */
  #read(result) {
    return result.catch((error) => {
      this.#signal.throwIfAborted();
      throw error;
    });
  }
}
