"""Conversion of one image to its renditions: upright, in sRGB, and of pixels alone.

Nothing but pixels is passed to an encoder. So EXIF, GPS, XMP, IPTC, thumbnails, comments, profiles and what follows the
image in its file stay behind.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageFile

from functions.domain.codes import Code
from functions.features.image.colour import to_channels, to_srgb
from functions.features.image.converted import Converted
from functions.features.image.decoder import check_pixels, is_animation, open_image
from functions.features.image.encoder import encode
from functions.features.image.parameters import ImageParameters
from functions.features.image.rejection import ImageRejected, decoding

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""Value of EXIF's tag Orientation -> what makes the image upright."""
_MOST_LOOPS = 65_535
"""A WebP has 16 bits for their number, an APNG 32."""
_LONGEST_FRAME = 60_000
"""Milliseconds. A WebP cannot show a frame for more than 2 ** 24, an APNG can."""


def convert(source: Path, content_type: str, parameters: ImageParameters, directory: Path) -> list[Converted]:
    """Writes one file for each size to the directory, under the name of the size. Raises ImageRejected."""
    with open_image(source, content_type, parameters.max_pixels) as image:
        if not is_animation(image):
            pixels = _read_still(image, max(parameters.sizes.values()))
            return [
                _write(directory / name, [pixels.render(edge)], parameters)
                for name, edge in parameters.sizes.items()
            ]
        if parameters.animated == "refuse":
            raise ImageRejected(Code.ANIMATION_NOT_ALLOWED, "The image is animated.")
        return [
            _write_animation(directory / name, edge, image, parameters)
            for name, edge in parameters.sizes.items()
        ]


@dataclass(frozen=True, slots=True)
class _Pixels:
    """One image in memory. `size` is that of the original, of which `bitmap` may be a smaller copy."""

    bitmap: Image.Image
    size: tuple[int, int]
    profile: bytes | None
    orientation: int

    def render(self, edge: int) -> Image.Image:
        """Returns the image with a longer edge of at most `edge` pixels. It is never enlarged. Raises ImageRejected."""
        scale = min(1, edge / max(self.size))
        width, height = (max(1, round(length * scale)) for length in self.size)
        with decoding():
            resized = self.bitmap.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
            coloured = to_srgb(resized, self.profile)
            turn = _TURNS.get(self.orientation)
            upright = coloured if turn is None else coloured.transpose(turn)
        upright.info = {}
        return upright


def _read_still(image: ImageFile.ImageFile, longest_edge: int) -> _Pixels:
    size = image.size
    with decoding():
        # A JPEG is decoded at 1/2, 1/4 or 1/8 of its size if that is at least twice as long as needed.
        scale = 2 * longest_edge / max(size)
        reduced = image.format in ("JPEG", "MPO") and image.draft(
            None, (max(1, round(size[0] * scale)), max(1, round(size[1] * scale)))
        )
        image.load()
    return _read_pixels(image, size if reduced else image.size)


def _read_pixels(image: ImageFile.ImageFile, size: tuple[int, int]) -> _Pixels:
    with decoding():
        # For example, a palette that its mode needs may be missing.
        bitmap = to_channels(image)
    return _Pixels(bitmap, size, _find_profile(image), _find_orientation(image))


def _find_profile(image: ImageFile.ImageFile) -> bytes | None:
    """Returns the ICC profile. The tag of a TIFF may be damaged, and then have numbers or a text."""
    profile: Any = image.info.get("icc_profile")
    return profile if isinstance(profile, bytes) and profile else None


def _find_orientation(image: ImageFile.ImageFile) -> int:
    """Returns EXIF's orientation, or 1 for none and for a damaged EXIF, whose pixels may still be good."""
    try:
        orientation: Any = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1
    return orientation if isinstance(orientation, int) else 1


def _write(path: Path, frames: list[Image.Image], parameters: ImageParameters, **animation: Any) -> Converted:
    encode(path, frames, parameters.format, parameters.quality, **animation)
    return Converted(path.name, frames[0].width, frames[0].height)


def _write_animation(
    path: Path, edge: int, image: ImageFile.ImageFile, parameters: ImageParameters
) -> Converted:
    """Decodes all frames anew for each size, so that those of one size alone are in memory."""
    frames, durations = [], []
    for frame in _iterate_frames(image, parameters.max_pixels):
        frames.append(_read_pixels(frame, frame.size).render(edge))
        durations.append(min(round(frame.info.get("duration", 100)), _LONGEST_FRAME))
    # A GIF that names no number of loops is shown once. The other formats are then repeated for ever.
    loop = min(image.info.get("loop", 1 if image.format == "GIF" else 0), _MOST_LOOPS)
    return _write(path, frames, parameters, duration=durations, loop=loop)


def _iterate_frames(image: ImageFile.ImageFile, max_pixels: int) -> Iterator[ImageFile.ImageFile]:
    """Yields the image at each frame. Raises ImageRejected when the frames have more pixels in all."""
    for index in count():
        with decoding():
            try:
                image.seek(index)
            except EOFError:
                return
            check_pixels((index + 1) * image.width * image.height, max_pixels)
            image.load()
        yield image
