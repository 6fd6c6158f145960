/** Describes a file to the API before any byte is sent: its name, size, content type and checksum. */

import { assertReadable, canHash, sha256 } from "./bytes.js";

/** Bytes. Larger files are uploaded in parts; smaller ones in one request, with the SHA-256 of the whole file. */
export const MULTIPART_THRESHOLD = 64 * 1024 ** 2;

const OOXML = "application/vnd.openxmlformats-officedocument.";
const ODF = "application/vnd.oasis.opendocument.";

/**
 * Content types by file extension. They take precedence over the browser's, which come from the operating system and
 * are often missing or wrong for these extensions (a .csv is `application/vnd.ms-excel` where Excel is installed).
 */
const BY_EXTENSION = new Map(
  Object.entries({
    jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", gif: "image/gif", webp: "image/webp",
    avif: "image/avif", heic: "image/heic", heif: "image/heic", bmp: "image/bmp", tif: "image/tiff",
    tiff: "image/tiff", pdf: "application/pdf", rtf: "application/rtf",
    docx: `${OOXML}wordprocessingml.document`, xlsx: `${OOXML}spreadsheetml.sheet`,
    pptx: `${OOXML}presentationml.presentation`,
    odt: `${ODF}text`, ods: `${ODF}spreadsheet`, odp: `${ODF}presentation`,
    csv: "text/csv", tsv: "text/tab-separated-values", txt: "text/plain", log: "text/plain", md: "text/markdown",
    json: "application/json", ndjson: "application/x-ndjson", jsonl: "application/x-ndjson",
    xml: "application/xml", parquet: "application/vnd.apache.parquet", sqlite: "application/vnd.sqlite3",
    mp3: "audio/mpeg", wav: "audio/wav", flac: "audio/flac", ogg: "audio/ogg", oga: "audio/ogg",
    m4a: "audio/mp4", aac: "audio/aac",
    mp4: "video/mp4", m4v: "video/mp4", mov: "video/quicktime", webm: "video/webm", mkv: "video/x-matroska",
    avi: "video/x-msvideo", ogv: "video/ogg",
    zip: "application/zip", gz: "application/gzip", tgz: "application/gzip", bz2: "application/x-bzip2",
    xz: "application/x-xz", zst: "application/zstd", "7z": "application/x-7z-compressed",
    tar: "application/x-tar", rar: "application/vnd.rar",
  }),
);

/**
 * Guesses the content type from the file's extension, then from the browser.
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
