"""The table of file types: content type, name, extensions, and the other names that senders use for each.

Detection knows every type of the table (`tests/pipeline/test_content_type.py`). The tables of the JavaScript client are
generated from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain


@dataclass(frozen=True, slots=True)
class FileType:
    """One file type.

    - `name` is its name in a sentence, with its article.
    - `extensions` start with the usual one.
    - `aliases` are names of other programs for the content type. `with_extension` are names that mean this type only
      beside one of its extensions, such as Excel's own type for a `.csv`.
    - `group` is the name of types that the same bytes may be meant as, such as text and CSV.
    - `is_inline` allows a browser to display the type, because the type cannot run scripts.
    """

    content_type: str
    name: str
    extensions: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    with_extension: tuple[str, ...] = ()
    group: str = ""
    is_inline: bool = False


OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."
_EXCEL = (
    "application/vnd.ms-excel application/excel application/x-excel application/x-msexcel application/msexcel"
)
_ZIP = "application/zip"


def _row(
    content_type: str,
    name: str,
    extensions: str,
    aliases: str = "",
    *,
    beside: str = "",
    group: str = "",
    inline: bool = False,
) -> FileType:
    return FileType(
        content_type,
        name,
        tuple(extensions.split()),
        tuple(aliases.split()),
        tuple(beside.split()),
        group,
        inline,
    )


# fmt: off
_IMAGES = (
    _row("image/jpeg", "a JPEG image", "jpg jpeg jpe jfif", "image/jpg image/pjpeg image/x-jpeg image/jfif", inline=True),
    _row("image/png", "a PNG image", "png apng", "image/x-png image/apng image/vnd.mozilla.apng", inline=True),
    _row("image/gif", "a GIF image", "gif", "image/x-gif", inline=True),
    _row("image/webp", "a WebP image", "webp", "image/x-webp", inline=True),
    _row("image/avif", "an AVIF image", "avif avifs", "image/avif-sequence", inline=True),
    _row("image/heic", "a HEIC image", "heic heif heics heifs hif",
         "image/heif image/heic-sequence image/heif-sequence image/x-heic", inline=True),
    _row("image/bmp", "a BMP image", "bmp dib", "image/x-ms-bmp image/x-bmp image/x-windows-bmp", inline=True),
    _row("image/tiff", "a TIFF image", "tif tiff", "image/tif image/x-tiff image/x-tif", inline=True),
    _row("image/svg+xml", "an SVG image", "svg", "image/svg application/svg+xml application/svg"),
)
_DOCUMENTS = (
    _row("application/pdf", "a PDF document", "pdf",
         "application/x-pdf application/acrobat application/vnd.pdf text/pdf text/x-pdf", inline=True),
    _row("application/postscript", "a PostScript document", "ps eps", "application/eps image/x-eps image/eps"),
    _row("application/rtf", "an RTF document", "rtf", "text/rtf application/x-rtf text/richtext",
         beside="application/msword application/doc"),
    _row(f"{OOXML}wordprocessingml.document", "a Word document", "docx",
         beside=f"{_ZIP} application/msword application/vnd.ms-word"),
    _row(f"{OOXML}spreadsheetml.sheet", "an Excel spreadsheet", "xlsx", beside=f"{_ZIP} {_EXCEL}"),
    _row(f"{OOXML}presentationml.presentation", "a PowerPoint presentation", "pptx",
         beside=f"{_ZIP} application/vnd.ms-powerpoint application/mspowerpoint"),
    _row(f"{ODF}text", "an OpenDocument text", "odt", "application/x-vnd.oasis.opendocument.text", beside=_ZIP),
    _row(f"{ODF}spreadsheet", "an OpenDocument spreadsheet", "ods",
         "application/x-vnd.oasis.opendocument.spreadsheet", beside=_ZIP),
    _row(f"{ODF}presentation", "an OpenDocument presentation", "odp",
         "application/x-vnd.oasis.opendocument.presentation", beside=_ZIP),
    _row("application/epub+zip", "an EPUB book", "epub", "application/epub application/x-epub+zip", beside=_ZIP),
    _row("application/x-ole-storage", "an OLE document", "", "application/cdfv2"),
)
_TEXTS = (
    _row("text/plain", "a text file", "txt text log", "text/x-log application/txt text/anytext", group="text", inline=True),
    _row("text/csv", "a CSV file", "csv",
         "text/x-csv application/csv application/x-csv text/comma-separated-values text/x-comma-separated-values",
         beside=_EXCEL, group="text"),
    _row("text/tab-separated-values", "a TSV file", "tsv tab", "text/tsv text/x-tsv application/tab-separated-values",
         beside=_EXCEL, group="text"),
    _row("text/markdown", "a Markdown file", "md markdown mdown mkd",
         "text/x-markdown text/x-web-markdown text/md application/markdown", group="text"),
    _row("application/json", "a JSON file", "json map webmanifest", "text/json application/x-json text/x-json", group="json"),
    _row("application/x-ndjson", "an NDJSON file", "ndjson jsonl",
         "application/jsonl application/ndjson application/x-jsonlines application/jsonlines application/x-jsonl"
         " text/x-ndjson", group="json"),
    _row("application/yaml", "a YAML file", "yaml yml", "application/x-yaml text/yaml text/x-yaml text/vnd.yaml", group="text"),
    _row("application/toml", "a TOML file", "toml", "text/x-toml text/toml", group="text"),
    _row("application/sql", "an SQL file", "sql", "text/x-sql text/sql application/x-sql", group="text"),
    _row("application/xml", "an XML file", "xml xsd", "text/xml application/x-xml"),
    _row("text/html", "an HTML page", "html htm xhtml xht", "application/xhtml+xml"),
    _row("application/hta", "an HTML application", "hta"),
    _row("text/x-script", "a script", "sh", "application/x-sh text/x-sh application/x-shellscript"
         " application/x-php application/x-httpd-php text/x-php"),
    _row("text/javascript", "a JavaScript file", "js mjs cjs", "application/javascript application/x-javascript", group="code"),
)
_AUDIO = (
    _row("audio/mpeg", "an MP3 audio file", "mp3 mp2 mpga",
         "audio/mp3 audio/x-mp3 audio/mpeg3 audio/x-mpeg audio/x-mpeg-3 audio/mpg", inline=True),
    _row("audio/wav", "a WAV audio file", "wav wave", "audio/x-wav audio/wave audio/vnd.wave audio/x-pn-wav", inline=True),
    _row("audio/flac", "a FLAC audio file", "flac", "audio/x-flac application/x-flac", inline=True),
    _row("audio/ogg", "an Ogg audio file", "ogg oga opus spx",
         "application/ogg application/x-ogg audio/x-ogg audio/vorbis audio/opus audio/x-vorbis+ogg audio/x-opus+ogg",
         group="ogg", inline=True),
    _row("audio/mp4", "an MP4 audio file", "m4a m4b m4p m4r", "audio/m4a audio/x-m4a audio/mp4a-latm audio/x-mp4 audio/x-m4b",
         group="iso media", inline=True),
    _row("audio/aac", "an AAC audio file", "aac adts", "audio/x-aac audio/aacp audio/x-hx-aac-adts", inline=True),
    _row("audio/webm", "a WebM audio file", "weba", group="matroska", inline=True),
)
_VIDEO = (
    _row("video/mp4", "an MP4 video", "mp4 m4v mp4v", "video/x-m4v application/mp4 video/mpeg4", group="iso media", inline=True),
    _row("video/quicktime", "a QuickTime video", "mov qt", "video/x-quicktime", group="iso media", inline=True),
    _row("video/webm", "a WebM video", "webm", "video/x-webm", group="matroska", inline=True),
    _row("video/x-matroska", "a Matroska video", "mkv mk3d", "video/matroska video/mkv application/x-matroska"
         " video/x-matroska-3d", group="matroska", inline=True),
    _row("video/x-msvideo", "an AVI video", "avi",
         "video/avi video/msvideo video/vnd.avi video/vnd.divx video/divx application/x-troff-msvideo"),
    _row("video/ogg", "an Ogg video", "ogv", "video/x-ogg video/x-theora+ogg", beside="application/ogg application/x-ogg",
         group="ogg", inline=True),
)
_ARCHIVES = (
    _row("application/zip", "a ZIP archive", "zip",
         "application/x-zip application/x-zip-compressed application/zip-compressed multipart/x-zip",
         beside="application/x-compressed application/x-compress"),
    _row("application/gzip", "a GZIP archive", "gz tgz gzip",
         "application/x-gzip application/x-gunzip application/gzipped application/x-compressed-tar application/x-tgz"
         " application/x-gtar-compressed", beside="application/x-tar application/x-compressed application/x-compress"),
    _row("application/x-bzip2", "a BZIP2 archive", "bz2 tbz2 tbz",
         "application/x-bzip application/bzip2 application/x-bzip-compressed-tar application/x-bzip2-compressed-tar",
         beside="application/x-tar application/x-compressed"),
    _row("application/x-xz", "an XZ archive", "xz txz", "application/xz application/x-xz-compressed-tar",
         beside="application/x-tar application/x-compressed"),
    _row("application/zstd", "a Zstandard archive", "zst tzst", "application/x-zstd application/x-zstd-compressed-tar",
         beside="application/x-tar application/x-compressed"),
    _row("application/x-7z-compressed", "a 7z archive", "7z", "application/7z application/x-7zip application/x-7z",
         beside="application/x-compressed"),
    _row("application/x-tar", "a TAR archive", "tar", "application/tar application/x-gtar application/x-ustar"),
    _row("application/vnd.rar", "a RAR archive", "rar",
         "application/x-rar-compressed application/x-rar application/rar application/vnd.comicbook-rar",
         beside="application/x-compressed"),
)
_DATA = (
    _row("application/vnd.apache.parquet", "a Parquet file", "parquet", "application/parquet application/x-parquet"),
    _row("application/vnd.sqlite3", "an SQLite database", "sqlite sqlite3",
         "application/x-sqlite3 application/vnd.sqlite application/x-sqlite"),
)
_PROGRAMS = (
    _row("application/java-archive", "a Java archive", "jar", "application/x-java-archive application/x-jar"),
    _row("application/java-vm", "a Java class", "class", "application/x-java-vm application/x-java"),
    _row("application/wasm", "a WebAssembly module", "wasm"),
    _row("application/vnd.microsoft.portable-executable", "a Windows program", "exe dll scr",
         "application/x-msdownload application/x-msdos-program application/x-dosexec application/exe"),
    _row("application/x-elf", "a Linux program", "elf so", "application/x-executable application/x-sharedlib"),
    _row("application/x-mach-binary", "a macOS program", "dylib"),
)
# fmt: on

TYPES: dict[str, FileType] = {
    row.content_type: row
    for row in chain(_IMAGES, _DOCUMENTS, _TEXTS, _AUDIO, _VIDEO, _ARCHIVES, _DATA, _PROGRAMS)
}
"""Every type by its content type."""


def _by_extension() -> Iterator[tuple[str, FileType]]:
    for row in TYPES.values():
        for extension in row.extensions:
            yield extension, row


BY_EXTENSION: dict[str, FileType] = dict(_by_extension())
"""The type of each extension, which is in lower case and without its dot."""

ALIASES: dict[str, str] = {alias: row.content_type for row in TYPES.values() for alias in row.aliases}
"""The content type for each other name."""

GENERIC = frozenset(
    [
        "application/octet-stream",
        "binary/octet-stream",
        "application/x-octet-stream",
        "application/binary",
        "application/x-binary",
        "application/unknown",
        "application/x-unknown",
        "application/force-download",
        "application/x-force-download",
        "application/download",
        "application/x-download",
        "content/unknown",
        "unknown/unknown",
    ]
)
"""Names that say nothing about a file. The extension decides for them, as for an empty content type."""
