/** Fingerprints of files, which show that a file is the one an upload was started with. */

import { canHash, sha256 } from "./bytes.js";

const SAMPLE_COUNT = 16;
const SAMPLE_SIZE = 16 * 1024;

/**
 * @typedef {object} Fingerprint
 * @property {string} fileName
 * @property {number} size  Bytes.
 * @property {number} lastModified  Milliseconds since 1970.
 * @property {string} sample  SHA-256 of sixteen slices of the file, its start and its end among them.
 */

/**
 * Computes the fingerprint, or returns null on pages without a secure context, where nothing can be hashed.
 * Throws AirlockError `file_unreadable`.
 * @param {File} file
 * @returns {Promise<Fingerprint | null>}
 */
export async function computeFingerprint(file) {
  if (!canHash()) return null;
  const step = Math.max(0, file.size - SAMPLE_COUNT) / (SAMPLE_COUNT - 1);
  const starts = Array.from({ length: SAMPLE_COUNT }, (_, index) => Math.floor(index * step));
  const sample = await sha256(new Blob(starts.map((start) => file.slice(start, start + SAMPLE_SIZE))));
  return { fileName: file.name, size: file.size, lastModified: file.lastModified, sample };
}

/**
 * @param {Fingerprint} one
 * @param {Fingerprint} other
 */
export function isSameFile(one, other) {
  return (
    one.fileName === other.fileName &&
    one.size === other.size &&
    one.lastModified === other.lastModified &&
    one.sample === other.sample
  );
}
