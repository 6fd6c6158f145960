"""Characters that nobody sees in a file name, and those of them that a word or an emoji needs.

A zero width joiner or non-joiner changes how Arabic and Indic letters join, and joins several emoji to one. A variation
selector chooses between two forms of a character, and tag characters spell the region of a flag (UTS #51). Elsewhere each of
them only makes two names look the same, or hides text.
"""

import re
import unicodedata

ZWJ = "\u200d"
_JOINERS = frozenset({"\u200c", ZWJ})
_INVISIBLE_CATEGORIES = frozenset({"Cf", "Co", "Zl", "Zp"})
# Default_Ignorable_Code_Point, or blank, although their categories are those of letters, marks and symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
# Prepended_Concatenation_Mark: signs around a number, whose category is nevertheless Cf.
_VISIBLE = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Noncharacters, and unassigned code points that are ignorable by default. Other unassigned ones may be emoji that are newer than
# this Python's Unicode.
_UNASSIGNED = re.compile(r"[\u2065\ufdd0-\ufdef\ufff0-\ufff8\U000e0000-\U000e0fff]")
_TOKEN = re.compile(r"\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,6}\U000e007f|.", re.DOTALL)
"""The flag of a region, or one character."""


def remove_invisible(text: str) -> str:
    """Returns the text without invisible characters, except where a letter or an emoji before them needs them."""
    kept: list[str] = []
    for token in _TOKEN.findall(text):
        previous = kept[-1][-1] if kept else ""
        if len(token) > 1 or _is_kept(token, previous):
            kept.append(token)
    return "".join(kept)


def is_variation_selector(character: str) -> bool:
    """True also for the free variation selectors of Mongolian."""
    return (
        "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or character in "\u180b\u180c\u180d\u180f"
    )


def _is_kept(character: str, previous: str) -> bool:
    if character in _JOINERS:
        return _can_precede_joiner(previous)
    if is_variation_selector(character):
        return _can_precede_selector(previous)
    return character in _VISIBLE or not _is_invisible(character)


def _is_invisible(character: str) -> bool:
    category = unicodedata.category(character)
    if category == "Cn":
        return ord(character) & 0xFFFE == 0xFFFE or bool(_UNASSIGNED.match(character))
    return category in _INVISIBLE_CATEGORIES or character in _BLANK


def _can_precede_joiner(character: str) -> bool:
    """True for emoji, and for letters and marks from Arabic on. The scripts before it, such as Latin, use no joiners."""
    if character < "\u0600" or character in _JOINERS:
        return False
    category = unicodedata.category(character)
    return category[0] in "LMC" or category in ("So", "Sk", "Sm")


def _can_precede_selector(character: str) -> bool:
    """True for what has two forms: digits in keycaps, and everything visible outside of ASCII."""
    if character < "\u0080":
        return bool(character) and character in "0123456789#*"
    is_space = unicodedata.category(character)[0] == "Z"
    return not is_space and character not in _JOINERS and not is_variation_selector(character)
