"""Grapheme clusters: what a reader takes for one character, such as a letter with its accents or a family emoji.

A simplification of UAX #29 that never splits an emoji sequence. It joins more than the standard does, never less: a sequence of
marks, joiners, selectors, modifiers or tags belongs to the character before it.
"""

import unicodedata
from collections.abc import Iterator

from functions.domain.invisible import ZWJ

_HANGUL_VOWELS_AND_FINALS = ("\u1160", "\u11ff")


def split_graphemes(text: str) -> Iterator[str]:
    """Yields the grapheme clusters of the text in order."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or _is_boundary(text, start, end):
            yield text[start:end]
            start = end


def shorten(text: str, max_bytes: int) -> str:
    """Returns the longest start of whole grapheme clusters of at most `max_bytes` bytes of UTF-8.

    The first cluster is cut between two characters if it alone is longer.
    """
    kept, size = "", 0
    for grapheme in split_graphemes(text):
        size += len(grapheme.encode())
        if size > max_bytes:
            return kept or grapheme.encode()[:max_bytes].decode(errors="ignore")
        kept += grapheme
    return kept


def _is_boundary(text: str, start: int, end: int) -> bool:
    """True if a cluster that starts at `start` ends before `end`."""
    previous, character = text[end - 1], text[end]
    if previous == ZWJ or _is_extending(character):
        return False
    if _is_regional_indicator(previous) and _is_regional_indicator(character):
        return (end - start) % 2 == 0
    return True


def _is_extending(character: str) -> bool:
    is_modifier = "\U0001f3fb" <= character <= "\U0001f3ff"
    first, last = _HANGUL_VOWELS_AND_FINALS
    is_conjoining = first <= character <= last
    return is_modifier or is_conjoining or unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf")


def _is_regional_indicator(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
