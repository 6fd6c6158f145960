"""Duplicates: documents of one owner and kind that have the same bytes. Without I/O.

The first of them that becomes ready is the *original*. The table keeps one entry for it while it is ready, and the write
that makes a document ready adds the entry, so that of two equal uploads at once exactly one is the original.
"""

from enum import StrEnum
from typing import NamedTuple

from functions.domain.codes import Code
from functions.domain.errors import WrongState


class DuplicatePolicy(StrEnum):
    """The setting `duplicates` of a kind."""

    KEEP = "keep"
    """Nobody looks for duplicates. The table has no entry, and no write is added."""
    REPORT = "report"
    """A duplicate becomes ready, and names its original."""
    REJECT = "reject"
    """A duplicate is rejected: by the create if it declares its SHA-256, else by the pipeline."""


class ContentDigest(NamedTuple):
    """The identity of the bytes of one owner's documents: `sha256` is lower-case hex, `size` is bytes."""

    owner: str
    kind: str
    sha256: str
    size: int


class DigestTaken(Exception):  # noqa: N818 - a result, not a fault
    """Another document, `original`, is the original of the same bytes."""

    def __init__(self, original: str) -> None:
        super().__init__(original)
        self.original = original


def duplicate_error(original: str) -> WrongState:
    """Returns the error of a create whose bytes the document `original` has."""
    detail = f"The document {original} has the same content."
    return WrongState(Code.DUPLICATE, detail, duplicate_of=original)
