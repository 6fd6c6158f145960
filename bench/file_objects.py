"""A file on the disk instead of a staged version. It counts what would be requests to S3."""

import os
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class FileObjects:
    """Implements `functions.domain.storage.StepObjects`. Renditions are not kept. `requests` counts by operation of S3."""

    path: Path
    requests: Counter[str] = field(default_factory=Counter)

    def exists(self, _key: str, _version: str) -> bool:
        self.requests["HeadObject"] += 1
        return True

    def read(self, _key: str, _version: str, start: int, length: int) -> bytes:
        self.requests["GetObject"] += 1
        with self.path.open("rb") as file:
            return os.pread(file.fileno(), length, start)

    def download(self, _key: str, _version: str, path: Path) -> None:
        self.requests["GetObject"] += 1
        shutil.copyfile(self.path, path)

    def put(self, _key: str, _path: Path, _content_type: str, _sha256: str) -> str:
        self.requests["PutObject"] += 1
        return "096fKKXTRTtl3on89fVO.nfljtsv6qko"
