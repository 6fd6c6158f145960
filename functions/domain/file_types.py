"""The table of file types, by content type, by extension and by the other names that senders use.

Detection knows every type of the table (`tests/pipeline/test_content_type.py`). The tables of the JavaScript client are
generated from it.
"""

from collections.abc import Iterator
from itertools import chain

from functions.domain import archive_file_types as archives
from functions.domain import document_file_types as documents
from functions.domain import media_file_types as media
from functions.domain.file_type import FileType

TYPES: dict[str, FileType] = {
    row.content_type: row
    for row in chain(
        *(media.IMAGES, documents.DOCUMENTS, documents.TEXTS, media.AUDIO, media.VIDEO),
        *(archives.ARCHIVES, archives.DATA, archives.PROGRAMS),
        *(media.OTHER_IMAGES, documents.OTHER_DOCUMENTS, media.OTHER_MEDIA, media.FONTS),
        *(archives.OTHER_ARCHIVES, archives.OTHER_DATA, archives.ACTIVE),
    )
}
"""Every type by its content type."""

ACTIVE = frozenset(row.content_type for row in archives.ACTIVE)
"""Types that run something when they are opened, and that no kind accepts unless it names them."""


def _by_extension() -> Iterator[tuple[str, FileType]]:
    for row in TYPES.values():
        for extension in row.extensions:
            yield extension, row


BY_EXTENSION: dict[str, FileType] = dict(_by_extension())
"""The type of each extension, which is in lower case and without its dot."""

ALIASES: dict[str, str] = {alias: row.content_type for row in TYPES.values() for alias in row.aliases}
"""The content type for each other name."""

GENERIC = frozenset(
    [
        "application/octet-stream",
        "binary/octet-stream",
        "application/x-octet-stream",
        "application/binary",
        "application/x-binary",
        "application/unknown",
        "application/x-unknown",
        "application/force-download",
        "application/x-force-download",
        "application/download",
        "application/x-download",
        "content/unknown",
        "unknown/unknown",
    ]
)
"""Names that say nothing about a file. The extension decides for them, as for an empty content type."""
