/** Presigned URLs of parts: requested in batches shortly before they are needed, and again when they have expired. */

import { AirlockError } from "./errors.js";
import { computeValidity } from "./url-validity.js";

/** @import { PartChecksums } from "./part-checksums.js" */
/** @import { Parts } from "./parts.js" */
/** @import { PresignedRequest } from "./put-blob.js" */

/** Part numbers per request. A compact response has 70 bytes for each; full URLs are limited to 1,000 as well. */
const BATCH_SIZE = 1_000;

/** @typedef {PresignedRequest & {partNumber: number, size: number}} PresignedPart  As the API returns it. */

/**
 * @typedef {object} CompactPartUrls  A batch of URLs that differ only in number and signature.
 * @property {string} urlTemplate
 * @property {Record<string, string>} headers
 * @property {Record<string, string>} signatures  By part number.
 * @property {string} expiresAt
 */

export class PartUrls {
  #postParts;
  #parts;
  #checksums;
  /** @type {Map<number, PresignedRequest & {validUntil: number}>} */
  #urls = new Map();
  /** The running request; one at a time, however many parts wait for it. @type {Promise<void> | null} */
  #request = null;

  /**
   * @param {(body: object) => Promise<any>} postParts  Posts to the document's `/parts`.
   * @param {Parts} parts
   * @param {PartChecksums | null} checksums  Null where S3 checks none.
   */
  constructor(postParts, parts, checksums) {
    this.#postParts = postParts;
    this.#parts = parts;
    this.#checksums = checksums;
  }

  /**
   * @param {PresignedPart[]} parts
   * @param {string} expiresAt
   */
  add(parts, expiresAt) {
    const validUntil = computeValidity(expiresAt);
    for (const { partNumber, url, headers } of parts) this.#urls.set(partNumber, { url, headers, validUntil });
  }

  /**
   * Returns a valid URL of the part, and requests one where there is none.
   * @param {number} partNumber
   * @returns {Promise<PresignedRequest>}
   */
  async get(partNumber) {
    for (let hasRequested = false; ; ) {
      const presigned = this.#urls.get(partNumber);
      if (presigned && Date.now() < presigned.validUntil) return presigned;
      if (hasRequested) {
        throw new AirlockError({ code: "no_url", detail: `The server returned no URL for part ${partNumber}.` });
      }
      hasRequested = !this.#request;
      this.#request ??= this.#requestBatch(partNumber).finally(() => (this.#request = null));
      await this.#request;
    }
  }

  /** Forgets the URL, so that the next one is new. @param {number} partNumber */
  drop(partNumber) {
    this.#urls.delete(partNumber);
  }

  /** Requests URLs for this part and for those that need one next. @param {number} partNumber */
  async #requestBatch(partNumber) {
    const { claimed, queue } = this.#parts;
    const digests = this.#checksums?.digests;
    const next = [partNumber, ...claimed, ...queue].filter((number) => digests?.has(number) ?? true);
    const partNumbers = [...new Set(next)].slice(0, BATCH_SIZE);
    if (!digests) {
      this.#addCompact(await this.#postParts({ partNumbers, compact: true }));
      return;
    }
    const checksums = Object.fromEntries(partNumbers.map((number) => [number, digests.get(number)]));
    const { parts, expiresAt } = await this.#postParts({ partNumbers, checksums });
    this.add(parts, expiresAt);
  }

  /** @param {CompactPartUrls} batch */
  #addCompact({ urlTemplate, headers, signatures, expiresAt }) {
    const validUntil = computeValidity(expiresAt);
    for (const [number, signature] of Object.entries(signatures)) {
      const url = urlTemplate.replace("{partNumber}", number).replace("{signature}", signature);
      this.#urls.set(Number(number), { url, headers, validUntil });
    }
  }
}
