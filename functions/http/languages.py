"""The choice of a language by the header Accept-Language (RFC 9110, 12.5.4), with the lookup of RFC 4647, 3.4."""

import re
from collections.abc import Collection, Iterator, Sequence

MAX_RANGES = 20
"""Ranges of one header that count. Browsers send up to ten."""

_RANGE = re.compile(
    r"(?P<range>\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)(?:\s*;\s*q=(?P<quality>0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?"
)


def is_language(tag: str) -> bool:
    """Returns True for a language tag in lower case, such as `de` or `pt-br`."""
    found = _RANGE.fullmatch(tag)
    return found is not None and tag != "*" and found["quality"] is None


def choose_language(header: str | None, available: Sequence[str]) -> str:
    """Returns the one of the available languages that the header prefers, or the first one if it accepts none.

    `available` are language tags in lower case. A range such as `de-CH` accepts `de`. A range with the quality 0 excludes
    its language. What is no range is ignored.
    """
    ranges = _parse(header or "")
    excluded = {name for name, quality in ranges if quality == 0}
    for name, quality in sorted(ranges, key=lambda each: -each[1]):
        found = _look_up(name, [each for each in available if each not in excluded])
        if quality > 0 and found is not None:
            return found
    return available[0]


def _look_up(name: str, available: Collection[str]) -> str | None:
    if name == "*":
        return next(iter(available), None)
    return next((each for each in _shorten(name) if each in available), None)


def _shorten(name: str) -> Iterator[str]:
    """Yields the tag, and the tag without its last part, and so on."""
    while name:
        yield name
        name = name.rpartition("-")[0]


def _parse(header: str) -> list[tuple[str, float]]:
    """Returns the ranges with their qualities, in the order of the header."""
    items = (item.strip() for item in header.lower().split(",", MAX_RANGES)[:MAX_RANGES])
    found = (_RANGE.fullmatch(item) for item in items)
    return [(each["range"], float(each["quality"] or 1)) for each in found if each]
