"""Copies one object in parts, as far as the time of an invocation allows. The progress is in S3: ListParts returns the parts.

A task that has no time left is sent anew at once, so that the next invocation continues. The pipeline has started the copy,
so that every delivery of the task, and every later task of the document, continues the same one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from functions.domain.keys import documents_key
from functions.domain.media_types import OCTET_STREAM
from functions.domain.parts import MIN_PART, plan_parts
from functions.domain.queues import ResultQueue
from functions.domain.storage import CopyRequest, NoSuchUpload, ObjectStore
from functions.domain.tasks import Task, TaskOutcome, TaskResult
from functions.pipeline.promote import check_copy

MIN_RESERVE = 60.0
"""Seconds that must be left to start a part of a copy, and to start a copy."""

_SLOWEST = 20_000_000
"""Bytes of a part that S3 copies in a second, at least. Measured were 70 MB/s."""


class CopyOutcome(StrEnum):
    """The outcome of one delivery of a task, for the log. `PAUSED` asks for another delivery at once."""

    COPIED = "copied"
    PAUSED = "paused"
    OBJECT_GONE = "object_gone"
    COPY_GONE = "copy_gone"


def choose_reserve(size: int) -> float:
    """Returns the seconds that must be left to start another part of an object of `size` bytes.

    A part that is not copied in time is lost. It has up to 5 GiB, because a copy has at most 10,000 parts.
    """
    return max(MIN_RESERVE, plan_parts(size, MIN_PART).part_size / _SLOWEST)


@dataclass(frozen=True, slots=True)
class LargeCopy:
    """The worker. It never sees the table: all it knows is in the task, and all it says is in the result."""

    objects: ObjectStore
    results: ResultQueue

    def copy(self, task: Task, is_out_of_time: Callable[[], bool]) -> CopyOutcome:
        """Continues a copy. Raises AirlockError if a retry may succeed."""
        source = self.objects.head(task.key, task.version)
        if source is None:
            return CopyOutcome.OBJECT_GONE
        target = documents_key(task.owner, task.document_id)
        request = CopyRequest(task.key, source, target, task.content_type or OCTET_STREAM)
        try:
            copied = self.objects.continue_copy(request, str(task.parameters["uploadId"]), is_out_of_time)
        except NoSuchUpload:
            # Aborted, for example by the lifecycle rule. The pipeline starts another copy.
            self.results.send(
                TaskResult.for_task(task, TaskOutcome.UNAVAILABLE, detail="The copy has to start again.")
            )
            return CopyOutcome.COPY_GONE
        if copied is None:
            self.results.send(TaskResult.for_task(task, TaskOutcome.PROGRESS, detail="Copying a large file."))
            return CopyOutcome.PAUSED
        facts = check_copy(source, copied)
        self.results.send(TaskResult.for_task(task, TaskOutcome.PASSED, facts=facts))
        return CopyOutcome.COPIED
