"""Conversion of pixels to sRGB with 8 bits a channel."""

from io import BytesIO

from PIL import Image, ImageCms

from functions.domain.codes import Code
from functions.features.image.rejection import ImageRejected

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_RESIZABLE = ("L", "RGB", "RGBA", "CMYK", "LAB")
"""Modes of Pillow whose channels have 8 bits and no palette, so that pixels can be averaged."""


def to_channels(image: Image.Image) -> Image.Image:
    """Returns the image in a mode in which it can be resized. Raises ImageRejected for 32 bits a channel."""
    if image.mode.startswith("I;16"):
        return _to_eight_bits(image)
    if image.mode in ("I", "F"):
        raise ImageRejected(Code.IMAGE_UNREADABLE, "Images with 32 bits a channel cannot be converted.")
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in _RESIZABLE else image.convert("RGB")


def _to_eight_bits(image: Image.Image) -> Image.Image:
    """Divides by 256. Pillow's own conversion of 16 bits would turn all but the darkest pixels white."""
    return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")


def to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Returns the image in RGB, or in RGBA if a pixel is transparent. A profile that is damaged has no effect."""
    converted = _apply_profile(image, profile)
    if converted.mode == "RGBA" and converted.getchannel("A").getextrema() == (255, 255):
        return converted.convert("RGB")
    return converted if converted.mode in ("RGB", "RGBA") else converted.convert("RGB")


def _apply_profile(image: Image.Image, profile: bytes | None) -> Image.Image:
    if image.mode == "LAB":
        source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    elif profile is None:
        return image
    else:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
        except (OSError, ImageCms.PyCMSError):
            return image
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        return ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode) or image
    except (ImageCms.PyCMSError, ValueError):
        # The profile is of another number of channels than the image.
        return image
