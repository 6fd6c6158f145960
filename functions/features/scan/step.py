"""The step `scan` with GuardDuty, which scans each new version in `staging/scan/` by itself.

The step waits for the verdict. It asks for another scan only after a verdict was lost, because each scan is billed.
"""

from dataclasses import dataclass
from datetime import timedelta

from functions.domain.document import Status
from functions.domain.keys import SCAN_AREA, STAGING
from functions.domain.queues import TaskQueue
from functions.domain.steps import SCAN
from functions.pipeline.step import StepContext, Suspended, Verdict
from functions.pipeline.worker import task_of

WAITS = (timedelta(minutes=30), timedelta(hours=2), timedelta(hours=22))
"""Time for each verdict before the step asks for another scan. After the last one the document fails.

Together they are more than a day, because an outage of the scanner is never the fault of a document.
"""


@dataclass(frozen=True, slots=True)
class GuardDutyStep:
    """Waits for the verdict on the staged version. `requests` takes a task for each scan that GuardDuty must be asked for."""

    requests: TaskQueue
    bucket: str
    name: str = SCAN

    def run(self, context: StepContext) -> Verdict:
        tries = context.record.tries if context.record else 0
        deadline = context.now + WAITS[min(tries, len(WAITS) - 1)]
        if tries or not _is_scanned_on_arrival(context):
            self.requests.enqueue(task_of(context, self.name, self.bucket, deadline, context.parameters))
        return Suspended(deadline, detail="Scanning for malware.")


def _is_scanned_on_arrival(context: StepContext) -> bool:
    """False for a version that came before its kind listed `scan`, and for one whose scan has failed the document before."""
    document = context.document
    has_failed = any(entry.status is Status.FAILED for entry in document.history)
    return document.staging_key.startswith(STAGING + SCAN_AREA) and not has_failed
