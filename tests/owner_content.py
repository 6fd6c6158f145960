"""Everything that can exist of one owner: documents in all states with their bytes, and the items around them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.adapters.dynamodb.items import build_item, document_to_item
from functions.adapters.dynamodb.writes import ORPHAN
from functions.domain.codes import Code
from functions.domain.document import Document, HistoryEntry, Method, Status
from functions.domain.keys import renditions_prefix
from tests.examples import a_document, an_id

BODY = b"personal"
PAST = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
"""So long ago that nothing is at work on these documents."""


@dataclass(frozen=True)
class OwnerContent:
    """Writes the content of `owner` with boto3 clients."""

    dynamodb: Any
    table: str
    s3: Any
    bucket: str
    owner: str

    def fill(self, rounds: int = 1) -> list[Document]:
        """Writes one document in each state for each round, and returns them."""
        documents = [*self._list_documents(rounds)]
        for document in documents:
            version = self._store(document)
            stored = replace(document, stored_version=version, size=len(BODY))
            self._put(document_to_item(stored if document.status is Status.READY else document))
        first = documents[0]
        usage = {"reserved_bytes": 1, "open_uploads": 1, "due_shard": "0", "next_check_at": 0}
        self._put(build_item({"pk": self.owner, "sk": "USAGE", **usage}))
        self._put(
            build_item({"pk": self.owner, "sk": "IDEM#0123", "document_id": first.id, "fingerprint": "f"})
        )
        self._put(build_item({"pk": ORPHAN, "sk": f"{first.documents_key}#v", "found_at": PAST.isoformat()}))
        return documents

    def _list_documents(self, rounds: int) -> Iterator[Document]:
        for number, status in enumerate(Status):
            for round_ in range(rounds):
                id = an_id(number * rounds + round_, PAST)
                entries = [HistoryEntry(Status.PENDING, PAST)]
                if status is not Status.PENDING:
                    code = Code.ATTEMPTS_EXHAUSTED if status is Status.FAILED else None
                    entries.append(HistoryEntry(status, PAST + timedelta(minutes=1), code))
                yield replace(
                    a_document(owner=self.owner, id=id, status=status, created_at=PAST, updated_at=PAST),
                    history=tuple(entries),
                    method=Method.MULTIPART if round_ % 2 else Method.PUT,
                    purge_after=PAST if status is Status.DELETED else None,
                )

    def _store(self, document: Document) -> str:
        """Stores versions under each prefix, a delete marker and an unfinished upload.

        Returns the first version under `documents/`.
        """
        keys = [
            document.staging_key,
            document.staging_key.replace("staging/", "staging/scan/"),
            document.documents_key,
            f"{renditions_prefix(self.owner, document.id)}image/small.webp",
            document.quarantine_key,
        ]
        versions = [self.s3.put_object(Bucket=self.bucket, Key=key, Body=BODY)["VersionId"] for key in keys]
        self.s3.put_object(Bucket=self.bucket, Key=document.documents_key, Body=b"personal again")
        if document.status is Status.READY:
            self.s3.delete_object(Bucket=self.bucket, Key=document.documents_key)
        if document.status is Status.PENDING:
            upload = self.s3.create_multipart_upload(Bucket=self.bucket, Key=document.staging_key)["UploadId"]
            part = {"Bucket": self.bucket, "Key": document.staging_key, "UploadId": upload, "PartNumber": 1}
            self.s3.upload_part(**part, Body=BODY)
        return str(versions[2])

    def _put(self, item: dict[str, Any]) -> None:
        self.dynamodb.put_item(TableName=self.table, Item=item)

    def list_left(self) -> list[str]:
        """Returns what exists of the owner, by other calls than those of the command."""
        items = [item for page in self._pages("scan", TableName=self.table) for item in page["Items"]]
        for index in ("due", "failed"):
            pages = self._pages("scan", TableName=self.table, IndexName=index)
            items += [item for page in pages for item in page["Items"]]
        left = [f"{item['pk']['S']} {item['sk']['S']}" for item in items]
        versions = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket)
        for page in versions:
            left += [each["Key"] for name in ("Versions", "DeleteMarkers") for each in page.get(name, [])]
        left += [
            each["Key"] for each in self.s3.list_multipart_uploads(Bucket=self.bucket).get("Uploads", [])
        ]
        return [name for name in left if self.owner in name]

    def _pages(self, operation: str, **parameters: Any) -> Any:
        return self.dynamodb.get_paginator(operation).paginate(**parameters)
