"""Uploads that have not ended, as files in a folder, so that another process can resume them after a crash.

A file holds no URL and no token: the document's id, the key of its create, and a hash of the file's path, size and time.
"""

import hashlib
import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from airlock_client._private_files import write_private
from airlock_client._sources import Source

_LIFETIME = 7 * 24 * 3600
"""Seconds. The longest lifetime of a multipart upload (`multipartLifetime`)."""


@dataclass(frozen=True)
class UploadState:
    """An upload that was started. `document_id` is None until the API has responded to the create."""

    key: str | None
    """Idempotency-Key of the create, so that a repeated create returns the same document. None of a batch."""
    document_id: str | None
    created_at: float
    """Seconds since 1970."""


class ResumeStore:
    """The folder of the states. A file is replaced atomically, and only its owner can read it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load(self, name: str) -> UploadState | None:
        """Returns None if there is no state, or an unreadable or old one."""
        try:
            state = UploadState(**json.loads(self._path(name).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return state if time.time() - state.created_at < _LIFETIME else None

    def save(self, name: str, state: UploadState) -> None:
        write_private(self._path(name), json.dumps(asdict(state)))

    def remove(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def compute_state_name(endpoint: str, source: Source, request: object) -> str | None:
    """Returns the name of the state of this file and request, or None for a source that cannot be resumed."""
    identity = source.identify()
    if identity is None:
        return None
    text = json.dumps([endpoint, identity, source.name, request], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
