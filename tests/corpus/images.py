"""Pictures by Pillow and libheif: every mode, size and option that changes a header."""

from collections.abc import Iterator
from typing import Any

import pillow_heif
from PIL import Image

from tests.corpus import File, write

SIZES = ((1, 1), (17, 31), (320, 240))
# Format, content type, modes, and the ways to write each.
_WAYS: tuple[tuple[str, str, tuple[str, ...], tuple[dict[str, Any], ...]], ...] = (
    (
        "JPEG",
        "image/jpeg",
        ("L", "RGB", "CMYK"),
        (
            {},
            {"progressive": True},
            {"quality": 1},
            {"comment": b"a cat"},
            {"exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"},
        ),
    ),
    ("PNG", "image/png", ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"), ({}, {"dpi": (72, 72)})),
    ("GIF", "image/gif", ("1", "L", "P", "RGB"), ({}, {"interlace": 0}, {"comment": b"a cat"})),
    ("WEBP", "image/webp", ("RGB", "RGBA"), ({}, {"lossless": True}, {"quality": 1})),
    ("AVIF", "image/avif", ("RGB", "RGBA"), ({"speed": 10},)),
    ("BMP", "image/bmp", ("1", "L", "P", "RGB", "RGBA"), ({},)),
    (
        "TIFF",
        "image/tiff",
        ("1", "L", "RGB", "RGBA", "CMYK", "I;16", "F"),
        ({}, {"compression": "tiff_lzw"}, {"compression": "tiff_adobe_deflate"}, {"big_tiff": True}),
    ),
    ("HEIF", "image/heic", ("RGB", "RGBA"), ({}, {"quality": 10})),
    ("PDF", "application/pdf", ("L", "RGB"), ({}, {"title": "A cat"})),
)


def files() -> Iterator[File]:
    pillow_heif.register_heif_opener()
    for kind, content_type, modes, ways in _WAYS:
        for mode in modes:
            for size in SIZES:
                for way in ways:
                    how = f"{kind} {mode} {size[0]}x{size[1]} {way}"
                    yield File(content_type, how, write(_save, kind, mode, size, way))
    for kind, content_type in (
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("PNG", "image/png"),
        ("TIFF", "image/tiff"),
    ):
        frames = [_picture("RGB", (40, 30), shift) for shift in range(4)]
        save = {"save_all": True, "append_images": frames[1:]}
        yield File(content_type, f"{kind} of four pictures", write(frames[0].save, kind, **save))


def _save(file: Any, kind: str, mode: str, size: tuple[int, int], way: dict[str, Any]) -> None:
    _picture(mode, size).save(file, kind, **way)


def _picture(mode: str, size: tuple[int, int], shift: int = 0) -> Image.Image:
    picture = Image.linear_gradient("L").rotate(30 + shift).resize(size)
    return picture.convert("RGB").convert(mode) if mode not in ("I;16", "F") else picture.convert(mode)
