"""The formats that can be detected, each with the content type under which the file is stored and served."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A file format. `active` marks formats that a browser or a shell may run."""

    name: str
    content_type: str
    active: bool = False


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

JPEG = Format("jpeg", "image/jpeg")
PNG = Format("png", "image/png")
GIF = Format("gif", "image/gif")
WEBP = Format("webp", "image/webp")
AVIF = Format("avif", "image/avif")
HEIC = Format("heic", "image/heic")
BMP = Format("bmp", "image/bmp")
TIFF = Format("tiff", "image/tiff")

PDF = Format("pdf", "application/pdf")
PS = Format("ps", "application/postscript")
RTF = Format("rtf", "application/rtf")
OLE = Format("ole", "application/x-ole-storage")
DOCX = Format("docx", f"{_OOXML}wordprocessingml.document")
XLSX = Format("xlsx", f"{_OOXML}spreadsheetml.sheet")
PPTX = Format("pptx", f"{_OOXML}presentationml.presentation")
ODT = Format("odt", f"{_ODF}text")
ODS = Format("ods", f"{_ODF}spreadsheet")
ODP = Format("odp", f"{_ODF}presentation")
EPUB = Format("epub", "application/epub+zip")

ZIP = Format("zip", "application/zip")
JAR = Format("jar", "application/java-archive")
GZ = Format("gz", "application/gzip")
BZ2 = Format("bz2", "application/x-bzip2")
XZ = Format("xz", "application/x-xz")
ZST = Format("zst", "application/zstd")
SEVEN_ZIP = Format("7z", "application/x-7z-compressed")
TAR = Format("tar", "application/x-tar")
RAR = Format("rar", "application/vnd.rar")

PARQUET = Format("parquet", "application/vnd.apache.parquet")
SQLITE = Format("sqlite", "application/vnd.sqlite3")

MP4 = Format("mp4", "video/mp4")
MOV = Format("mov", "video/quicktime")
WEBM = Format("webm", "video/webm")
MKV = Format("mkv", "video/x-matroska")
AVI = Format("avi", "video/x-msvideo")
MP3 = Format("mp3", "audio/mpeg")
AAC = Format("aac", "audio/aac")
WAV = Format("wav", "audio/wav")
FLAC = Format("flac", "audio/flac")
OGG = Format("ogg", "audio/ogg")
OGG_VIDEO = Format("ogg", "video/ogg")
M4A = Format("m4a", "audio/mp4")

ELF = Format("elf", "application/x-elf")
EXE = Format("exe", "application/vnd.microsoft.portable-executable")
CLASS = Format("class", "application/java-vm")
MACHO = Format("macho", "application/x-mach-binary")
WASM = Format("wasm", "application/wasm")

HTML = Format("html", "text/html", active=True)
SVG = Format("svg", "image/svg+xml", active=True)
XML = Format("xml", "application/xml", active=True)
SCRIPT = Format("script", "text/x-script", active=True)

JSON = Format("json", "application/json")
CSV = Format("csv", "text/csv")
TEXT = Format("text", "text/plain")

EMPTY = Format("empty", "application/octet-stream")
BINARY = Format("binary", "application/octet-stream")
SUSPICIOUS = Format("suspicious", "application/octet-stream")
