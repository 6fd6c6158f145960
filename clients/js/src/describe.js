/** What the API is told about a file before a byte is sent: its name, size, content type and checksum. */

import { assertReadable, canHash, sha256 } from "./bytes.js";

/** Bytes of a file that goes in one request, and has its SHA-256 taken before. Larger ones go in parts. */
export const ONE_REQUEST = 64 * 1024 ** 2;

const OOXML = "application/vnd.openxmlformats-officedocument.";
const ODF = "application/vnd.oasis.opendocument.";

/**
 * Browsers ask the operating system, which often knows no type for these extensions, or a private one
 * (a .csv is `application/vnd.ms-excel` where Excel is installed). So the extension comes first.
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

/** @param {{name: string, type: string}} file */
export function contentType(file) {
  const extension = file.name.split(".").at(-1)?.toLowerCase() ?? "";
  return BY_EXTENSION.get(extension) ?? (file.type || "application/octet-stream");
}

/**
 * The body of `POST /documents`; the same file always gives the same one, as an Idempotency-Key demands.
 * @param {File} file
 * @param {{kind?: string, title?: string, metadata?: Record<string, string>, partChecksums?: boolean}} [about]
 */
export async function describe(file, { kind, title, metadata, partChecksums } = {}) {
  await assertReadable(file);
  return {
    fileName: file.name,
    size: file.size,
    contentType: contentType(file),
    sha256: file.size <= ONE_REQUEST && canHash() ? await sha256(file) : undefined,
    ...(partChecksums ? { partChecksums, method: "MULTIPART" } : {}),
    kind,
    title,
    metadata,
  };
}
