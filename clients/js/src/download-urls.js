/** The presigned URLs of one download: one at a time for all ranges, and another one when it has expired. */

import { createIntegrityError } from "./errors.js";
import { computeValidity } from "./url-validity.js";

/** @import { Download } from "./types.js" */

/**
 * @typedef {object} DownloadUrl
 * @property {string} url
 * @property {number} validUntil  Milliseconds since 1970.
 * @property {boolean} hasWorked  True after a response to a request of this URL.
 */

export class DownloadUrls {
  #request;
  #download;
  /** @type {DownloadUrl | null} */
  #current;
  /** The running request; one at a time, however many ranges wait for it. @type {Promise<DownloadUrl> | null} */
  #renewal = null;

  /**
   * @param {Download} download
   * @param {() => Promise<Download>} request  Requests another URL of the same object.
   */
  constructor(download, request) {
    this.#download = download;
    this.#request = request;
    this.#current = toUrl(download);
  }

  /**
   * Returns a valid URL. Throws AirlockError, with the code `integrity` if there are other bytes by now.
   * @returns {Promise<DownloadUrl>}
   */
  async get() {
    if (this.#current && Date.now() < this.#current.validUntil) return this.#current;
    this.#renewal ??= this.#renew().finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  /** Forgets the URL, so that the next one is new, unless another range has done so. @param {DownloadUrl} used */
  drop(used) {
    if (this.#current === used) this.#current = null;
  }

  async #renew() {
    const { size, sha256 } = this.#download;
    const download = await this.#request();
    if (download.size !== size || download.sha256 !== sha256) {
      throw createIntegrityError("The document is not the one that the download began with.");
    }
    return (this.#current = toUrl(download));
  }
}

/** @param {Download} download @returns {DownloadUrl} */
function toUrl({ url, expiresAt }) {
  return { url, validUntil: computeValidity(expiresAt), hasWorked: false };
}
