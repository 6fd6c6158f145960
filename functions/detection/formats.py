"""The formats that can be detected, each with the content type under which the file is stored and served."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Format:
    """A file format.

    `active` marks formats that a browser or an operating system may run. `also` are other content types that the same
    bytes may be meant as: names, or one of the patterns ANY_TEXT, `*+json`, `*+xml` and `*+zip`.
    """

    name: str
    content_type: str
    active: bool = False
    also: tuple[str, ...] = ()


ANY_TEXT = "text/*"
"""Every content type of text without a shape of its own, such as Markdown."""

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

ZIP = Format("zip", "application/zip", also=("*+zip",))
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

# One container; writers choose the brand that distinguishes the types freely.
MP4 = Format("mp4", "video/mp4", also=("video/quicktime", "audio/mp4"))
MOV = Format("mov", "video/quicktime", also=("video/mp4", "audio/mp4"))
WEBM = Format("webm", "video/webm", also=("audio/webm", "video/x-matroska"))
WEBM_AUDIO = Format("webm", "audio/webm", also=("video/webm", "video/x-matroska"))
MKV = Format("mkv", "video/x-matroska", also=("video/webm", "audio/webm"))
AVI = Format("avi", "video/x-msvideo")
MP3 = Format("mp3", "audio/mpeg")
AAC = Format("aac", "audio/aac")
WAV = Format("wav", "audio/wav")
FLAC = Format("flac", "audio/flac")
OGG = Format("ogg", "audio/ogg", also=("video/ogg",))
OGG_VIDEO = Format("ogg", "video/ogg", also=("audio/ogg",))
M4A = Format("m4a", "audio/mp4", also=("video/mp4", "video/quicktime"))

ELF = Format("elf", "application/x-elf")
EXE = Format("exe", "application/vnd.microsoft.portable-executable")
CLASS = Format("class", "application/java-vm")
MACHO = Format("macho", "application/x-mach-binary")
WASM = Format("wasm", "application/wasm")

HTML = Format("html", "text/html", active=True)
HTML_PART = Format("html", "text/html", active=True, also=("application/xml", "*+xml"))
SVG = Format("svg", "image/svg+xml", active=True)
XML = Format("xml", "application/xml", active=True, also=("*+xml",))
HTA = Format("hta", "application/hta", active=True)
SCRIPT = Format("script", "text/x-script", active=True)

JSON = Format("json", "application/json", also=("application/x-ndjson", "*+json", ANY_TEXT))
CSV = Format("csv", "text/csv", also=(ANY_TEXT,))
TEXT = Format("text", "text/plain", also=(ANY_TEXT,))
SCALAR = Format("text", "text/plain", also=("application/json", "application/x-ndjson", "*+json", ANY_TEXT))
# A tag starts it, but nothing says whether it is XML, part of a page, or text such as Markdown.
MARKUP = Format("markup", "text/plain", also=("application/xml", "*+xml", "text/html", ANY_TEXT))

EMPTY = Format("empty", "application/octet-stream")
BINARY = Format("binary", "application/octet-stream")
SUSPICIOUS = Format("suspicious", "application/octet-stream")
