/** One PUT of bytes to a presigned URL, with progress and a timeout for stalled connections. */

import { createNetworkError, createStorageError, parseRetryAfter } from "./errors.js";

/** @import { LineSpeed } from "./line-speed.js" */
/** @import { RequestFailures } from "./request-failures.js" */

/** A request ends after this long without progress, because browsers never end one that lost its network. */
const STALL_TIMEOUT_MS = 60_000;

/**
 * @typedef {object} PresignedRequest
 * @property {string} url
 * @property {Record<string, string>} headers  Sent unchanged, because the signature of the URL covers them.
 */

/**
 * @typedef {object} BlobRequest
 * @property {(loaded: number) => void} onProgress  Receives the bytes sent so far.
 * @property {RequestFailures} failures  Of this storage.
 * @property {LineSpeed} speed  Measures this request too.
 * @property {AbortSignal} signal
 */

/**
 * Sends the blob by XMLHttpRequest, because fetch reports no upload progress. The browser reads a slice of a file
 * while it sends it, so large files need no memory.
 * @param {Blob} blob
 * @param {PresignedRequest & BlobRequest} request
 * @returns {Promise<void>}
 */
export function putBlob(blob, { url, headers, onProgress, failures, speed, signal }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const xhr = new XMLHttpRequest();
    const cancel = () => xhr.abort();
    const measured = speed.start(performance.now());
    let isSent = false;
    let stallTimer = setTimeout(cancel, STALL_TIMEOUT_MS);
    xhr.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded }) => {
      clearTimeout(stallTimer);
      stallTimer = setTimeout(cancel, STALL_TIMEOUT_MS);
      isSent = true;
      failures.recordSuccess();
      speed.record(measured, loaded, performance.now());
      onProgress(loaded);
    };
    const isStored = () => xhr.status >= 200 && xhr.status < 300;
    xhr.onload = () => (isStored() ? resolve() : reject(createError(xhr)));
    xhr.onerror = () => (isSent ? reject(createNetworkError()) : failures.explain(url).then(reject));
    xhr.onabort = () => reject(signal.aborted ? signal.reason : createNetworkError("The connection stalled."));
    xhr.onloadend = () => {
      clearTimeout(stallTimer);
      speed.end(measured, isStored(), performance.now());
      signal.removeEventListener("abort", cancel);
    };
    signal.addEventListener("abort", cancel, { once: true });
    xhr.send(blob);
  });
}

/** @param {XMLHttpRequest} xhr */
function createError(xhr) {
  return createStorageError(xhr.status, xhr.responseText, readRetryAfter(xhr));
}

/**
 * Reads Retry-After from all headers, because browsers log an error for a single header that CORS does not expose.
 * @param {XMLHttpRequest} xhr
 */
function readRetryAfter(xhr) {
  return parseRetryAfter(/^retry-after: *(.*)$/im.exec(xhr.getAllResponseHeaders())?.[1]);
}
