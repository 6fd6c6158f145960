"""One run of the pipeline: the steps in order, from the first that has not passed to the first that does not pass."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.events import AttemptEnded, AttemptOutcome
from functions.domain.kinds import Kind
from functions.domain.steps import PROMOTE, TYPE, StepRecord, StepStatus
from functions.domain.storage import ObjectHead, ObjectStore
from functions.domain.tasks import TaskOutcome, TaskResult
from functions.pipeline.step import Passed, Rejected, Step, StepContext, Suspended, Verdict

MAX_TRIES = 3
"""Tasks of one step without any sign of its worker after which the document fails."""


@dataclass(slots=True)
class Run:
    """The steps of the kind as it is deployed now, so that a gate that a deployment has added holds for what still waits."""

    document: Document
    staged: ObjectHead
    kind: Kind | None
    steps: Sequence[Step]
    objects: ObjectStore
    clock: Callable[[], datetime]
    _records: dict[str, StepRecord] = field(init=False)
    _passed: list[StepRecord] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self._records = {record.name: record for record in self.document.steps}
        # Which steps were left is not known without the kind, so the type is judged again, which then rejects the file.
        if self.kind is None and PROMOTE not in self._records:
            self._records.pop(TYPE, None)

    def advance(self, result: TaskResult | None) -> AttemptEnded:
        """Runs until a step does not pass. `result` is the verdict of a step's worker, which may come before its turn."""
        if result is not None and self._is_usable(result):
            self._records[result.step] = self._record(result.step, self._judge(result))
        for step in self.steps:
            ended = self._advance_step(step)
            if ended is not None:
                return ended
        return self._end(AttemptOutcome.COMPLETED)

    def _is_usable(self, result: TaskResult) -> bool:
        """False for a step that the kind does not list, and for a copy without its version."""
        is_listed = any(step.name == result.step for step in self.steps)
        is_whole = result.step != PROMOTE or isinstance(result.facts.get("storedVersion"), str)
        return is_listed and (is_whole or result.outcome is TaskOutcome.REJECTED)

    def _judge(self, result: TaskResult) -> Verdict:
        """Returns the verdict of a worker. With a code that the kind accepts, the file passes, and the code is a fact."""
        verdict = _verdict_of(result)
        accepted = self.kind.accepted_codes.get(result.step, frozenset()) if self.kind else frozenset()
        if isinstance(verdict, Rejected) and verdict.code in accepted:
            return Passed({"acceptedCode": verdict.code.value})
        return verdict

    def _advance_step(self, step: Step) -> AttemptEnded | None:
        """Returns the end of the run unless the step has passed, now or before."""
        record = self._records.get(step.name)
        if record is None or record.status is StepStatus.WAITING:
            if record is not None and record.is_waiting(self.clock()):
                return self._end(AttemptOutcome.SUSPENDED)
            if record is not None and record.tries >= MAX_TRIES:
                return self._end(AttemptOutcome.TIMED_OUT, Code.STEP_TIMED_OUT)
            record = self._record(step.name, step.run(self._context(step.name, record)))
            self._records[step.name] = record
        match record.status:
            case StepStatus.PASSED:
                self._passed.append(record)
                return None
            case StepStatus.REJECTED:
                return self._end(AttemptOutcome.REJECTED, record.code)
            case StepStatus.WAITING:
                return self._end(AttemptOutcome.SUSPENDED)

    def _context(self, name: str, record: StepRecord | None) -> StepContext:
        key, stored = self.document.staging_key, self.staged.stored
        return StepContext(
            document=self.document,
            kind=self.kind,
            staged=stored,
            head=self.staged.head,
            read=lambda start, length: self.objects.read(key, stored.version, start, length),
            parameters=self.kind.parameters.get(name, {}) if self.kind else {},
            passed=tuple(self._passed),
            record=record,
            now=self.clock(),
        )

    def _record(self, name: str, verdict: Verdict) -> StepRecord:
        record = StepRecord(
            name=name, status=StepStatus.PASSED, at=self.clock(), attempt=self.document.attempt
        )
        match verdict:
            case Passed(facts):
                return replace(record, facts=facts)
            case Rejected(code, detail, facts):
                return replace(
                    record, status=StepStatus.REJECTED, code=code.value, detail=detail, facts=facts
                )
            case Suspended(resume_at, token, detail):
                earlier = self._records.get(name)
                return replace(
                    record,
                    status=StepStatus.WAITING,
                    detail=detail,
                    resume_at=resume_at,
                    token=token,
                    tries=(earlier.tries if earlier else 0) + 1,
                )

    def _end(self, outcome: AttemptOutcome, reason: str | None = None) -> AttemptEnded:
        known = [step.name for step in self.steps]
        # What a step has made that the kind no longer lists stays, and is counted. Nobody waits for such a step.
        removed = [
            record
            for name, record in self._records.items()
            if name not in known and record.status is not StepStatus.WAITING
        ]
        return AttemptEnded(
            attempt=self.document.attempt,
            outcome=outcome,
            steps=(*(self._records[name] for name in known if name in self._records), *removed),
            content_type=self._find_fact(TYPE, "contentType"),
            charset=self._find_fact(TYPE, "charset"),
            sha256=self._find_fact(PROMOTE, "sha256"),
            stored_version=self._find_fact(PROMOTE, "storedVersion"),
            reason=reason,
        )

    def _find_fact(self, step: str, name: str) -> str | None:
        """Only the built-in steps say what the document's own fields are."""
        record = self._records.get(step)
        value = record.facts.get(name) if record else None
        return value if isinstance(value, str) else None


def _verdict_of(result: TaskResult) -> Verdict:
    if result.outcome is TaskOutcome.PASSED:
        return Passed(result.facts)
    code = Code.parse(result.code) if result.code is not None else Code.STEP_REJECTED
    return Rejected(code, result.detail)
