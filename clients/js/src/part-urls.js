/** The presigned URLs of parts: asked for in windows, a moment before they are needed, and again when they are too old. */

import { AirlockError } from "./errors.js";

/** @import { PartChecksums } from "./part-checksums.js" */
/** @import { Parts } from "./parts.js" */

/** Numbers in one window. Signatures without URLs around them are 70 bytes each; full URLs stop at 1,000. */
const WINDOW = 1_000;
/** A URL must still be good when S3 reads the request. */
const MARGIN_MS = 60_000;
/** The clock here may be wrong. No URL lives longer than this, and one that has just come is tried whatever it says. */
const LONGEST_MS = 15 * 60_000;

/**
 * @typedef {object} PartUrl
 * @property {string} url
 * @property {Record<string, string>} headers
 */

/**
 * @typedef {object} SignedPart  As the API answers it.
 * @property {number} partNumber
 * @property {number} size
 * @property {string} url
 * @property {Record<string, string>} headers
 */

export class PartUrls {
  #ask;
  #parts;
  #checksums;
  /** @type {Map<number, PartUrl & {until: number}>} */
  #urls = new Map();
  /** @type {Promise<void> | null} One question at a time, however many parts wait for it. */
  #asking = null;

  /**
   * @param {(body: object) => Promise<any>} ask  Posts to the document's `/parts`.
   * @param {Parts} parts
   * @param {PartChecksums | null} checksums  Where S3 wants them.
   */
  constructor(ask, parts, checksums) {
    this.#ask = ask;
    this.#parts = parts;
    this.#checksums = checksums;
  }

  /**
   * @param {SignedPart[]} parts
   * @param {string} expiresAt
   */
  add(parts, expiresAt) {
    const until = goodUntil(expiresAt);
    for (const { partNumber, url, headers } of parts) this.#urls.set(partNumber, { url, headers, until });
  }

  /**
   * @param {number} partNumber
   * @returns {Promise<PartUrl>}
   */
  async of(partNumber) {
    for (let asked = false; ; ) {
      const known = this.#urls.get(partNumber);
      if (known && Date.now() < known.until) return known;
      if (asked) throw new AirlockError({ code: "no_url", detail: `The server gave no URL for part ${partNumber}.` });
      asked = !this.#asking;
      this.#asking ??= this.#window(partNumber).finally(() => (this.#asking = null));
      await this.#asking;
    }
  }

  /** It was refused; the next one will be new. @param {number} partNumber */
  drop(partNumber) {
    this.#urls.delete(partNumber);
  }

  /** URLs for this part and for those that will soon need one. @param {number} partNumber */
  async #window(partNumber) {
    const { open, queue } = this.#parts;
    const known = this.#checksums?.known;
    const soon = [partNumber, ...open, ...queue].filter((number) => known?.has(number) ?? true);
    const partNumbers = [...new Set(soon)].slice(0, WINDOW);
    if (!known) return this.#addCompact(await this.#ask({ partNumbers, compact: true }));
    const checksums = Object.fromEntries(partNumbers.map((number) => [number, known.get(number)]));
    const { parts, expiresAt } = await this.#ask({ partNumbers, checksums });
    this.add(parts, expiresAt);
  }

  /** @param {{urlTemplate: string, headers: Record<string, string>, signatures: Record<string, string>, expiresAt: string}} window */
  #addCompact({ urlTemplate, headers, signatures, expiresAt }) {
    const until = goodUntil(expiresAt);
    for (const [number, signature] of Object.entries(signatures)) {
      const url = urlTemplate.replace("{partNumber}", number).replace("{signature}", signature);
      this.#urls.set(Number(number), { url, headers, until });
    }
  }
}

/** @param {string} expiresAt */
function goodUntil(expiresAt) {
  const now = Date.now();
  const lifetime = Math.min(Date.parse(expiresAt) - now, LONGEST_MS);
  return now + Math.max(lifetime - MARGIN_MS, lifetime / 2, MARGIN_MS / 2);
}
