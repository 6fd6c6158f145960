"""Content types: their canonical names, and the file extensions that go with them.

A file name whose extension contradicts the declared content type is rejected before the upload starts.
"""

import re
from collections.abc import Collection

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput
from functions.domain.filename import extension

# RFC 9110, 8.3.1: type "/" subtype, both tokens.
_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]{1,127}/[!#$%&'*+.^_`|~0-9a-z-]{1,127}")
_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

_EXTENSIONS: dict[str, tuple[str, ...]] = {
    extension: tuple(types.split())
    for extension, types in {
        "jpg": "image/jpeg",
        "jpeg": "image/jpeg",
        "png": "image/png",
        "gif": "image/gif",
        "webp": "image/webp",
        "avif": "image/avif",
        "heic": "image/heic",
        "heif": "image/heic image/heif",
        "bmp": "image/bmp",
        "tif": "image/tiff",
        "tiff": "image/tiff",
        "svg": "image/svg+xml",
        "pdf": "application/pdf",
        "docx": f"{_OOXML}wordprocessingml.document",
        "xlsx": f"{_OOXML}spreadsheetml.sheet",
        "pptx": f"{_OOXML}presentationml.presentation",
        "odt": f"{_ODF}text",
        "ods": f"{_ODF}spreadsheet",
        "odp": f"{_ODF}presentation",
        "rtf": "application/rtf text/rtf",
        "csv": "text/csv text/plain",
        "tsv": "text/tab-separated-values text/plain",
        "txt": "text/plain text/csv text/markdown text/tab-separated-values",
        "md": "text/markdown text/plain",
        "json": "application/json text/plain",
        "ndjson": "application/x-ndjson application/json text/plain",
        "xml": "application/xml text/xml",
        "html": "text/html",
        "htm": "text/html",
        "xhtml": "application/xhtml+xml",
        "js": "text/javascript application/javascript",
        "mp3": "audio/mpeg",
        "wav": "audio/wav",
        "flac": "audio/flac",
        "ogg": "audio/ogg video/ogg",
        "ogv": "video/ogg",
        "oga": "audio/ogg",
        "m4a": "audio/mp4",
        "aac": "audio/aac",
        "mp4": "video/mp4 audio/mp4",
        "m4v": "video/mp4",
        "mov": "video/quicktime video/mp4",
        "webm": "video/webm audio/webm",
        "mkv": "video/x-matroska",
        "avi": "video/x-msvideo",
        "zip": "application/zip",
        "gz": "application/gzip",
        "tgz": "application/gzip",
        "bz2": "application/x-bzip2",
        "xz": "application/x-xz",
        "zst": "application/zstd",
        "7z": "application/x-7z-compressed",
        "tar": "application/x-tar",
        "rar": "application/vnd.rar",
        "jar": "application/java-archive",
        "parquet": "application/vnd.apache.parquet",
        "sqlite": "application/vnd.sqlite3",
        "exe": "application/vnd.microsoft.portable-executable",
        "dll": "application/vnd.microsoft.portable-executable",
        "class": "application/java-vm",
        "wasm": "application/wasm",
        "sh": "text/x-script application/x-sh",
    }.items()
}

_ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/x-ms-bmp": "image/bmp",
    "image/heif": "image/heic",
    "text/rtf": "application/rtf",
    "text/xml": "application/xml",
    "application/x-zip-compressed": "application/zip",
    "application/x-gzip": "application/gzip",
    "application/x-bzip": "application/x-bzip2",
    "application/x-rar-compressed": "application/vnd.rar",
    "application/x-sqlite3": "application/vnd.sqlite3",
    "application/vnd.sqlite": "application/vnd.sqlite3",
    "application/parquet": "application/vnd.apache.parquet",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
    "audio/vnd.wave": "audio/wav",
    "audio/mp3": "audio/mpeg",
    "audio/x-flac": "audio/flac",
    "audio/x-m4a": "audio/mp4",
    "video/avi": "video/x-msvideo",
    "application/jsonl": "application/x-ndjson",
}
"""Names that browsers and operating systems use for a type, and its canonical name."""


def essence(content_type: str) -> str:
    """Returns the essence of a media type: without parameters, in lower case and under its canonical name.

    The term is that of the WHATWG's MIME Sniffing Standard. Raises InvalidInput `validation_failed` for a text that is
    not a media type.
    """
    bare = content_type.partition(";")[0].strip().lower()
    if not _MEDIA_TYPE.fullmatch(bare):
        raise InvalidInput(
            Code.VALIDATION_FAILED, "contentType is not a media type such as image/png.", field="contentType"
        )
    return _ALIASES.get(bare, bare)


def find_extension(content_type: str) -> str:
    """Returns the usual extension with its dot, such as `.jpg`, or an empty string for an unknown type."""
    return next((f".{name}" for name, types in _EXTENSIONS.items() if types[0] == content_type), "")


def list_extensions(content_types: Collection[str]) -> list[str]:
    """Returns the extensions of these content types without dots, sorted."""
    return sorted(name for name, types in _EXTENSIONS.items() if not set(types).isdisjoint(content_types))


def is_usual_extension(suffix: str, content_type: str) -> bool:
    """True if the table has this extension, without its dot, for the content type."""
    return content_type in _EXTENSIONS.get(suffix, ())


def check_extension(file_name: str, content_type: str, *, field: str = "contentType") -> None:
    """Raises InvalidInput `extension_mismatch` for a known extension that never goes with this content type.

    `field` is the JSON name of the value to correct.
    """
    suffix = extension(file_name)
    expected = _EXTENSIONS.get(suffix)
    if expected is None or content_type in expected:
        return
    raise InvalidInput(
        Code.EXTENSION_MISMATCH,
        f"The extension .{suffix} does not match the content type {content_type}.",
        field=field,
    )
