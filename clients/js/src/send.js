/** One request that brings bytes to a presigned URL, with its progress and an end when nothing moves any more. */

import { AirlockError, networkError, secondsOf } from "./errors.js";

/** A phone that changes networks leaves the request hanging; no browser ends it. */
const STALLED_MS = 60_000;
/** S3 error codes that are temporary although their status is 400. */
const TEMPORARY_CODES = new Set(["RequestTimeout", "ExpiredToken"]);

/**
 * XMLHttpRequest, because fetch tells nothing about the bytes on their way. The browser reads a slice of a file as
 * it sends it, so its size costs no memory.
 * @param {Blob} body
 * @param {object} request
 * @param {string} request.url
 * @param {Record<string, string>} request.headers  To be sent as they are; the URL's signature covers them.
 * @param {(loaded: number) => void} request.onProgress  Bytes so far.
 * @param {AbortSignal} request.signal
 * @returns {Promise<void>}
 */
export function send(body, { url, headers, onProgress, signal }) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const xhr = new XMLHttpRequest();
    const stop = () => xhr.abort();
    let watchdog = setTimeout(stop, STALLED_MS);
    xhr.open("PUT", url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    xhr.upload.onprogress = ({ loaded }) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(stop, STALLED_MS);
      onProgress(loaded);
    };
    xhr.onload = () => (xhr.status >= 200 && xhr.status < 300 ? resolve() : reject(storageError(xhr)));
    xhr.onerror = () => reject(networkError());
    xhr.onabort = () => reject(signal.aborted ? signal.reason : networkError("The connection stalled."));
    xhr.onloadend = () => {
      clearTimeout(watchdog);
      signal.removeEventListener("abort", stop);
    };
    signal.addEventListener("abort", stop, { once: true });
    xhr.send(body);
  });
}

/** @param {XMLHttpRequest} xhr */
function storageError(xhr) {
  const { status, responseText } = xhr;
  const code = /<Code>(\w+)<\/Code>/.exec(responseText)?.[1] ?? `s3_${status}`;
  const message = /<Message>([^<]*)<\/Message>/.exec(responseText)?.[1] ?? `The storage answered ${status}.`;
  const refused = status === 403 && code !== "SignatureDoesNotMatch";
  const temporary = refused || status === 409 || status === 429 || status >= 500 || TEMPORARY_CODES.has(code);
  return new AirlockError({ code, status, detail: message, temporary, retryAfter: askedToWait(xhr) });
}

/**
 * From all headers, because browsers complain aloud when one is asked for that CORS hides.
 * @param {XMLHttpRequest} xhr
 */
function askedToWait(xhr) {
  return secondsOf(/^retry-after: *(.*)$/im.exec(xhr.getAllResponseHeaders())?.[1]);
}
