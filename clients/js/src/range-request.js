/** One GET of a range of bytes from a presigned URL, with a timeout for stalled connections. */

import { createIntegrityError, createNetworkError, createStorageError, readRetryAfter } from "./errors.js";

/** @import { AirlockError } from "./errors.js" */

/** @typedef {Uint8Array<ArrayBuffer>} Chunk */

/** A request ends after this long without bytes, because browsers never end one that lost its network. */
const STALL_TIMEOUT_MS = 60_000;

/**
 * @typedef {object} RangeRequest
 * @property {string} url
 * @property {number} start  First byte.
 * @property {number} end  The byte after the last.
 * @property {number} size  Bytes of the whole object.
 * @property {() => Promise<AirlockError>} explain  Returns the error of a request without a response.
 * @property {(response: Response) => void} onResponse  Receives a response that has the range. May throw.
 * @property {(chunk: Chunk) => void} onChunk
 * @property {AbortSignal} signal
 */

/**
 * Requests the range, and resolves when all its bytes have arrived. Throws AirlockError, with the code `integrity` for a
 * response that is not this range.
 * @param {RangeRequest} request
 * @returns {Promise<void>}
 */
export async function requestRange({ url, start, end, size, explain, onResponse, onChunk, signal }) {
  const watch = new StallWatch();
  const last = end - 1;
  try {
    const response = await send(url, `bytes=${start}-${last}`, AbortSignal.any([signal, watch.signal]), explain);
    if (!response.ok) throw createStorageError(response.status, await response.text(), readRetryAfter(response));
    assertRange(response, `bytes ${start}-${last}/${size}`);
    onResponse(response);
    await readBody(response, end - start, (chunk) => {
      watch.restart();
      onChunk(chunk);
    });
  } catch (error) {
    signal.throwIfAborted();
    throw watch.signal.aborted ? watch.signal.reason : error;
  } finally {
    watch.end();
  }
}

/**
 * Sends a request with the header Range alone, which needs no preflight. The browser's cache is not used, because it
 * lets only one request for a URL run at a time.
 * @param {string} url
 * @param {string} range
 * @param {AbortSignal} signal
 * @param {() => Promise<AirlockError>} explain
 */
async function send(url, range, signal, explain) {
  try {
    const options = { cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" };
    return await fetch(url, { .../** @type {RequestInit} */ (options), headers: { range }, signal });
  } catch (error) {
    throw signal.aborted ? error : await explain();
  }
}

/**
 * @param {Response} response
 * @param {string} expected  Its Content-Range.
 */
function assertRange(response, expected) {
  const range = response.headers.get("content-range");
  if (response.status === 206 && range === expected) return;
  const detail = `The storage responded with status ${response.status} and ${range ?? "no range"} instead of ${expected}.`;
  throw createIntegrityError(detail);
}

/**
 * Throws AirlockError `network` if the connection ends early, which some browsers report as the end of the body.
 * @param {Response} response
 * @param {number} length  Bytes.
 * @param {(chunk: Chunk) => void} onChunk
 */
async function readBody(response, length, onChunk) {
  const reader = /** @type {ReadableStream<Chunk>} */ (response.body).getReader();
  let missing = length;
  for (;;) {
    const { done, value } = await reader.read().catch(() => Promise.reject(createNetworkError()));
    if (done) break;
    missing -= value.length;
    if (missing < 0) throw createIntegrityError("The storage responded with more bytes than were requested.");
    onChunk(value);
  }
  if (missing > 0) throw createNetworkError("The connection ended early.");
}

/** Aborts a request that receives nothing, and whatever is left of it at its end. */
class StallWatch {
  #controller = new AbortController();
  #timer = this.#start();
  signal = this.#controller.signal;

  restart() {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  /** Ends the connection too, if bytes of the response were not read. */
  end() {
    clearTimeout(this.#timer);
    this.#controller.abort();
  }

  #start() {
    return setTimeout(() => this.#controller.abort(createNetworkError("The connection stalled.")), STALL_TIMEOUT_MS);
  }
}
