/** Ranges of one object, each as a stream: a range that breaks continues where it was, with another URL where needed. */

import { createIntegrityError, createNetworkError, hasStatus } from "./errors.js";
import { requestRange } from "./range-request.js";
import { findStorageCause, RequestFailures } from "./request-failures.js";
import { MAX_ATTEMPTS, MAX_FORBIDDEN, retry } from "./retry.js";

/** @import { DownloadUrl, DownloadUrls } from "./download-urls.js" */
/** @import { Chunk } from "./range-request.js" */

/** @typedef {{start: number, end: number}} Range  The first byte, and the byte after the last. */

export class RangeReader {
  #urls;
  #size;
  #stop;
  #signal;
  #onChunk;
  #failures = new RequestFailures(findStorageCause);
  /** ETag of the first response. @type {string | null} */
  #etag = null;

  /**
   * @param {DownloadUrls} urls
   * @param {object} options
   * @param {number} options.size  Bytes of the object.
   * @param {AbortController} options.stop  Aborted by the first error of a range, which ends all of them.
   * @param {AbortSignal} options.signal  Aborted with `stop`.
   * @param {(chunk: Chunk) => void} options.onChunk  Receives the chunks of all ranges as they arrive.
   */
  constructor(urls, { size, stop, signal, onChunk }) {
    this.#urls = urls;
    this.#size = size;
    this.#stop = stop;
    this.#signal = signal;
    this.#onChunk = onChunk;
  }

  /**
   * Requests a range at once, and returns its bytes. They stay in memory until they are read.
   * @param {Range} range
   * @returns {ReadableStream<Chunk>}
   */
  open(range) {
    return new ReadableStream({
      start: (controller) => {
        this.#load(range, (chunk) => controller.enqueue(chunk)).then(
          () => controller.close(),
          (error) => {
            this.#stop.abort(error);
            controller.error(error);
          },
        );
      },
    });
  }

  /**
   * @param {Range} range
   * @param {(chunk: Chunk) => void} onChunk
   */
  async #load({ start, end }, onChunk) {
    const rest = { start, end };
    let forbidden = 0;
    const attempt = async () => {
      if (rest.start === rest.end) return; // the connection was lost after the last byte
      const url = await this.#urls.get();
      try {
        await this.#request(url, rest, onChunk);
      } catch (error) {
        if (hasStatus(error, 403)) {
          this.#urls.drop(url);
          if (++forbidden >= MAX_FORBIDDEN) error.temporary = false;
        }
        throw error;
      }
    };
    await retry(attempt, { attempts: MAX_ATTEMPTS, signal: this.#signal });
  }

  /**
   * @param {DownloadUrl} url
   * @param {Range} rest  What is missing of the range, which shrinks with every chunk.
   * @param {(chunk: Chunk) => void} onChunk
   */
  #request(url, rest, onChunk) {
    return requestRange({
      ...rest,
      url: url.url,
      size: this.#size,
      signal: this.#signal,
      explain: () => this.#explain(url),
      onResponse: (response) => this.#confirm(url, response),
      onChunk: (chunk) => {
        rest.start += chunk.length;
        onChunk(chunk);
        this.#onChunk(chunk);
      },
    });
  }

  /**
   * Returns the error of a request without a response. The response to a URL that has worked before and has expired may
   * have no CORS headers, as that of CloudFront, and so browsers report a lost connection.
   * @param {DownloadUrl} url
   */
  async #explain(url) {
    if (!url.hasWorked) return this.#failures.explain(url.url);
    this.#urls.drop(url);
    return createNetworkError();
  }

  /**
   * @param {DownloadUrl} url
   * @param {Response} response
   */
  #confirm(url, response) {
    url.hasWorked = true;
    this.#failures.recordSuccess();
    const etag = response.headers.get("etag");
    this.#etag ??= etag;
    if (etag !== this.#etag) throw createIntegrityError("The stored object is not the one that the download began with.");
  }
}
