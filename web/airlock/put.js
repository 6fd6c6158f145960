/** The upload method PUT: the whole file in one request to a presigned URL. */

import { assertReadable } from "./describe.js";
import { AirlockError, networkError } from "./errors.js";
import { retrying } from "./retry.js";

const ATTEMPTS = 8;
/** A URL is refused when it is too old, and then a new one helps. When that is refused too, age is not the reason. */
const REFUSALS = 2;
/** A phone that changes networks leaves the request hanging; no browser ends it. */
const STALLED_MS = 60_000;
/** S3 error codes that are temporary although their status is 400. */
const TEMPORARY_CODES = new Set(["RequestTimeout", "ExpiredToken"]);

/**
 * @typedef {object} PutUpload  `upload` of the API's answer to a create.
 * @property {"PUT"} method
 * @property {string} url
 * @property {Record<string, string>} headers  To be sent as they are; the URL's signature covers them.
 * @property {string} expiresAt
 */

/**
 * Before each further try it asks the API again: an answer that got lost may have meant that the bytes are there,
 * and what is there is not sent twice. The same answer brings a URL that has not expired.
 * @param {import("./strategies.js").Transfer} transfer  Its `upload` is a PutUpload.
 */
export async function putFile({ file, upload, renew, onProgress, onStatus, signal }) {
  /** @type {PutUpload | null} */
  let grant = upload;
  let refusals = 0;
  const attempt = async () => {
    grant ??= await renew();
    if (!grant) return;
    const { url, headers } = grant;
    grant = null;
    await assertReadable(file);
    onStatus("uploading");
    await put(file, url, headers, onProgress, signal).catch((error) => {
      if (error.status === 403 && ++refusals >= REFUSALS) error.temporary = false;
      throw error;
    });
  };
  await retrying(attempt, { attempts: ATTEMPTS, signal, onWait: () => onStatus("waiting") });
  onProgress(file.size);
}

/**
 * XMLHttpRequest, because fetch tells nothing about the bytes on their way.
 * @param {File} file
 * @param {string} url
 * @param {Record<string, string>} headers
 * @param {(loaded: number) => void} onProgress
 * @param {AbortSignal} [signal]
 * @returns {Promise<void>}
 */
function put(file, url, headers, onProgress, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
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
    xhr.onload = () => (arrived(xhr.status) ? resolve() : reject(storageError(xhr)));
    xhr.onerror = () => reject(networkError());
    xhr.onabort = () => reject(signal?.aborted ? signal.reason : networkError("The connection stalled."));
    xhr.onloadend = () => {
      clearTimeout(watchdog);
      signal?.removeEventListener("abort", stop);
    };
    signal?.addEventListener("abort", stop, { once: true });
    xhr.send(file);
  });
}

/**
 * The URL writes once, so 412 says that an earlier try, whose answer got lost, has written the file.
 * @param {number} status
 */
function arrived(status) {
  return (status >= 200 && status < 300) || status === 412;
}

/** @param {XMLHttpRequest} xhr */
function storageError({ status, responseText }) {
  const code = /<Code>(\w+)<\/Code>/.exec(responseText)?.[1] ?? `s3_${status}`;
  const message = /<Message>([^<]*)<\/Message>/.exec(responseText)?.[1] ?? `The storage answered ${status}.`;
  const refused = status === 403 && code !== "SignatureDoesNotMatch";
  const temporary = refused || status === 409 || status === 429 || status >= 500 || TEMPORARY_CODES.has(code);
  return new AirlockError({ code, status, detail: message, temporary });
}
