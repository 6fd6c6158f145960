"""Ready-made steps and renditions, so that each test names only what it is about."""

from datetime import timedelta
from typing import Any

from functions.domain.events import AttemptEnded, AttemptOutcome
from functions.domain.steps import Json, StepRecord, StepStatus
from tests.examples import NOW

SHA256 = "ab" * 32
RESUME_AT = NOW + timedelta(minutes=10)


def a_passed_step(name: str = "check", **changes: Any) -> StepRecord:
    values: dict[str, Any] = {"status": StepStatus.PASSED, "at": NOW, "attempt": 1} | changes
    return StepRecord(name=name, **values)


def a_waiting_step(name: str = "check", **changes: Any) -> StepRecord:
    return a_passed_step(name, **{"status": StepStatus.WAITING, "resume_at": RESUME_AT, "tries": 1} | changes)


def a_rejected_step(name: str = "check", **changes: Any) -> StepRecord:
    return a_passed_step(name, **{"status": StepStatus.REJECTED, "code": "step_rejected"} | changes)


def rendition_facts(size: Json = 30, **changes: Json) -> dict[str, Json]:
    """The facts of one rendition, as a worker sends them."""
    facts: dict[str, Json] = {"versionId": "r1", "contentType": "image/webp", "size": size, "sha256": SHA256}
    return facts | changes


def a_render_step(*names: str, size: int = 30) -> StepRecord:
    """A passed step that has made a rendition of `size` bytes under each name."""
    return a_passed_step("render", facts={"renditions": {name: rendition_facts(size) for name in names}})


def an_end(outcome: AttemptOutcome, attempt: int = 1, **changes: Any) -> AttemptEnded:
    """The end of a run with what its outcome usually comes with."""
    usual: dict[AttemptOutcome, dict[str, Any]] = {
        AttemptOutcome.COMPLETED: {"content_type": "image/png", "sha256": SHA256, "stored_version": "d1"},
        AttemptOutcome.REJECTED: {"content_type": "text/html", "reason": "type_mismatch"},
        AttemptOutcome.SUSPENDED: {"content_type": "image/png", "steps": (a_waiting_step(),)},
        AttemptOutcome.TIMED_OUT: {"reason": "step_timed_out", "steps": (a_waiting_step(),)},
    }
    return AttemptEnded(attempt=attempt, outcome=outcome, **usual.get(outcome, {}) | changes)
