"""The step `promote`: copies the staged version to `documents/`. Every gate of the kind has passed by then.

Above the single-copy limit, a worker copies in parts (`functions/features/large_copy`).
"""

from dataclasses import dataclass
from datetime import timedelta

from functions.domain.codes import Code
from functions.domain.errors import IntegrityError
from functions.domain.kinds import MAX_SINGLE_PUT
from functions.domain.queues import TaskQueue
from functions.domain.steps import PROMOTE, renditions_of
from functions.domain.storage import CopyRequest, ObjectStore, StoredObject
from functions.pipeline.step import Passed, StepContext, Suspended, Verdict
from functions.pipeline.worker import task_of

COPY_TIMEOUT = timedelta(hours=1)
"""Time without a sign of the worker after which the copy is enqueued again. It reports progress every 15 minutes."""


@dataclass(frozen=True, slots=True)
class PromoteStep:
    """Copies with one request up to `single_copy_limit` (bytes). Its facts are `sha256` and `storedVersion`."""

    objects: ObjectStore
    large_copies: TaskQueue
    bucket: str
    single_copy_limit: int = MAX_SINGLE_PUT
    name: str = PROMOTE

    def run(self, context: StepContext) -> Verdict:
        if not context.keeps_original:
            return _keep_renditions_only(context)
        document = context.document
        request = CopyRequest(
            document.staging_key, context.staged, document.documents_key, context.content_type
        )
        if context.staged.size > self.single_copy_limit:
            return self._enqueue(context, request)
        copied = self.objects.copy(request)
        return Passed(check_copy(request.source, copied, document.declared_sha256))

    def _enqueue(self, context: StepContext, request: CopyRequest) -> Suspended:
        """Starts the copy, so that every worker that gets the task again continues the same one."""
        upload_id = context.record.token if context.record else None
        upload_id = upload_id or self.objects.start_copy(request)
        deadline = context.now + COPY_TIMEOUT
        self.large_copies.enqueue(task_of(context, self.name, self.bucket, deadline, {"uploadId": upload_id}))
        return Suspended(deadline, token=upload_id, detail="Copying a large file.")


def _keep_renditions_only(context: StepContext) -> Passed:
    """Passes without a copy, because steps have made what replaces the original. Raises IntegrityError if none has."""
    if not any(renditions_of(context.passed)):
        raise IntegrityError(Code.INTEGRITY_ERROR, "Neither the original nor a rendition would be kept.")
    return Passed()


def check_copy(
    source: StoredObject, copied: StoredObject, declared_sha256: str | None = None
) -> dict[str, str | None]:
    """Returns the facts of a good copy. Raises IntegrityError unless size and checksums are those of the source."""
    is_same_crc = None in (source.crc64nvme, copied.crc64nvme) or source.crc64nvme == copied.crc64nvme
    if copied.size != source.size or not is_same_crc or declared_sha256 not in (None, copied.sha256):
        raise IntegrityError(Code.INTEGRITY_ERROR, f"The copy of version {source.version} differs from it.")
    return {"sha256": copied.sha256, "storedVersion": copied.version}
