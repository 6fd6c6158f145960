/** Whether a file is the one that an upload was begun with. */

import { canHash, sha256 } from "./bytes.js";

const SAMPLES = 16;
const SAMPLE = 16 * 1024;

/**
 * @typedef {object} Fingerprint
 * @property {string} fileName
 * @property {number} size  Bytes.
 * @property {number} lastModified  Milliseconds since 1970.
 * @property {string} sample  SHA-256 of sixteen places in the file, its beginning and its end among them.
 */

/**
 * Null where it cannot be told, because the page was not served securely. Throws AirlockError `file_unreadable`.
 * @param {File} file
 * @returns {Promise<Fingerprint | null>}
 */
export async function fingerprint(file) {
  if (!canHash()) return null;
  const step = Math.max(0, file.size - SAMPLE) / (SAMPLES - 1);
  const starts = Array.from({ length: SAMPLES }, (_, index) => Math.floor(index * step));
  const sample = await sha256(new Blob(starts.map((start) => file.slice(start, start + SAMPLE))));
  return { fileName: file.name, size: file.size, lastModified: file.lastModified, sample };
}

/**
 * @param {Fingerprint} one
 * @param {Fingerprint} other
 */
export function isSame(one, other) {
  return (
    one.fileName === other.fileName &&
    one.size === other.size &&
    one.lastModified === other.lastModified &&
    one.sample === other.sample
  );
}
