"""Hostile and unusual images: name -> content type, bytes, and the code of the rejection, or None for a conversion."""

import struct
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from PIL import Image

from functions.domain.codes import Code
from tests.detection.file_samples import png_chunk
from tests.features.image.samples import (
    animation,
    corners,
    phone_photo,
    png,
    replace_size,
    save,
    srgb_profile,
    tiff,
)

UNREADABLE, TOO_LARGE, ANIMATED = Code.IMAGE_UNREADABLE, Code.IMAGE_TOO_LARGE, Code.ANIMATION_NOT_ALLOWED


MAX_PIXELS = 4_000_000
"""Limit of the kind that the cases are of."""


class Case(NamedTuple):
    content_type: str
    body: bytes
    code: Code | None
    animated: str = "refuse"


def cases() -> Mapping[str, Case]:
    return {**_bombs(), **_damaged(), **_unusual()}


def _bombs() -> dict[str, Case]:
    small = corners()
    frames = animation("GIF", frames=2)
    zeros = zlib.compress(bytes(20 << 20), 9)
    return {
        "PNG of 50,000 x 50,000 pixels in 1 bit each": Case(
            "image/png", png(50_000, 50_000, depth=1, colour=0, data=bytes(1 << 20)), TOO_LARGE
        ),
        "PNG of a few pixels too many, of which Pillow only warns": Case(
            "image/png", png(2_001, 2_000, data=b"\0"), TOO_LARGE
        ),
        "PNG with a profile that unpacks to 20 MiB": Case(
            "image/png", png(1, 1, png_chunk(b"iCCP", b"p\0\0" + zeros), data=bytes(4)), UNREADABLE
        ),
        "PNG with a text that unpacks to 20 MiB": Case(
            "image/png", png(1, 1, png_chunk(b"zTXt", b"t\0\0" + zeros), data=bytes(4)), UNREADABLE
        ),
        "PNG with 2 ** 31 frames": Case(
            "image/png",
            png(1, 1, png_chunk(b"acTL", struct.pack(">II", 2**31, 0)), data=bytes(4)),
            ANIMATED,
        ),
        "JPEG of 65,500 x 65,500 pixels": Case("image/jpeg", _jpeg_of(65_500, 65_500), TOO_LARGE),
        "JPEG of 8,000 scans": Case("image/jpeg", _jpeg_of_many_scans(), TOO_LARGE),
        "TIFF of 60,000 x 60,000 pixels": Case("image/tiff", _tiff_of(60_000, 60_000), TOO_LARGE),
        "TIFF with tiles of 2 ** 31 pixels": Case("image/tiff", _tiff_of_huge_tiles(), UNREADABLE),
        "WebP of 16,383 x 16,383 pixels": Case(
            "image/webp",
            b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + b"\xfe\x3f\0" * 2 + b"VP8L\0\0\0\0",
            TOO_LARGE,
        ),
        "AVIF of 60,000 x 60,000 pixels": Case(
            "image/avif",
            replace_size(save(small, "AVIF"), struct.pack(">II", 64, 48), struct.pack(">II", 60_000, 60_000)),
            UNREADABLE,
        ),
        "HEIC of 30,000 x 30,000 pixels": Case(
            "image/heic",
            replace_size(save(small, "HEIF"), struct.pack(">II", 64, 64), struct.pack(">II", 30_000, 3_000)),
            UNREADABLE,
        ),
        "GIF of 65,535 x 65,535 pixels": Case(
            "image/gif", replace_size(save(small, "GIF"), b"\x40\0\x30\0", b"\xff" * 4), TOO_LARGE
        ),
        "GIF of 3,000 frames": Case("image/gif", _gif_of_many_frames(3_000), TOO_LARGE, animated="keep"),
        "GIF with a frame of 65,535 x 65,535 pixels": Case(
            "image/gif",
            _replace_last(frames, b"\x40\0\x30\0", b"\xff" * 4),
            TOO_LARGE,
            animated="keep",
        ),
    }


def _damaged() -> dict[str, Case]:
    image = corners(300, 200)
    whole = {
        "image/jpeg": save(image, "JPEG"),
        "image/png": save(Image.effect_noise((300, 200), 90), "PNG"),
        "image/webp": save(image, "WEBP", lossless=True),
        "image/gif": save(Image.effect_noise((300, 200), 90), "GIF"),
        "image/tiff": save(image, "TIFF", compression="tiff_lzw"),
        "image/avif": save(image, "AVIF"),
        "image/heic": save(image, "HEIF"),
        "image/bmp": save(image, "BMP"),
    }
    return {
        **{
            f"{name.removeprefix('image/')} without its second half": Case(
                name, body[: len(body) // 2], UNREADABLE
            )
            for name, body in whole.items()
        },
        "PNG of another type": Case("image/png", whole["image/jpeg"], UNREADABLE),
        "EPS, which Pillow passes to Ghostscript": Case(
            "image/png", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\n", UNREADABLE
        ),
        "PNG without pixels": Case("image/png", png(4, 4), UNREADABLE),
        "PNG of no width": Case("image/png", png(0, 4), UNREADABLE),
        "PNG with indices and no palette": Case("image/png", png(4, 1, colour=3, data=bytes(5)), UNREADABLE),
        "PNG with indices outside of its palette": Case(
            "image/png", png(4, 1, png_chunk(b"PLTE", b"\xff\0\0"), colour=3, data=b"\0\0\1\2\xff"), None
        ),
        "TIFF whose directory is its own successor": Case(
            "image/tiff", tiff(*_tags(2, 1), data=bytes(2), next_directory=10), None
        ),
        "TIFF with 32 bits of float a channel": Case(
            "image/tiff", save(Image.new("F", (4, 4)), "TIFF"), UNREADABLE
        ),
        "JPEG with a damaged EXIF": Case(
            "image/jpeg", save(image, "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\xff" * 40), None
        ),
    }


def _unusual() -> dict[str, Case]:
    huge = srgb_profile() + bytes(15 << 20)
    return {
        "photo with every sort of metadata": Case("image/jpeg", phone_photo(), None),
        "JPEG in CMYK": Case("image/jpeg", save(corners().convert("CMYK"), "JPEG"), None),
        "PNG with 16 bits of grey": Case("image/png", save(Image.new("I;16", (4, 4)), "PNG"), None),
        "PNG with 16 bits a channel": Case("image/png", png(1, 1, depth=16, data=bytes(7)), None),
        "JPEG with a profile of 15 MiB": Case("image/jpeg", save(corners(), "JPEG", icc_profile=huge), None),
        "JPEG of one row": Case("image/jpeg", save(Image.new("RGB", (65_000, 1)), "JPEG"), None),
        "PNG that is a ZIP too": Case("image/png", save(corners(), "PNG") + b"PK\x03\x04" + bytes(99), None),
        "animation": Case("image/gif", animation("GIF"), ANIMATED),
    }


def _replace_last(body: bytes, old: bytes, new: bytes) -> bytes:
    before, found, after = body.rpartition(old)
    assert found
    return before + new + after


def _jpeg_of(width: int, height: int) -> bytes:
    """Returns a JPEG with another size in its header."""
    return replace_size(
        save(corners(), "JPEG"), struct.pack(">HH", 48, 64), struct.pack(">HH", height, width)
    )


def _jpeg_of_many_scans() -> bytes:
    """Returns a progressive JPEG that repeats its last scan, each of which is a pass over all pixels."""
    body = save(Image.new("L", (2_000, 2_000)), "JPEG", progressive=True)
    start = body.rindex(b"\xff\xda")
    return body[:-2] + body[start:-2] * 8_000 + body[-2:]


def _tags(width: int, height: int) -> tuple[tuple[int, int, int, int], ...]:
    """Width, height, 8 bits, no compression, black is zero, one strip at offset 8, one channel, all rows, all bytes."""
    return (
        *((256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1)),
        *((273, 4, 1, 8), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, width * height)),
    )


def _tiff_of(width: int, height: int) -> bytes:
    return tiff(*_tags(width, height), data=bytes(8))


def _tiff_of_huge_tiles() -> bytes:
    tags = [tag for tag in _tags(64, 48) if tag[0] not in (273, 278, 279)]
    tiles = ((322, 4, 1, 65_536), (323, 4, 1, 32_768), (324, 4, 1, 8), (325, 4, 1, 8))
    return tiff(*tags, *tiles, data=bytes(8))


def _gif_of_many_frames(count: int) -> bytes:
    """Returns a GIF of one frame of 64 x 48 pixels, which is repeated."""
    body = save(Image.new("P", (64, 48)), "GIF")
    start = body.index(b",\0\0\0\0")
    return body[:-1] + body[start:-1] * (count - 1) + b";"
