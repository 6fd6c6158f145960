/** Names of content types in sentences, with their article. */

const OOXML = "application/vnd.openxmlformats-officedocument.";
const ODF = "application/vnd.oasis.opendocument.";

const NAMES = new Map(
  Object.entries({
    "image/jpeg": "a JPEG image", "image/png": "a PNG image", "image/gif": "a GIF image",
    "image/webp": "a WebP image", "image/avif": "an AVIF image", "image/heic": "a HEIC image",
    "image/bmp": "a BMP image", "image/tiff": "a TIFF image", "image/svg+xml": "an SVG image",
    "application/pdf": "a PDF document", "application/postscript": "a PostScript document",
    "application/rtf": "an RTF document", "application/epub+zip": "an EPUB book",
    "application/x-ole-storage": "an older Microsoft Office document",
    [`${OOXML}wordprocessingml.document`]: "a Word document",
    [`${OOXML}spreadsheetml.sheet`]: "an Excel spreadsheet",
    [`${OOXML}presentationml.presentation`]: "a PowerPoint presentation",
    [`${ODF}text`]: "an OpenDocument text", [`${ODF}spreadsheet`]: "an OpenDocument spreadsheet",
    [`${ODF}presentation`]: "an OpenDocument presentation",
    "text/csv": "a CSV file", "text/tab-separated-values": "a TSV file", "text/plain": "a text file",
    "text/markdown": "a Markdown file", "text/html": "an HTML page", "text/x-script": "a script",
    "application/json": "a JSON file", "application/x-ndjson": "an NDJSON file", "application/xml": "an XML file",
    "application/vnd.apache.parquet": "a Parquet file", "application/vnd.sqlite3": "an SQLite database",
    "audio/mpeg": "an MP3 audio file", "audio/wav": "a WAV audio file", "audio/flac": "a FLAC audio file",
    "audio/ogg": "an Ogg audio file", "audio/mp4": "an MP4 audio file", "audio/aac": "an AAC audio file",
    "video/mp4": "an MP4 video", "video/quicktime": "a QuickTime video", "video/webm": "a WebM video",
    "video/x-matroska": "a Matroska video", "video/x-msvideo": "an AVI video", "video/ogg": "an Ogg video",
    "application/zip": "a ZIP archive", "application/gzip": "a GZIP archive", "application/x-bzip2": "a BZIP2 archive",
    "application/x-xz": "an XZ archive", "application/zstd": "a Zstandard archive",
    "application/x-7z-compressed": "a 7z archive", "application/x-tar": "a TAR archive",
    "application/vnd.rar": "a RAR archive", "application/java-archive": "a Java archive",
    "application/java-vm": "a Java class", "application/wasm": "a WebAssembly module",
    "application/vnd.microsoft.portable-executable": "a Windows program", "application/x-elf": "a Linux program",
    "application/x-mach-binary": "a macOS program",
  }),
);

/**
 * Returns "a JPEG image" for image/jpeg, and names other types by their content type.
 * @param {string} contentType
 */
export function nameType(contentType) {
  return NAMES.get(contentType) ?? `a file of type ${contentType}`;
}
