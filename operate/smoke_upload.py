"""The first half of each way through `smoke`: a file is created and uploaded as a client does."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from functions.domain.keys import STAGING, DocumentKey, parse_staging_key
from operate.errors import OperateError
from operate.smoke_client import SmokeClient


@dataclass(frozen=True)
class Sample:
    """One file to upload. `label` is the beginning of its steps' names."""

    label: str
    method: str
    kind: str
    content_type: str
    name: str
    data: bytes


@dataclass
class SmokeRun:
    """A client, and the documents that it has created by now, each with the sample that it was created for."""

    client: SmokeClient
    created: list[tuple[DocumentKey, Sample]] = field(default_factory=list)

    def upload(self, sample: Sample) -> str:
        """Creates and uploads a file, and completes one in parts. Returns the id of the document. Raises OperateError."""
        body = {
            "fileName": sample.name,
            "size": len(sample.data),
            "contentType": sample.content_type,
            "kind": sample.kind,
            "method": sample.method,
        }
        with self.client.step(f"{sample.label} create"):
            response = self.client.call("POST", "/documents", body, expected=(201,))
        document_id = str(response["document"]["id"])
        self.created.append((_read_key(response["upload"]), sample))
        with self.client.step(f"{sample.label} upload"):
            self.client.send(response["upload"], sample.data)
            if sample.method == "MULTIPART":
                self.client.call("POST", f"/documents/{document_id}/complete", expected=(200, 202))
        return document_id


def _read_key(upload: dict[str, Any]) -> DocumentKey:
    """Returns the owner key and the id in the object key of an upload, because the API does not tell the owner key.

    A path-style URL has the name of the bucket before the object key.
    """
    url = upload["parts"][0]["url"] if upload["method"] == "MULTIPART" else upload["url"]
    path = upload.get("fields", {}).get("key") or urlsplit(url).path
    key = parse_staging_key(STAGING + path.rpartition(STAGING)[2])
    if key is None:
        raise OperateError("the URL of the upload has no key under staging/")
    return key
