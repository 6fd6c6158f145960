"""Opening of an image: only as its detected type, and only within the limit of pixels."""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# Pillow imports all of its plugins when it meets a format whose plugin is not imported.
from PIL import (  # noqa: F401
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    MpoImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)
from pillow_heif import register_heif_opener

from functions.domain.codes import Code
from functions.features.image.rejection import ImageRejected, decoding

DECODERS: Mapping[str, tuple[str, ...]] = {
    "image/jpeg": ("JPEG", "MPO"),
    "image/png": ("PNG",),
    "image/gif": ("GIF",),
    "image/webp": ("WEBP",),
    "image/avif": ("AVIF",),
    "image/heic": ("HEIF", "AVIF"),
    "image/bmp": ("BMP",),
    "image/tiff": ("TIFF",),
}
"""Detected content type -> Pillow's decoders, because another one would parse bytes that were not checked for it."""

_ANIMATIONS = ("GIF", "WEBP", "PNG", "AVIF")
"""Formats whose further images are frames. Those of TIFF are pages, those of MPO and HEIF other views of the first."""


def prepare_decoders(max_pixels: int) -> None:
    """Configures Pillow for this process: an image with more pixels is an error, not a warning."""
    register_heif_opener(thumbnails=False)
    Image.MAX_IMAGE_PIXELS = max_pixels
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    # Otherwise the first frame has a palette and the others have none.
    GifImagePlugin.LOADING_STRATEGY = GifImagePlugin.LoadingStrategy.RGB_ALWAYS


@contextmanager
def open_image(path: Path, content_type: str, max_pixels: int) -> Iterator[ImageFile.ImageFile]:
    """Yields the image, of which only the header has been read. Raises ImageRejected."""
    decoders = DECODERS.get(content_type)
    if decoders is None:
        raise ImageRejected(Code.IMAGE_UNREADABLE, f"Files of type {content_type} are no images.")
    with decoding():
        image = Image.open(path, formats=decoders)
    with image:
        check_pixels(image.width * image.height, max_pixels)
        yield image


def check_pixels(pixels: int, max_pixels: int) -> None:
    """Raises ImageRejected `image_too_large`."""
    if pixels > max_pixels:
        raise ImageRejected(
            Code.IMAGE_TOO_LARGE, f"The image has {pixels:,} pixels; up to {max_pixels:,} are accepted."
        )


def is_animation(image: ImageFile.ImageFile) -> bool:
    """Returns True for an image with frames."""
    with decoding():
        return image.format in _ANIMATIONS and bool(getattr(image, "is_animated", False))
