"""File names: cleaned when a document is created, quoted in the download header, and never part of an object key."""

import re
import unicodedata
from urllib.parse import quote

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput

MAX_LENGTH = 255
"""Maximum length in code points, which is the limit of common file systems."""

_STRIPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNQUOTABLE = re.compile(r'["\\]')
# RFC 8187, attr-char: filename* contains these and alphanumeric characters unencoded.
_ATTR_CHAR = "!#$&+-.^_`|~"


def clean(name: str) -> str:
    """Returns the name in NFC, without path and without invisible characters.

    Raises InvalidInput `filename_invalid` for a control character, a lone surrogate, more than 255 code points, or a
    name of which only dots and spaces are left. Control characters are not removed, because CR, LF and NUL in a name
    indicate an attack.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise _invalid_name("It contains a control character or a lone surrogate.")
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in _STRIPPED)
    # Normalised afterwards, because an invisible character can separate a letter from its accent.
    cleaned = unicodedata.normalize("NFC", visible).strip()
    if not re.sub(r"[\s.]", "", cleaned):
        raise _invalid_name("It is empty apart from path, dots and spaces.")
    if len(cleaned) > MAX_LENGTH:
        raise _invalid_name(f"It is longer than {MAX_LENGTH} characters.")
    return cleaned


def extension(name: str) -> str:
    """Returns the extension in lower case and without the dot, or an empty string."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.lower() if dot and stem else ""


def fold(text: str) -> str:
    """Returns the text as a search compares it: in NFC and without the difference between upper and lower case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def content_disposition(disposition: str, name: str) -> str:
    """Returns a Content-Disposition header. `disposition` is `attachment` or `inline`.

    The header contains the name twice. Browsers read `filename*` (RFC 6266 and RFC 8187). curl -OJ and wget read only
    `filename` and save its bytes unchanged, so it contains the UTF-8 bytes of the name, one character a byte.
    The header is always Latin-1, because S3 signs any header but fails the download of one that is not Latin-1.
    """
    raw = _UNQUOTABLE.sub("_", name).encode().decode("latin-1")
    return f"{disposition}; filename=\"{raw}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"


def _invalid_name(reason: str) -> InvalidInput:
    return InvalidInput(
        Code.FILENAME_INVALID, f"This file name is not acceptable. {reason}", field="fileName"
    )
