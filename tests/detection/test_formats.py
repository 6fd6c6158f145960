"""Every format is detected in a file of that format, and has its content type."""

import pytest

from tests.detection.detect import detect
from tests.detection.file_samples import SAMPLES

OOXML = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "bmp": "image/bmp",
    "tiff": "image/tiff",
    "pdf": "application/pdf",
    "ps": "application/postscript",
    "rtf": "application/rtf",
    "ole": "application/x-ole-storage",
    "docx": f"{OOXML}.wordprocessingml.document",
    "xlsx": f"{OOXML}.spreadsheetml.sheet",
    "pptx": f"{OOXML}.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "epub": "application/epub+zip",
    "zip": "application/zip",
    "jar": "application/java-archive",
    "gz": "application/gzip",
    "bz2": "application/x-bzip2",
    "xz": "application/x-xz",
    "zst": "application/zstd",
    "7z": "application/x-7z-compressed",
    "tar": "application/x-tar",
    "rar": "application/vnd.rar",
    "parquet": "application/vnd.apache.parquet",
    "sqlite": "application/vnd.sqlite3",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "mp3": "audio/mpeg",
    "aac": "audio/aac",
    "wav": "audio/wav",
    "flac": "audio/flac",
    "ogg": "audio/ogg",
    "ogg video": "video/ogg",
    "m4a": "audio/mp4",
    "elf": "application/x-elf",
    "exe": "application/vnd.microsoft.portable-executable",
    "class": "application/java-vm",
    "macho": "application/x-mach-binary",
    "macho for two architectures": "application/x-mach-binary",
    "wasm": "application/wasm",
    "html": "text/html",
    "svg": "image/svg+xml",
    "xml": "application/xml",
    "script": "text/x-script",
    "json": "application/json",
    "csv": "text/csv",
    "text": "text/plain",
    "empty": "application/octet-stream",
    "binary": "application/octet-stream",
}


ACTIVE = ("html", "svg", "xml", "script", "jar", "elf", "exe", "class", "macho", "wasm")


@pytest.mark.parametrize("sample", SAMPLES)
def test_every_format_is_detected(sample: str) -> None:
    found = detect(SAMPLES[sample])
    assert (found.name, found.content_type) == (sample.split()[0], CONTENT_TYPES[sample])
    assert found.active == (sample.split()[0] in ACTIVE)
