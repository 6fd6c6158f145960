"""Parameters of the step `image`, as a kind sets them in kinds.toml. docs/kinds.md describes each."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from functions.domain.step_definitions import reject_unknown
from functions.domain.steps import Json

FORMATS: Mapping[str, str] = {
    "webp": "image/webp",
    "avif": "image/avif",
    "jpeg": "image/jpeg",
    "png": "image/png",
}
"""Format of the renditions -> their content type."""
CONTENT_TYPES = (
    *("image/jpeg", "image/png", "image/gif", "image/webp"),
    *("image/avif", "image/heic", "image/bmp", "image/tiff"),
)
"""Detected types that the step can convert."""
ANIMATED_FORMATS = ("webp", "avif")

MAX_EDGE = 4_096
MAX_SIZES = 10
MAX_PIXELS = 80_000_000
"""Upper bound of `max_pixels`. An AVIF of this size takes 1.4 GB to decode, the most of all formats."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,30}")


@dataclass(frozen=True, slots=True)
class ImageParameters:
    """The parameters of one kind.

    - `sizes` maps the name of a rendition to the maximum length of its longer edge in pixels.
    - `quality` is 1 to 100 and has no effect on PNG.
    - Without `keep_original`, only the renditions can ever be read.
    - `max_pixels` limits width x height, and for an animation the sum over its frames.
    - `animated` keeps or refuses animations.
    """

    sizes: Mapping[str, int] = field(default_factory=lambda: {"large": 2_048, "thumbnail": 256})
    format: str = "webp"
    quality: int = 80
    keep_original: bool = True
    max_pixels: int = 64_000_000
    animated: str = "refuse"

    @classmethod
    def from_task(cls, values: Mapping[str, Any]) -> "ImageParameters":
        """Returns the parameters in a task, as `parse_parameters` returned them."""
        return cls(**values)


def parse_parameters(section: str, values: Mapping[str, Any]) -> Mapping[str, Json]:
    """Returns all parameters, those that the kind leaves out with their defaults. Raises ValueError for a wrong one."""
    reject_unknown(section, values, _CHECKS)
    for name, value in values.items():
        is_valid, expected = _CHECKS[name]
        if not is_valid(value):
            raise ValueError(f"{section}.{name} is {expected}")
    parameters = asdict(ImageParameters(**values))
    if parameters["animated"] == "keep" and parameters["format"] not in ANIMATED_FORMATS:
        raise ValueError(f'{section}.animated = "keep" needs the format {" or ".join(ANIMATED_FORMATS)}')
    return parameters


def _is_sizes(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and 1 <= len(value) <= MAX_SIZES
        and all(_NAME.fullmatch(name) for name in value)
        and all(_is_within(1, MAX_EDGE)(edge) for edge in value.values())
    )


def _is_within(minimum: int, maximum: int) -> Callable[[object], bool]:
    return lambda value: type(value) is int and minimum <= value <= maximum


def _is_one_of(*words: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and value in words


_CHECKS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "sizes": (
        _is_sizes,
        f"a table of 1 to {MAX_SIZES} names (letters, digits, - and _, at most 31), each with 1 to {MAX_EDGE} pixels",
    ),
    "format": (_is_one_of(*FORMATS), f"one of {', '.join(FORMATS)}"),
    "quality": (_is_within(1, 100), "1 to 100"),
    "keep_original": (lambda value: type(value) is bool, "true or false"),
    "max_pixels": (_is_within(1, MAX_PIXELS), f"1 to {MAX_PIXELS}"),
    "animated": (_is_one_of("keep", "refuse"), '"keep" or "refuse"'),
}
