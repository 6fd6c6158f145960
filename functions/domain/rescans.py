"""Rescans: a scanner looks again into the stored version of a document, because it may know more by now."""

from enum import StrEnum


class RescanVerdict(StrEnum):
    """The verdict of a rescan, which the record keeps."""

    CLEAN = "clean"
    INCONCLUSIVE = "inconclusive"
    """The scanner cannot look into the file. The document stays as it is."""
    INFECTED = "infected"
