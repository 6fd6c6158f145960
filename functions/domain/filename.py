"""File names are data: cleaned once when they come in, quoted once when they go out, never part of a key."""

import re
import unicodedata
from urllib.parse import quote

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput

MAX_LENGTH = 255
"""Code points; what common file systems take."""

_STRIPPED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNQUOTABLE = re.compile(r'["\\]')
# RFC 8187, attr-char: these and the alphanumerics stand for themselves in filename*.
_ATTR_CHAR = "!#$&+-.^_`|~"


def clean(name: str) -> str:
    """The name as it is stored: NFC, without path and without invisible characters.

    Raises InvalidInput `filename_invalid` for a control character (CR, LF and NUL are never an accident), a lone
    surrogate, more than 255 code points, or a name of which nothing but dots and spaces is left.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise _invalid("It holds a control character or half of a surrogate pair.")
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(c for c in last if unicodedata.category(c) not in _STRIPPED)
    # NFC comes second: only now does a letter stand next to an accent that something invisible kept apart from it.
    kept = unicodedata.normalize("NFC", visible).strip()
    if not re.sub(r"[\s.]", "", kept):
        raise _invalid("Nothing is left of it without path, dots and spaces.")
    if len(kept) > MAX_LENGTH:
        raise _invalid(f"It is longer than {MAX_LENGTH} characters.")
    return kept


def extension(name: str) -> str:
    """In lower case and without the dot; empty if there is none."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.lower() if dot and stem else ""


def content_disposition(disposition: str, name: str) -> str:
    """`attachment` or `inline` with the name twice: `filename*` for browsers (RFC 6266 and RFC 8187), and `filename` with
    the bytes of UTF-8, one a character, for curl -OJ and wget, which read no other and save those bytes as they are.

    Always Latin-1: S3 fails a download, not the signature, when this header is not.
    """
    raw = _UNQUOTABLE.sub("_", name).encode().decode("latin-1")
    return f"{disposition}; filename=\"{raw}\"; filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"


def _invalid(why: str) -> InvalidInput:
    return InvalidInput(Code.FILENAME_INVALID, f"This file name is not acceptable. {why}", field="fileName")
