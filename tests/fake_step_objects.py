"""An in-memory store for the worker of a step."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from tests.fakes import InMemoryObjectStore


@dataclass
class InMemoryStepObjects:
    """Implements `functions.domain.storage.StepObjects`. While `is_down`, every call raises Unavailable."""

    store: InMemoryObjectStore = field(default_factory=InMemoryObjectStore)
    is_down: bool = False

    def exists(self, key: str, version: str) -> bool:
        self._check()
        return self.store.head(key, version) is not None

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        self._check()
        return self.store.read(key, version, start, length)

    def download(self, key: str, version: str, path: Path) -> None:
        self._check()
        path.write_bytes(self.store.read(key, version, 0, 1 << 40))

    def put(self, key: str, path: Path, content_type: str, sha256: str) -> str:
        self._check()
        body = path.read_bytes()
        assert hashlib.sha256(body).hexdigest() == sha256
        return self.store.put(key, body, content_type)

    def _check(self) -> None:
        if self.is_down:
            raise Unavailable(Code.STORAGE_UNAVAILABLE, "S3 is down.")
