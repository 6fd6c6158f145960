"""Content types as clients declare them: their canonical names, their parameters, and the extensions that go with them.

A file name whose extension stands for a type that the kind does not accept is rejected before the upload starts.
"""

import re
from collections.abc import Collection

from functions.domain.codes import Code
from functions.domain.document_file_types import OOXML
from functions.domain.errors import InvalidInput
from functions.domain.file_types import ACTIVE, ALIASES, BY_EXTENSION, GENERIC, TYPES
from functions.domain.filename import extension

OCTET_STREAM = "application/octet-stream"
SUFFIXES = ("+json", "+xml", "+zip")

# RFC 9110, 8.3.1: type "/" subtype, both tokens.
_MEDIA_TYPE = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]{1,127}/[!#$%&'*+.^_`|~0-9a-z-]{1,127}")
_CHARSET = re.compile(r";\s*charset\s*=\s*\"?([a-z0-9][a-z0-9._:+-]{0,39})\"?\s*(?:;|\Z)", re.IGNORECASE)
_CHARSETS = frozenset(
    [
        "utf-8",
        "utf8",
        "us-ascii",
        "ascii",
        "utf-16",
        "utf-16le",
        "utf-16be",
        "latin1",
        "iso-8859-1",
        "iso-8859-2",
        "iso-8859-3",
        "iso-8859-4",
        "iso-8859-5",
        "iso-8859-6",
        "iso-8859-7",
        "iso-8859-8",
        "iso-8859-9",
        "iso-8859-10",
        "iso-8859-13",
        "iso-8859-14",
        "iso-8859-15",
        "iso-8859-16",
        "windows-874",
        "tis-620",
        "windows-1250",
        "windows-1251",
        "windows-1252",
        "windows-1253",
        "windows-1254",
        "windows-1255",
        "windows-1256",
        "windows-1257",
        "windows-1258",
        "cp1250",
        "cp1251",
        "cp1252",
        "ibm866",
        "cp866",
        "koi8-r",
        "koi8-u",
        "macintosh",
        "gbk",
        "gb2312",
        "gb18030",
        "big5",
        "big5-hkscs",
        "shift_jis",
        "shift-jis",
        "sjis",
        "euc-jp",
        "iso-2022-jp",
        "euc-kr",
        "ks_c_5601-1987",
    ]
)
"""Charsets of the WHATWG's Encoding Standard. Other names would not change what a browser shows."""


def essence(content_type: str) -> str:
    """Returns the essence of a media type: without parameters, in lower case and under its canonical name.

    The term is that of the WHATWG's MIME Sniffing Standard. Raises InvalidInput `validation_failed` for a text that is
    not a media type.
    """
    bare = _bare(content_type)
    if not _MEDIA_TYPE.fullmatch(bare):
        raise InvalidInput(
            Code.VALIDATION_FAILED, "contentType is not a media type such as image/png.", field="contentType"
        )
    return ALIASES.get(bare, bare)


def _bare(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def find_charset(content_type: str) -> str | None:
    """Returns the parameter `charset` in lower case, or None without one that browsers know."""
    match = _CHARSET.search(content_type)
    return match[1].lower() if match and match[1].lower() in _CHARSETS else None


def with_charset(content_type: str, charset: str | None) -> str:
    """Returns the content type with the parameter `charset`, if it is text and the charset is known."""
    return f"{content_type}; charset={charset}" if charset and is_text(content_type) else content_type


def is_text(content_type: str) -> bool:
    """Returns True for the types that have a charset. JSON and XML have none: they say their encoding themselves."""
    return content_type.startswith("text/")


def is_plain_text(content_type: str) -> bool:
    """Returns True for the types whose bytes are any text, such as Markdown or `text/x-python`."""
    row = TYPES.get(content_type)
    return is_text(content_type) if row is None else row.group in ("text", "code")


def is_office(content_type: str) -> bool:
    """Returns True for the types of Microsoft Office that are ZIP archives, and that a password turns into OLE."""
    return content_type.startswith(OOXML) or content_type.endswith(".macroenabled.12")


def is_detectable(content_type: str) -> bool:
    """Returns True for the types that detection can tell from others: those of the table, text, and structured suffixes.

    Source of the suffixes: RFC 6839 and RFC 7303.
    """
    return content_type in TYPES or is_text(content_type) or content_type.endswith(SUFFIXES)


def interpret(content_type: str, file_name: str) -> tuple[str, ...]:
    """Returns the content types that a sender may mean, the most probable first.

    Browsers and systems send an empty or a generic type for what they do not know, and the type of the program that
    opens a file, such as Excel's for a `.csv`. Then the extension decides. Raises InvalidInput as `essence` does.
    """
    given = essence(content_type) if content_type.strip() else OCTET_STREAM
    by_name = BY_EXTENSION.get(extension(file_name))
    if by_name is None or by_name.content_type == given:
        return (given,)
    is_meant = (
        given in GENERIC or given in by_name.with_extension or _bare(content_type) in by_name.with_extension
    )
    return (by_name.content_type, given) if is_meant else (given,)


def find_extension(content_type: str) -> str:
    """Returns the usual extension with its dot, such as `.jpg`, or an empty string for an unknown type."""
    row = TYPES.get(content_type)
    return f".{row.extensions[0]}" if row and row.extensions else ""


def list_extensions(content_types: Collection[str]) -> list[str]:
    """Returns the extensions of these content types without dots, sorted."""
    return sorted({name for each in content_types if each in TYPES for name in TYPES[each].extensions})


def is_usual_extension(suffix: str, content_type: str) -> bool:
    """Returns True if the extension, without its dot, is one of the content type, or of a type that the same bytes may be."""
    by_name = BY_EXTENSION.get(suffix)
    return by_name is not None and (
        by_name.content_type == content_type or _are_akin(by_name.group, content_type)
    )


def check_extension(
    file_name: str, content_type: str, *, accepted: Collection[str] = (), field: str = "contentType"
) -> None:
    """Raises InvalidInput `extension_mismatch` for a known extension that never goes with this content type.

    The types in `accepted` go with any accepted type, because the bytes decide among them: many a `.heic` is a JPEG.
    A type that detection does not know goes with every extension. The extension of an active type says nothing about the
    bytes, and a download is saved under that of its own type. `field` is the JSON name of the value to correct.
    """
    suffix = extension(file_name)
    by_name = BY_EXTENSION.get(suffix)
    if (
        by_name is None
        or by_name.content_type in ACTIVE
        or not is_detectable(content_type)
        or by_name.content_type in (content_type, *accepted)
        or _are_akin(by_name.group, content_type)
    ):
        return
    raise InvalidInput(
        Code.EXTENSION_MISMATCH,
        f"The extension .{suffix} does not match the content type {content_type}.",
        field=field,
    )


def _are_akin(group: str, content_type: str) -> bool:
    """Returns True for types of one group. JSON is text by its name, though not all text is JSON."""
    row = TYPES.get(content_type)
    if row is None:
        return group == "text" and is_text(content_type)
    return bool(group) and (row.group == group or {row.group, group} == {"json", "text"})
