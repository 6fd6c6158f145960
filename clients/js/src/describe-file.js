/** Describes a file to the API before any byte is sent: its name, size, content type and checksum. */

import { canHash, sha256 } from "./bytes.js";

/**
 * @typedef {object} PartOptions  Of a file that is sent in parts.
 * @property {number} partSize  Bytes.
 * @property {boolean} partChecksums
 */

/**
 * Returns the body of `POST /documents`. Apart from `partSize`, which does not count there, it is the same for the same file,
 * as an Idempotency-Key requires.
 * @param {File} file
 * @param {string} contentType
 * @param {{kind?: string, title?: string, metadata?: Record<string, string>}} [options]
 * @param {PartOptions | null} [parts]  Null for a file that is sent in one request, with its SHA-256.
 */
export async function describeFile(file, contentType, { kind, title, metadata } = {}, parts = null) {
  return {
    fileName: file.name,
    size: file.size,
    contentType,
    sha256: !parts && canHash() ? await sha256(file) : undefined,
    ...(parts && { ...parts, method: "MULTIPART" }),
    kind,
    title,
    metadata,
  };
}
