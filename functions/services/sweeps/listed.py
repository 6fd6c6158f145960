"""Listings of the bucket with the records of what they list."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from functions.domain.document import Document
from functions.domain.keys import DocumentKey
from functions.domain.repository import READ_BATCH, DocumentRepository
from functions.domain.storage import BucketInventory, ObjectVersion, OpenUpload, list_pages
from functions.services.sweeps.checks import Progress

ParseKey = Callable[[str], DocumentKey | None]
Batch = list[tuple[ObjectVersion, Document | None]]
Listed = TypeVar("Listed", bound=ObjectVersion | OpenUpload)


@dataclass(frozen=True, slots=True)
class ListedRecords:
    """Reads listings, and the records of their entries in batches."""

    repository: DocumentRepository
    inventory: BucketInventory

    def check_versions(
        self, prefix: str, cursor: str | None, parse: ParseKey, check: Callable[[Batch], Iterator[str | None]]
    ) -> Iterator[Progress]:
        """Runs `check` with each batch of versions under the prefix. Yields a progress for each of its outcomes."""
        for page, start in list_pages(self.inventory.list_versions, prefix, cursor):
            for batch in self.read(page.entries, parse):
                for outcome in check(batch):
                    yield to_progress(outcome, start)

    def list_uploads(
        self, prefix: str, cursor: str | None, before: datetime, parse: ParseKey
    ) -> Iterator[tuple[OpenUpload, Document | None, str | None]]:
        """Yields multipart uploads that began before a time, with their records and the cursor of their page."""
        for page, start in list_pages(self.inventory.list_uploads, prefix, cursor):
            old = [upload for upload in page.entries if upload.initiated < before]
            for uploads in self.read(old, parse):
                for upload, document in uploads:
                    yield upload, document, start

    def read(
        self, entries: Sequence[Listed], parse: ParseKey
    ) -> Iterator[list[tuple[Listed, Document | None]]]:
        """Yields the entries with their records, as many as one read of the table returns."""
        for start in range(0, len(entries), READ_BATCH):
            listed = entries[start : start + READ_BATCH]
            keys = [parse(entry.key) for entry in listed]
            records = self.repository.get_many([*{key for key in keys if key is not None}])
            yield [
                (entry, records.get(key) if key else None) for entry, key in zip(listed, keys, strict=True)
            ]


def to_progress(outcome: str | None, cursor: str | None) -> Progress:
    return ([outcome] if outcome else [], cursor)
