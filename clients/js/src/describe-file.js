/** Describes a file to the API before any byte is sent: its name, size, content type and checksum. */

import { assertReadable, canHash, sha256 } from "./bytes.js";
import { BY_EXTENSION } from "./file-types.js";

/** Bytes. Larger files are uploaded in parts; smaller ones in one request, with the SHA-256 of the whole file. */
export const MULTIPART_THRESHOLD = 64 * 1024 ** 2;

/**
 * Guesses the content type from the file's extension, then from the browser. The extension takes precedence, because
 * the browser's types come from the operating system and are often missing or wrong (a .csv is
 * `application/vnd.ms-excel` where Excel is installed).
 * @param {{name: string, type: string}} file
 */
export function guessContentType(file) {
  const extension = file.name.split(".").at(-1)?.toLowerCase() ?? "";
  return BY_EXTENSION.get(extension) ?? (file.type || "application/octet-stream");
}

/**
 * Returns the body of `POST /documents`. It is the same for the same file, as an Idempotency-Key requires.
 * @param {File} file
 * @param {{kind?: string, title?: string, metadata?: Record<string, string>, partChecksums?: boolean}} [options]
 */
export async function describeFile(file, { kind, title, metadata, partChecksums } = {}) {
  await assertReadable(file);
  return {
    fileName: file.name,
    size: file.size,
    contentType: guessContentType(file),
    sha256: file.size <= MULTIPART_THRESHOLD && canHash() ? await sha256(file) : undefined,
    ...(partChecksums ? { partChecksums, method: "MULTIPART" } : {}),
    kind,
    title,
    metadata,
  };
}
