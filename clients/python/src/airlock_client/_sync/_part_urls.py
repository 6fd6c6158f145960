# Generated from `_async` by `make generate`.
"""Presigned URLs of parts, requested for all parts whose checksums are known, and again after they have expired."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from airlock_client._cancellation import Cancellation
from airlock_client._sync._api import Api
from airlock_client._sync._io import Lock
from airlock_client.models import PartsRequest, PartsResponse

_MAX_LIFETIME = 15 * 60.0
"""Seconds. The clock of this machine may be wrong, so no URL is trusted for longer."""
_MARGIN = 60.0
"""Seconds for which a URL must still be valid when S3 reads the request."""


@dataclass(frozen=True)
class PartUrl:
    url: str
    headers: Mapping[str, str]
    valid_until: float
    """By `time.monotonic`."""


class PartUrls:
    """The URLs of one upload. S3 checks the SHA-256 of each part, because its URL signs the checksum."""

    def __init__(self, api: Api, path: str, cancellation: Cancellation) -> None:
        self._api = api
        self._path = path
        self._cancellation = cancellation
        self._wanted: dict[int, str] = {}
        self._urls: dict[int, PartUrl] = {}
        self._lock = Lock()

    def expect(self, number: int, sha256: str) -> None:
        """Adds the part to the next request, or does nothing if it has a URL."""
        self._wanted[number] = sha256

    def get(self, number: int) -> PartUrl:
        """Returns a valid URL of an expected part. One request at a time serves all parts that are expected."""
        with self._lock:
            self._cancellation.raise_if_cancelled()
            if not self._is_valid(number):
                self._request()
            del self._wanted[number]
            return self._urls.pop(number)

    def _is_valid(self, number: int) -> bool:
        return number in self._urls and time.monotonic() < self._urls[number].valid_until

    def _request(self) -> None:
        # A copy, because other threads expect parts meanwhile.
        wanted = {
            number: sha256 for number, sha256 in self._wanted.copy().items() if not self._is_valid(number)
        }
        checksums = {str(number): sha256 for number, sha256 in wanted.items()}
        body = PartsRequest(part_numbers=list(wanted), checksums=checksums).to_json()
        response = self._api.call("POST", self._path, body=body, cancellation=self._cancellation)
        batch = response.parse(PartsResponse)
        valid_until = time.monotonic() + _compute_validity(batch.expires_at)
        for part in batch.parts:
            self._urls[part.part_number] = PartUrl(part.url, part.headers, valid_until)


def _compute_validity(expires_at: datetime) -> float:
    """Returns seconds."""
    lifetime = min((expires_at - datetime.now(UTC)).total_seconds(), _MAX_LIFETIME)
    return max(lifetime - _MARGIN, lifetime / 2, _MARGIN / 2)
