/** Describes a file to the API before any byte is sent: its name, size, content type and checksum. */

import { assertReadable, canHash, sha256 } from "./bytes.js";
import { BY_EXTENSION } from "./file-types.js";

/**
 * Guesses the content type from the file's extension, then from the browser. The extension takes precedence, because
 * the browser's types come from the operating system and are often missing or wrong (a .csv is
 * `application/vnd.ms-excel` where Excel is installed).
 * @param {{name: string, type: string}} file
 */
export function guessContentType(file) {
  const extension = /\.([^.]+)$/.exec(file.name)?.[1]?.toLowerCase() ?? "";
  return BY_EXTENSION.get(extension) ?? (file.type || "application/octet-stream");
}

/**
 * @typedef {object} PartOptions  Of a file that is sent in parts.
 * @property {number} partSize  Bytes.
 * @property {boolean} partChecksums
 */

/**
 * Returns the body of `POST /documents`. Apart from `partSize`, which does not count there, it is the same for the same file,
 * as an Idempotency-Key requires.
 * @param {File} file
 * @param {{kind?: string, title?: string, metadata?: Record<string, string>}} [options]
 * @param {PartOptions | null} [parts]  Null for a file that is sent in one request, with its SHA-256.
 */
export async function describeFile(file, { kind, title, metadata } = {}, parts = null) {
  await assertReadable(file);
  return {
    fileName: file.name,
    size: file.size,
    contentType: guessContentType(file),
    sha256: !parts && canHash() ? await sha256(file) : undefined,
    ...(parts && { ...parts, method: "MULTIPART" }),
    kind,
    title,
    metadata,
  };
}
