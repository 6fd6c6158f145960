"""Images for the step `image`, made by Pillow, libheif and the standard library."""

import io
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

from tests.detection.file_samples import png_chunk

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
XMP_SECRET, EXIF_SECRET, IPTC_SECRET, COMMENT, TRAILER = (
    b"xmp-secret",
    b"exif-secret",
    b"iptc-secret",
    b"comment-secret",
    b"trailer-secret",
)
SECRETS = (XMP_SECRET, EXIF_SECRET, IPTC_SECRET, COMMENT, TRAILER)
_GPS, _GPS_LATITUDE, _MAKE, _ORIENTATION = 0x8825, 2, 0x010F, 0x0112

pillow_heif.register_heif_opener(thumbnails=False)


def save(image: Image.Image, format: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def corners(width: int = 64, height: int = 48) -> Image.Image:
    """Returns an image with a red, a green, a blue and a white quarter: upper left, upper right, lower left, lower right."""
    image = Image.new("RGB", (width, height), WHITE)
    for colour, x, y in ((RED, 0, 0), (GREEN, width // 2, 0), (BLUE, 0, height // 2)):
        image.paste(colour, (x, y, x + width // 2, y + height // 2))
    return image


def exif(orientation: int) -> Image.Exif:
    """Returns EXIF with a place and the maker of the camera."""
    tags = Image.Exif()
    tags[_ORIENTATION] = orientation
    tags[_MAKE] = EXIF_SECRET.decode()
    tags.get_ifd(_GPS)[_GPS_LATITUDE] = (52.0, 31.0, 12.0)
    return tags


def phone_photo(width: int = 64, height: int = 48) -> bytes:
    """Returns a JPEG that is upright when turned by 90 degrees, with every sort of metadata that a JPEG can have."""
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">' + XMP_SECRET + b"</x:xmpmeta>"
    upright = corners(height, width).transpose(Image.Transpose.ROTATE_90)
    body = save(
        upright, "JPEG", quality=95, exif=exif(6), xmp=xmp, comment=COMMENT, icc_profile=srgb_profile()
    )
    photoshop = (
        b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", 20) + b"\x1c\x02\x78\0\x0b" + IPTC_SECRET
    )
    segment = b"\xff\xed" + struct.pack(">H", len(photoshop) + 2) + photoshop
    return body[:2] + segment + body[2:] + TRAILER


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def png(width: int, height: int, *chunks: bytes, depth: int = 8, colour: int = 2, data: bytes = b"") -> bytes:
    """Returns a PNG with this header, the chunks, and compressed `data`."""
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(data, 9))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + body + png_chunk(b"IEND", b"")


def animation(format: str, frames: int = 3, size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    colours = (RED, GREEN, BLUE)
    images = [Image.new("RGB", size, colours[index % 3]) for index in range(frames)]
    return save(images[0], format, save_all=True, append_images=images[1:], duration=200, loop=0, **options)


def tiff(*tags: tuple[int, int, int, int], data: bytes = b"", next_directory: int = 0) -> bytes:
    """Returns a little-endian TIFF: `data` at offset 8, then one directory of (tag, type, count, value)."""
    directory = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags)
    return b"II*\0" + struct.pack("<I", 8 + len(data)) + data + directory + struct.pack("<I", next_directory)


def replace_size(body: bytes, old: bytes, new: bytes) -> bytes:
    """Returns the file with another size in its header, which must contain the old one."""
    assert old in body
    return body.replace(old, new)
