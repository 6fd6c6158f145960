"""A multipart upload written from the README only: plain HTTP, four threads, and the arithmetic of a part."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx

from tests.journeys.api_client import ApiClient

MIB = 1024 * 1024
PART_SIZE = 64 * MIB
"""Part size of the service for files of this size; the response of a create says so too."""

PartUrl = dict[str, Any]
"""One entry of a batch: partNumber, size, url and headers."""


@dataclass(frozen=True)
class MultipartUpload:
    """`created` is the response of the create, `data` the whole file."""

    client: ApiClient
    created: dict[str, Any]
    data: bytes

    @property
    def id(self) -> str:
        document_id: str = self.created["document"]["id"]
        return document_id

    @property
    def first_batch(self) -> list[PartUrl]:
        """URLs that the response of the create contains."""
        parts: list[PartUrl] = self.created["upload"]["parts"]
        return parts

    def read_part(self, part_number: int) -> bytes:
        size = self.created["upload"]["partSize"]
        return self.data[(part_number - 1) * size : part_number * size]

    def put(self, part: PartUrl, body: bytes | None = None) -> httpx.Response:
        """Sends one part, or `body` in place of its bytes."""
        sent = self.read_part(part["partNumber"]) if body is None else body
        return self.client.http.put(part["url"], content=sent, headers=part["headers"])

    def put_all(self, parts: Iterable[PartUrl] | None = None) -> None:
        """Sends parts concurrently, the last one first. Without `parts`, those of the first batch."""
        wanted = self.first_batch if parts is None else parts
        with ThreadPoolExecutor(4) as threads:
            responses = list(threads.map(self.put, reversed(list(wanted))))
        assert [response.status_code for response in responses] == [200] * len(responses), responses[0].text

    def request_urls(self, *part_numbers: int, **more: Any) -> httpx.Response:
        body = {"partNumbers": part_numbers, **more}
        return self.client.request("POST", f"/documents/{self.id}/parts", json=body)

    def request_progress(self) -> httpx.Response:
        return self.client.request("GET", f"/documents/{self.id}/parts")

    def complete(self, **body: Any) -> httpx.Response:
        options = {"json": body} if body else {}
        return self.client.request("POST", f"/documents/{self.id}/complete", **options)

    def abort(self) -> httpx.Response:
        return self.client.request("POST", f"/documents/{self.id}/abort")

    def complete_and_wait(self) -> dict[str, Any]:
        """Completes the upload and returns the document when it is processed."""
        response = self.complete()
        assert response.status_code in (200, 202), response.text
        return self.client.wait_until_processed(self.id)


def start_upload(client: ApiClient, data: bytes, **more: Any) -> MultipartUpload:
    """Starts a multipart upload, also of a small file, for which it takes the same steps."""
    created = client.create(data, "a.mp4", "video/mp4", method="MULTIPART", **more)
    return MultipartUpload(client, created, data)
