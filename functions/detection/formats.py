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
_MS = "application/vnd.ms-"
_MACROS = ".macroenabled.12"

JPEG = Format("jpeg", "image/jpeg")
PNG = Format("png", "image/png")
GIF = Format("gif", "image/gif")
WEBP = Format("webp", "image/webp")
AVIF = Format("avif", "image/avif")
HEIC = Format("heic", "image/heic")
BMP = Format("bmp", "image/bmp")
TIFF = Format("tiff", "image/tiff")

ICO = Format("ico", "image/vnd.microsoft.icon")
PSD = Format("psd", "image/vnd.adobe.photoshop")
JXL = Format("jxl", "image/jxl")
JP2 = Format("jp2", "image/jp2")
EMF = Format("emf", "image/emf")
WMF = Format("wmf", "image/wmf")
DJVU = Format("djvu", "image/vnd.djvu")
DWG = Format("dwg", "image/vnd.dwg")

PDF = Format("pdf", "application/pdf")
PS = Format("ps", "application/postscript")
RTF = Format("rtf", "application/rtf")
OLE = Format("ole", "application/x-ole-storage")
DOC = Format("doc", "application/msword")
XLS = Format("xls", "application/vnd.ms-excel")
PPT = Format("ppt", "application/vnd.ms-powerpoint")
VSD = Format("vsd", "application/vnd.visio")
MSG = Format("msg", "application/vnd.ms-outlook")
PUB = Format("pub", "application/x-mspublisher")
# The name of the member that distinguishes a template from a document is compressed.
DOCX = Format("docx", f"{_OOXML}wordprocessingml.document", also=(f"{_OOXML}wordprocessingml.template",))
XLSX = Format("xlsx", f"{_OOXML}spreadsheetml.sheet", also=(f"{_OOXML}spreadsheetml.template",))
PPTX = Format(
    "pptx",
    f"{_OOXML}presentationml.presentation",
    also=(f"{_OOXML}presentationml.template", f"{_OOXML}presentationml.slideshow"),
)
DOCM = Format("docm", f"{_MS}word.document{_MACROS}", also=(f"{_MS}word.template{_MACROS}",))
XLSM = Format(
    "xlsm", f"{_MS}excel.sheet{_MACROS}", also=(f"{_MS}excel.template{_MACROS}", f"{_MS}excel.addin{_MACROS}")
)
XLSB = Format("xlsb", f"{_MS}excel.sheet.binary{_MACROS}")
PPTM = Format(
    "pptm",
    f"{_MS}powerpoint.presentation{_MACROS}",
    also=(
        f"{_MS}powerpoint.template{_MACROS}",
        f"{_MS}powerpoint.slideshow{_MACROS}",
        f"{_MS}powerpoint.addin{_MACROS}",
    ),
)
VSDX = Format("vsdx", f"{_MS}visio.drawing")
ENCRYPTED = Format("encrypted", "application/encrypted")
XPS = Format("xps", "application/vnd.ms-xpsdocument", also=("application/oxps",))
ODT = Format("odt", f"{_ODF}text")
ODS = Format("ods", f"{_ODF}spreadsheet")
ODP = Format("odp", f"{_ODF}presentation")
ODG = Format("odg", f"{_ODF}graphics")
OTT = Format("ott", f"{_ODF}text-template")
OTS = Format("ots", f"{_ODF}spreadsheet-template")
OTP = Format("otp", f"{_ODF}presentation-template")
IWORK = Format(
    "iwork",
    "application/vnd.apple.pages",
    also=("application/vnd.apple.numbers", "application/vnd.apple.keynote"),
)
ONENOTE = Format("one", "application/onenote")
MOBI = Format("mobi", "application/x-mobipocket-ebook")
EPUB = Format("epub", "application/epub+zip")

ZIP = Format("zip", "application/zip", also=("*+zip",))
JAR = Format("jar", "application/java-archive", active=True)
APK = Format("apk", "application/vnd.android.package-archive", active=True)
MSIX = Format("msix", "application/msix", active=True)
KMZ = Format("kmz", "application/vnd.google-earth.kmz", also=("application/zip", "*+zip"))
THREE_MF = Format("3mf", "model/3mf", also=("application/zip", "*+zip"))
GZ = Format("gz", "application/gzip")
BZ2 = Format("bz2", "application/x-bzip2")
XZ = Format("xz", "application/x-xz")
ZST = Format("zst", "application/zstd")
SEVEN_ZIP = Format("7z", "application/x-7z-compressed")
TAR = Format("tar", "application/x-tar")
RAR = Format("rar", "application/vnd.rar")

LZ4 = Format("lz4", "application/x-lz4")
LZIP = Format("lz", "application/x-lzip")
LZMA = Format("lzma", "application/x-lzma")
COMPRESS = Format("Z", "application/x-compress")
CAB = Format("cab", "application/vnd.ms-cab-compressed")
AR = Format("ar", "application/x-archive")

AVRO = Format("avro", "application/vnd.apache.avro")
ARROW = Format("arrow", "application/vnd.apache.arrow.file")
ORC = Format("orc", "application/vnd.apache.orc")
HDF5 = Format("hdf5", "application/x-hdf5")
NPY = Format("npy", "application/x-npy")
DICOM = Format("dcm", "application/dicom")
FITS = Format("fits", "application/fits")
ACCESS = Format("mdb", "application/vnd.ms-access")
PCAP = Format("pcap", "application/vnd.tcpdump.pcap")
GLB = Format("glb", "model/gltf-binary")
PLIST = Format("plist", "application/x-bplist")
PARQUET = Format("parquet", "application/vnd.apache.parquet")
SQLITE = Format("sqlite", "application/vnd.sqlite3")

# One container; writers choose the brand that distinguishes the types freely.
MP4 = Format("mp4", "video/mp4", also=("video/quicktime", "audio/mp4"))
MOV = Format("mov", "video/quicktime", also=("video/mp4", "audio/mp4"))
WEBM = Format("webm", "video/webm", also=("audio/webm", "video/x-matroska"))
WEBM_AUDIO = Format("webm", "audio/webm", also=("video/webm", "video/x-matroska"))
MKV = Format("mkv", "video/x-matroska", also=("audio/x-matroska", "video/webm", "audio/webm"))
AVI = Format("avi", "video/x-msvideo")
MP3 = Format("mp3", "audio/mpeg")
AAC = Format("aac", "audio/aac")
WAV = Format("wav", "audio/wav")
FLAC = Format("flac", "audio/flac")
OGG = Format("ogg", "audio/ogg", also=("video/ogg",))
OGG_VIDEO = Format("ogg", "video/ogg", also=("audio/ogg",))
THREE_GP = Format("3gp", "video/3gpp", also=("audio/3gpp", "video/mp4", "audio/mp4"))
THREE_G2 = Format("3g2", "video/3gpp2", also=("audio/3gpp2", "video/3gpp", "video/mp4", "audio/mp4"))
MPEG = Format("mpeg", "video/mpeg")
MPEG_TS = Format("ts", "video/mp2t")
FLV = Format("flv", "video/x-flv")
# One container; the streams inside say whether it is sound, and their descriptions have no fixed place.
ASF = Format("asf", "video/x-ms-wmv", also=("audio/x-ms-wma", "video/x-ms-asf"))
AMR = Format("amr", "audio/amr", also=("audio/amr-wb",))
AIFF = Format("aiff", "audio/aiff")
AU = Format("au", "audio/basic")
MIDI = Format("midi", "audio/midi")
CAF = Format("caf", "audio/x-caf")
M4A = Format("m4a", "audio/mp4", also=("video/mp4", "video/quicktime"))

TTF = Format("ttf", "font/ttf", also=("font/otf",))
OTF = Format("otf", "font/otf", also=("font/ttf",))
TTC = Format("ttc", "font/collection")
WOFF = Format("woff", "font/woff")
WOFF2 = Format("woff2", "font/woff2")
EOT = Format("eot", "application/vnd.ms-fontobject")
SVG_FONT = Format("svg font", "font/x-svg-opentype", active=True)

ELF = Format("elf", "application/x-elf", active=True)
EXE = Format("exe", "application/vnd.microsoft.portable-executable", active=True)
CLASS = Format("class", "application/java-vm", active=True)
MACHO = Format("macho", "application/x-mach-binary", active=True)
WASM = Format("wasm", "application/wasm", active=True)
DEX = Format("dex", "application/x-dex", active=True)
MSI = Format("msi", "application/x-msi", active=True)
DEB = Format("deb", "application/vnd.debian.binary-package", active=True)
RPM = Format("rpm", "application/x-rpm", active=True)
XAR = Format("xar", "application/x-xar", active=True)
CRX = Format("crx", "application/x-chrome-extension", active=True)
SWF = Format("swf", "application/x-shockwave-flash", active=True)
CHM = Format("chm", "application/vnd.ms-htmlhelp", active=True)
LNK = Format("lnk", "application/x-ms-shortcut", active=True)
URL = Format("url", "application/x-mswinurl", active=True)
SCF = Format("scf", "application/x-ms-scf", active=True)
DESKTOP = Format("desktop", "application/x-desktop", active=True)
REG = Format("reg", "text/x-ms-regedit", active=True)
MHTML = Format("mhtml", "multipart/related", active=True)

HTML = Format("html", "text/html", active=True)
HTML_PART = Format("html", "text/html", active=True, also=("application/xml", "*+xml"))
SVG = Format("svg", "image/svg+xml", active=True)
XML = Format("xml", "application/xml", active=True, also=("*+xml",))
HTA = Format("hta", "application/hta", active=True)
SCRIPT = Format("script", "text/x-script", active=True)

ICS = Format("ics", "text/calendar", also=(ANY_TEXT,))
VCF = Format("vcf", "text/vcard", also=(ANY_TEXT,))
EML = Format("eml", "message/rfc822", also=(ANY_TEXT,))
MBOX = Format("mbox", "application/mbox", also=("message/rfc822", ANY_TEXT))
JSON = Format("json", "application/json", also=("application/x-ndjson", "*+json", ANY_TEXT))
CSV = Format("csv", "text/csv", also=(ANY_TEXT,))
TEXT = Format("text", "text/plain", also=(ANY_TEXT,))
SCALAR = Format("text", "text/plain", also=("application/json", "application/x-ndjson", "*+json", ANY_TEXT))
# A tag starts it, but nothing says whether it is XML, part of a page, or text such as Markdown.
MARKUP = Format("markup", "text/plain", also=("application/xml", "*+xml", "text/html", ANY_TEXT))

EMPTY = Format("empty", "application/octet-stream")
BINARY = Format("binary", "application/octet-stream")
SUSPICIOUS = Format("suspicious", "application/octet-stream")
