"""The directory of a ZIP archive, as far as the end of the file shows it: names of members, and whether a comment is in its place."""

import struct
from collections.abc import Iterator, Sequence

_SIGNATURE = b"PK\x01\x02"
_ENTRY = struct.Struct("<28xHHH12x")
"""A directory entry of 46 bytes: lengths of name, extra field and comment (APPNOTE.TXT 4.3.12)."""
_END = b"PK\x05\x06"
_END_LENGTH = 22
"""Bytes of an end record in front of its comment (APPNOTE.TXT 4.3.16)."""


def find_ends(tail: bytes) -> Sequence[int]:
    """Returns the first and the last end record whose comment ends with the file, or the last one if there is none.

    A comment may contain an end record, and programs differ in which one they take.
    """
    ends = [end for end in _iterate_ends(tail) if _ends_file(tail, end)]
    last = tail.rfind(_END)
    return sorted({ends[0], ends[-1]}) if ends else [last] if last >= 0 else []


def names_in_tail(tail: bytes, ends: Sequence[int]) -> Iterator[bytes]:
    """Yields the names in the directory, from the first whole entry on if it starts before the tail."""
    for end in ends:
        start = _find_directory(tail, end)
        yield from _read_names(tail, tail.find(_SIGNATURE) if start is None else start)


def hides_directory(tail: bytes, ends: Sequence[int], longest: int) -> bool:
    """Returns True if more than `longest` bytes of comment, or bytes of no comment, are where the directory would start."""
    return any(
        (len(tail) - end - _END_LENGTH > longest or not _ends_file(tail, end))
        and _find_directory(tail, end) is None
        for end in ends
    )


def _iterate_ends(tail: bytes) -> Iterator[int]:
    end = tail.find(_END)
    while end >= 0:
        yield end
        end = tail.find(_END, end + 1)


def _ends_file(tail: bytes, end: int) -> bool:
    return end + _END_LENGTH + _read(tail, end + 20, 2) == len(tail)


def _find_directory(tail: bytes, end: int) -> int | None:
    """Returns the offset of the directory of an end record, None if it starts before the tail."""
    start = end - _read(tail, end + 12, 4)
    return start if start >= 0 and tail.startswith(_SIGNATURE, start) else None


def _read_names(tail: bytes, at: int) -> Iterator[bytes]:
    while at >= 0 and tail.startswith(_SIGNATURE, at) and at + _ENTRY.size <= len(tail):
        name, extra, comment = _ENTRY.unpack_from(tail, at)
        yield tail[at + 46 : at + 46 + name]
        at += 46 + name + extra + comment


def _read(content: bytes, at: int, length: int) -> int:
    return int.from_bytes(content[at : at + length], "little")
