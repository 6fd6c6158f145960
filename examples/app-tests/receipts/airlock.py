"""The client of Airlock's API that the app has. It needs no package of Airlock."""

from dataclasses import dataclass
from typing import Any

import httpx

_ATTEMPTS = 3
"""S3 asks a client to slow down with a 503, and expects it to come again."""


class UploadError(Exception):
    """The file was not uploaded. The message is for the user."""


@dataclass(frozen=True)
class Receipt:
    """A receipt as the app shows it."""

    id: str
    status: str
    message: str


_MESSAGES = {
    "pending": "Waiting for the file.",
    "processing": "Checking the file.",
    "ready": "Done.",
    "expired": "The file never came.",
    "deleted": "Deleted.",
}
_REASONS = {
    "malware_found": "The file contains malware.",
    "scan_inconclusive": "The file cannot be checked. Is it encrypted?",
}


class Receipts:
    """The receipts of one user. `token` is the access token that the user has signed in with."""

    def __init__(self, url: str, token: str, http: httpx.Client) -> None:
        self._url = url
        self._headers = {"authorization": f"Bearer {token}"}
        self._http = http

    def submit(self, file_name: str, data: bytes, kind: str = "receipt") -> str:
        """Uploads a file and returns the id of the receipt. Raises UploadError."""
        request = {"fileName": file_name, "size": len(data), "kind": kind, "method": "PUT"}
        created = self._call("POST", "/documents", json=request).json()
        self._send(created["upload"], data)
        id: str = created["document"]["id"]
        return id

    def get(self, id: str) -> Receipt:
        document = self._call("GET", f"/documents/{id}").json()
        reason = _REASONS.get(document.get("reason") or "", "The file was refused.")
        return Receipt(id, document["status"], _MESSAGES.get(document["status"], reason))

    def read(self, id: str) -> bytes:
        """Returns the bytes of a receipt that is ready. Raises UploadError for another one."""
        download = self._call("GET", f"/documents/{id}/download").json()
        return self._http.get(download["url"]).raise_for_status().content

    def delete(self, id: str) -> None:
        self._call("DELETE", f"/documents/{id}")

    def _send(self, upload: Any, data: bytes) -> None:
        for _ in range(_ATTEMPTS):
            response = self._http.put(upload["url"], content=data, headers=upload["headers"])
            if response.status_code != 503:
                break
        if response.is_error:
            raise UploadError("The upload failed. Please try again later.")

    def _call(self, method: str, path: str, **more: Any) -> httpx.Response:
        response = self._http.request(method, self._url + path, headers=self._headers, **more)
        if response.status_code == 401:
            raise UploadError("Please sign in again.")
        if response.is_error:
            raise UploadError(response.json()["detail"])
        return response
