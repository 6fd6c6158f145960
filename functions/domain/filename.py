"""File names: cleaned when a document is created, quoted in the download header, and never part of an object key.

`download_name.py` makes the name under which a download is saved.
"""

import re
import unicodedata
from urllib.parse import quote

from functions.domain.codes import Code
from functions.domain.errors import InvalidInput
from functions.domain.graphemes import shorten
from functions.domain.invisible import remove_invisible

MAX_LENGTH = 255
"""Maximum length in code points. NTFS and APFS have no longer names, so a longer one comes from no file."""

MAX_BYTES = 255
"""Maximum length in bytes of UTF-8, which is the limit of ext4 and most other file systems."""

MAX_ENCODED_DISPOSITION = 1_700
"""Maximum length of a Content-Disposition header in the query of a URL, percent-encoded.

S3 accepts 8 kB of URL and headers, and other programs less. With the other parameters and a session token of 1.5 kB, the URL
stays below 4 kB.
"""

_ENCODED_BYTE = len("%C3%83")
"""Length of a byte of UTF-8 in a URL, after it became a character of Latin-1 and then two bytes of UTF-8."""

_SUFFIX = re.compile(r"(?<=.)(?:\.tar)?\.[^.]{1,40}$", re.IGNORECASE)
"""The extension that a shortened name keeps, such as `.tar.gz`. Longer ones are no extension."""

_UNQUOTABLE = re.compile(r'["\\]')
# RFC 8187, attr-char: filename* contains these and alphanumeric characters unencoded.
_ATTR_CHAR = "!#$&+-.^_`|~"


def clean(name: str) -> str:
    """Returns the name in NFC, without path and invisible characters, and shortened to 255 bytes of UTF-8.

    The extension is kept. Raises InvalidInput `filename_invalid` for a control character, a lone surrogate, more than 255 code
    points, or a name of which only dots and spaces are left. Control characters are not removed, because CR, LF and NUL in a
    name indicate an attack.
    """
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise _invalid_name("It contains a control character or a lone surrogate.")
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Normalised again, because an invisible character can separate a letter from its accent.
    cleaned = unicodedata.normalize("NFC", remove_invisible(last)).strip()
    if len(cleaned) > MAX_LENGTH:
        raise _invalid_name(f"It is longer than {MAX_LENGTH} characters.")
    shortened = shorten_name(cleaned, MAX_BYTES)
    if not re.sub(r"[\s.]", "", shortened):
        raise _invalid_name("It is empty apart from path, dots and spaces.")
    return shortened


def shorten_name(name: str, max_bytes: int) -> str:
    """Returns the name if its UTF-8 fits into `max_bytes`, otherwise a shorter one with the same extension.

    No character and no emoji is split, unless it alone is too long.
    """
    if len(name.encode()) <= max_bytes:
        return name
    found = _SUFFIX.search(name)
    suffix = found[0] if found and len(found[0].encode()) < max_bytes // 2 else ""
    stem = name.removesuffix(suffix) if suffix else name
    return remove_invisible(shorten(stem, max_bytes - len(suffix.encode()))).rstrip() + suffix


def extension(name: str) -> str:
    """Returns the extension in lower case and without the dot, or an empty string."""
    stem, dot, suffix = name.rpartition(".")
    return suffix.lower() if dot and stem else ""


def fold(text: str) -> str:
    """Returns the text as a search compares it: in NFC and without the difference between upper and lower case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def content_disposition(disposition: str, name: str) -> str:
    """Returns a Content-Disposition header. `disposition` is `attachment` or `inline`.

    A name that `filename` cannot express in ASCII is there twice. Browsers read `filename*` (RFC 6266 and RFC 8187). curl -OJ and
    wget read only `filename` and save its bytes unchanged, so it contains the UTF-8 bytes of the name, one character a byte. It
    is shortened where the header would exceed MAX_ENCODED_DISPOSITION, because such a byte takes six characters of a URL.
    The header is always Latin-1, because S3 signs any header but fails the download of one that is not Latin-1.
    """
    plain = _UNQUOTABLE.sub("_", name)
    # Some browsers decode %41 in `filename`.
    if plain.isascii() and plain == name and "%" not in name:
        return f'{disposition}; filename="{plain}"'
    extended = f"filename*=UTF-8''{quote(name, safe=_ATTR_CHAR)}"
    header = _format_disposition(disposition, plain, extended)
    if len(quote(header, safe="")) <= MAX_ENCODED_DISPOSITION:
        return header
    rest = MAX_ENCODED_DISPOSITION - len(quote(_format_disposition(disposition, "", extended), safe=""))
    return _format_disposition(disposition, shorten_name(plain, rest // _ENCODED_BYTE), extended)


def _format_disposition(disposition: str, plain: str, extended: str) -> str:
    raw = plain.encode().decode("latin-1")
    return f'{disposition}; filename="{raw}"; {extended}'


def _invalid_name(reason: str) -> InvalidInput:
    return InvalidInput(
        Code.FILENAME_INVALID, f"This file name is not acceptable. {reason}", field="fileName"
    )
