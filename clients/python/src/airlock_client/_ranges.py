"""The ranges of a download that are on disk, as a file beside the partial one, so that another process resumes it."""

import json
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from airlock_client._private_files import write_private

_MIN_RANGE = 16 * 1024**2
_MAX_RANGES = 1_000


def choose_range_size(size: int) -> int:
    """Returns the bytes of one request. What has arrived of a range is lost if the process is killed."""
    return max(_MIN_RANGE, -(-size // _MAX_RANGES))


@dataclass(frozen=True)
class DownloadState:
    """A download that was started. `etag` is S3's, and is None until its first response."""

    document_id: str
    rendition: str | None
    size: int
    sha256: str | None
    range_size: int
    etag: str | None = None
    done: list[int] = field(default_factory=list)
    """Indexes of the ranges that are complete."""

    def is_same_object(self, other: "DownloadState") -> bool:
        return replace(self, etag=None, done=[]) == replace(other, etag=None, done=[])

    @property
    def missing(self) -> list[int]:
        done = set(self.done)
        return [index for index in range(-(-self.size // self.range_size)) if index not in done]

    def bounds(self, index: int) -> tuple[int, int]:
        """Returns the first byte, and the byte after the last."""
        start = index * self.range_size
        return start, min(start + self.range_size, self.size)

    @property
    def loaded(self) -> int:
        """Bytes that are on disk."""
        return sum(end - start for start, end in map(self.bounds, self.done))

    @property
    def prefix(self) -> int:
        """Bytes from the start of the file without a gap."""
        return min(self.size, next(iter(self.missing), self.size) * self.range_size)


def load_state(path: Path) -> DownloadState | None:
    """Returns None if there is none, or an unreadable one."""
    try:
        return DownloadState(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def save_state(path: Path, state: DownloadState) -> None:
    write_private(path, json.dumps(asdict(state)))
