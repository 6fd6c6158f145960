"""A client as a stranger would write it from the README: plain HTTP, no AWS library, nothing of ours imported."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

_PATIENCE = 60.0
"""Seconds until a test gives up; far above what a working stack needs, so that a slow machine fails nothing."""


@dataclass(frozen=True)
class Client:
    api: str
    token: str
    http: httpx.Client

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.http.request(method, self.api + path, headers=headers, **options)

    def create(self, data: bytes, name: str, content_type: str, **more: Any) -> dict[str, Any]:
        request = {"fileName": name, "size": len(data), "contentType": content_type, **more}
        answer = self.call("POST", "/documents", json=request)
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created

    def put(self, upload: dict[str, Any], data: bytes, **headers: str) -> httpx.Response:
        return self.http.put(upload["url"], content=data, headers=upload["headers"] | headers)

    def upload(self, data: bytes, name: str, content_type: str, **more: Any) -> dict[str, Any]:
        """The whole way; returns the document once it no longer moves."""
        created = self.create(data, name, content_type, **more)
        answer = self.put(created["upload"], data)
        assert answer.status_code == 200, answer.text
        return self.settled(created["document"]["id"])

    def document(self, document_id: str) -> dict[str, Any]:
        answer = self.call("GET", f"/documents/{document_id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def newest(self) -> dict[str, Any]:
        listed: list[dict[str, Any]] = self.call("GET", "/documents", params={"limit": "1"}).json()[
            "documents"
        ]
        return listed[0]

    def settled(self, document_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            found = self.document(document_id)
            if found["status"] not in ("pending", "processing"):
                return found
            time.sleep(0.05)
        raise AssertionError(f"still {found['status']}: {found['history']}")

    def download_url(self, document_id: str, **query: str) -> str:
        answer = self.call("GET", f"/documents/{document_id}/download", params=query)
        assert answer.status_code == 200, answer.text
        url: str = answer.json()["url"]
        return url
