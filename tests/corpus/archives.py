"""Archives, written by the standard library, py7zr and zstandard."""

import bz2
import gzip
import lzma
import tarfile
import zipfile
from collections.abc import Iterator
from io import BytesIO
from random import Random
from typing import Any

import py7zr
import zstandard

from tests.corpus import File, write

_TEXT = b"The quick brown fox jumps over the lazy dog.\n" * 400
_NOISE = Random(7).randbytes(9_000)
CONTENTS = {"empty": b"", "text": _TEXT, "noise": _NOISE}


def files() -> Iterator[File]:
    for name, content in CONTENTS.items():
        for level in (1, 9):
            yield File("application/gzip", f"gzip {level} of {name}", gzip.compress(content, level))
            yield File("application/x-bzip2", f"bz2 {level} of {name}", bz2.compress(content, level))
        for check in (lzma.CHECK_NONE, lzma.CHECK_CRC32, lzma.CHECK_SHA256):
            yield File("application/x-xz", f"xz {check} of {name}", lzma.compress(content, check=check))
        for level in (-5, 3, 19):
            for with_size in (True, False):
                packed = zstandard.ZstdCompressor(level=level, write_content_size=with_size).compress(content)
                yield File("application/zstd", f"zstd {level} {with_size} of {name}", packed)
        for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            for zip64 in (False, True):
                how = f"zip {method} {zip64} of {name}"
                yield File("application/zip", how, write(_zip, content, method, zip64))
        for tar_format in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            how = f"tar {tar_format} of {name}"
            yield File("application/x-tar", how, write(_tar, content, tar_format))
        for filters in (
            [{"id": py7zr.FILTER_LZMA2}],
            [{"id": py7zr.FILTER_BZIP2}],
            [{"id": py7zr.FILTER_COPY}],
        ):
            how = f"7z {filters} of {name}"
            yield File("application/x-7z-compressed", how, write(_7z, content, filters))
    yield File("application/zip", "empty zip", write(_empty))
    yield File("application/x-7z-compressed", "7z with a password", write(_encrypted))


def _empty(file: Any) -> None:
    zipfile.ZipFile(file, "w").close()


def _zip(file: Any, content: bytes, method: int, zip64: bool) -> None:
    with zipfile.ZipFile(file, "w", method) as archive:
        for name in ("notes.txt", "holiday/ünïcode.txt"):
            with archive.open(name, "w", force_zip64=zip64) as member:
                member.write(content)


def _tar(file: Any, content: bytes, tar_format: int) -> None:
    with tarfile.open(fileobj=file, mode="w", format=tar_format) as archive:
        for name in ("notes.txt", "holiday/" + "long" * 20 + ".txt"):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, BytesIO(content))


def _7z(file: Any, content: bytes, filters: list[dict[str, int]]) -> None:
    with py7zr.SevenZipFile(file, "w", filters=filters) as archive:
        archive.writestr(content, "notes.txt")


def _encrypted(file: Any) -> None:
    with py7zr.SevenZipFile(file, "w", password="a-password") as archive:
        archive.writestr(_TEXT, "notes.txt")
