"""Names of columns for people and for results, because a name in a file has up to 131,072 characters."""

import json
from collections.abc import Iterable, Iterator

MAX_SHOWN = 60
"""Characters of a name in a sentence."""
_MAX_FIRST = 2_048
"""Bytes of the names in the facts of the step, as JSON."""


def shorten(name: str, most: int = MAX_SHOWN) -> str:
    """Returns the name, cut to `most` characters."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def take_first(names: Iterable[str]) -> Iterator[str]:
    """Yields the first names, each as it is in a sentence, as long as all together have at most 2 kB."""
    size = 0
    for name in map(shorten, names):
        size += len(json.dumps(name, ensure_ascii=False).encode()) + len(", ")
        if size > _MAX_FIRST:
            return
        yield name
