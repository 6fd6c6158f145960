"""A client written from the README only: plain HTTP, no AWS library, no import of the project."""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.journeys.wait import wait_until

_ATTEMPTS = 3


@dataclass(frozen=True)
class ApiClient:
    """Sends requests as the user whose access token it has. `api` is the base URL."""

    api: str
    token: str = field(repr=False)
    http: httpx.Client

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.http.request(method, self.api + path, headers=headers, **options)

    def request_patiently(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Repeats a request that met a fault, which a busy machine causes, as every client does."""
        for _ in range(_ATTEMPTS - 1):
            response = self.request(method, path, **options)
            if response.status_code != 503:
                return response
            time.sleep(1)
        return self.request(method, path, **options)

    def create(self, data: bytes, name: str, content_type: str, **more: Any) -> dict[str, Any]:
        """Creates a document for `data` and returns the response. `more` are further fields of the request."""
        body = {"fileName": name, "size": len(data), "contentType": content_type, **more}
        response = self.request_patiently("POST", "/documents", json=body)
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    def put(self, upload: dict[str, Any], data: bytes, **headers: str) -> httpx.Response:
        """Sends `data` to the presigned URL of a create. `headers` replace those of the create."""
        return self.http.put(upload["url"], content=data, headers=upload["headers"] | headers)

    def upload(self, data: bytes, name: str, content_type: str, **more: Any) -> dict[str, Any]:
        """Creates a document, sends its bytes and returns it when it is processed."""
        created = self.create(data, name, content_type, **more)
        response = self.put(created["upload"], data)
        assert response.status_code == 200, response.text
        return self.wait_until_processed(created["document"]["id"])

    def get_document(self, document_id: str) -> dict[str, Any]:
        response = self.request_patiently("GET", f"/documents/{document_id}")
        assert response.status_code == 200, response.text
        document: dict[str, Any] = response.json()
        return document

    def get_newest(self) -> dict[str, Any]:
        """Returns the document that was created last."""
        page = self.request_patiently("GET", "/documents", params={"limit": "1"}).json()
        newest: dict[str, Any] = page["documents"][0]
        return newest

    def wait_until_processed(self, document_id: str) -> dict[str, Any]:
        """Returns the document when it is neither pending nor processing."""
        document: dict[str, Any] = {}

        def is_processed() -> bool:
            document.update(self.get_document(document_id))
            return document["status"] not in ("pending", "processing")

        wait_until(is_processed, f"{document_id} is processed")
        return document

    def get_download_url(self, document_id: str, **query: str) -> str:
        response = self.request_patiently("GET", f"/documents/{document_id}/download", params=query)
        assert response.status_code == 200, response.text
        url: str = response.json()["url"]
        return url
