"""The contract of a worker in Lambda that Airlock ships: it gets a job, and returns a verdict.

The task, the queues and the result are those of docs/steps.md, which a worker of a deployer's own uses directly.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from functions.domain.keys import rendition_key
from functions.domain.steps import Json
from functions.domain.storage import StepObjects
from functions.domain.tasks import Task
from functions.pipeline.step import Passed, Rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One delivery of a task.

    - `directory` is empty at first, and deleted after the job.
    - `report_progress` shows a sentence in the API, and starts the deadline of the task anew.
    - `seconds_left` returns the time until Lambda ends the invocation.
    """

    task: Task
    objects: StepObjects
    directory: Path
    report_progress: Callable[[str], None]
    seconds_left: Callable[[], float]
    renditions: dict[str, Mapping[str, Json]] = field(default_factory=dict)
    """Those that the job has stored, as the fact `renditions` of its result."""

    def read(self, start: int, length: int) -> bytes:
        """Returns at most `length` bytes of the file from `start`. Raises Unavailable."""
        return self.objects.read(self.task.key, self.task.version, start, length)

    def download(self) -> Path:
        """Writes the file into the directory and returns its path. Raises Unavailable."""
        path = self.directory / "file"
        self.objects.download(self.task.key, self.task.version, path)
        return path

    def store_rendition(
        self, name: str, path: Path, content_type: str, *, width: int | None = None, height: int | None = None
    ) -> None:
        """Stores a file of at most 5 GiB as the rendition `name`. `width` and `height` are pixels. Raises Unavailable."""
        sha256 = _hash_file(path)
        key = rendition_key(self.task.owner, self.task.document_id, self.task.step, name)
        version = self.objects.put(key, path, content_type, sha256)
        pixels = {} if width is None or height is None else {"width": width, "height": height}
        self.renditions[name] = {
            "versionId": version,
            "contentType": content_type,
            "size": path.stat().st_size,
            "sha256": sha256,
            **pixels,
        }


class StepWorker(Protocol):
    """The worker of one step. A job can come twice, and a result that comes twice changes nothing."""

    def work(self, job: Job) -> Passed | Rejected:
        """Returns the verdict. Raises Unavailable for what is not the file's fault."""


def _hash_file(path: Path) -> str:
    """Returns the SHA-256 in lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
