"""Encoding of pixels in the format of a rendition."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "webp": {"format": "WEBP", "method": 4},
    "avif": {"format": "AVIF", "speed": 6},
    "jpeg": {"format": "JPEG", "optimize": True, "progressive": True},
    "png": {"format": "PNG"},
}


def encode(path: Path, frames: list[Image.Image], format: str, quality: int, **animation: Any) -> None:
    """Writes a file. More frames than one are an animation, with `duration` and `loop`."""
    first, *others = [_flatten(frame) if format == "jpeg" else frame for frame in frames]
    options = {**_OPTIONS[format]} if format == "png" else {**_OPTIONS[format], "quality": quality}
    if others:
        options |= {"save_all": True, "append_images": others, **animation}
    first.save(path, **options)


def _flatten(image: Image.Image) -> Image.Image:
    """Puts the image on white, because JPEG has no transparency."""
    if image.mode != "RGBA":
        return image
    background = Image.new("RGB", image.size, "white")
    background.paste(image, mask=image.getchannel("A"))
    return background
