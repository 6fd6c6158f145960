"""A reference model of an owner's documents in plain Python. It knows no crashes, leases, attempts, revisions or transactions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from functions.domain.document import Method
from functions.domain.retention import URL_MARGIN
from functions.pipeline.run import MAX_TRIES
from tests.examples import LIFETIMES, PNG
from tests.fake_deployment import RESTORE_WINDOW

OPEN = ("pending", "processing")
RESERVE_NOTHING = ("rejected", "expired", "aborted", "purging", "purged")
WRITE_ONCE = LIFETIMES.url + URL_MARGIN
"""Time after an upload has left `pending` during which its staged version makes S3 refuse another PUT."""


@dataclass
class Waiting:
    """The step that a document waits for, until `deadline`, after `tries` tasks without a sign of its worker."""

    step: str
    deadline: datetime
    tries: int = 1


@dataclass(frozen=True)
class Answer:
    """A worker's result. `renditions` maps versions to sizes; a worker that names some may drop the original.

    `is_latest` is True if it answers the latest task of its step.
    """

    step: str
    version: str
    outcome: str
    has_facts: bool
    is_latest: bool
    renditions: Mapping[str, int] = field(default_factory=dict)
    drops_original: bool = False


@dataclass
class Duplicates:
    """The policy of duplicates of a kind. `originals` has the original of each kind, since all bytes are equal."""

    document_id: str
    kind: str
    policy: str
    originals: dict[str, str]
    duplicate_of: str | None = None

    def find_status(self) -> str:
        """Returns the status of a document that has passed every step, and remembers the original."""
        self.claim()
        return "rejected" if self.policy == "reject" and self.duplicate_of else "ready"

    def claim(self) -> None:
        if self.policy == "keep":
            return
        original = self.originals.setdefault(self.kind, self.document_id)
        self.duplicate_of = None if original == self.document_id else original

    def release(self) -> None:
        if self.originals.get(self.kind) == self.document_id:
            del self.originals[self.kind]


@dataclass
class ExpectedDocument:
    """`staged` maps versions in staging to their bodies, oldest first. `status_before_delete` is what a restore returns to.

    `version` is the one that is processed. `answers` are those that count, by step. `timeouts` has the steps of its kind in order,
    each with the time for every try. `right` are the bytes that the kind accepts.
    """

    method: Method
    created_at: datetime
    upload_deadline: datetime
    timeouts: Mapping[str, Sequence[timedelta]]
    duplicates: Duplicates
    right: bytes = PNG
    status: str = "pending"
    staged: dict[str, bytes] = field(default_factory=dict)
    has_part: bool = False
    body: bytes = b""
    version: str | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    waiting: Waiting | None = None
    left_pending_at: datetime | None = None
    status_before_delete: str = ""
    purge_after: datetime | None = None

    @property
    def effective_status(self) -> str:
        return self.status_before_delete if self.status == "deleted" else self.status

    @property
    def is_open(self) -> bool:
        """True while no bytes have arrived. S3 may be assembling them."""
        return self.status in OPEN and self.version is None

    @property
    def renditions(self) -> dict[str, int]:
        """Sizes by version, of the answers that count."""
        if self.effective_status not in ("processing", "ready"):
            return {}
        return {name: size for answer in self.answers.values() for name, size in answer.renditions.items()}

    @property
    def keeps_original(self) -> bool:
        return not any(answer.drops_original for answer in self.answers.values())

    @property
    def reserved_bytes(self) -> int:
        if self.effective_status in RESERVE_NOTHING:
            return 0
        has_original = self.effective_status != "ready" or self.keeps_original
        return len(self.right) * has_original + sum(self.renditions.values())

    def is_kept(self, version: str, now: datetime) -> bool:
        """True for a staged version that nothing may delete yet."""
        is_own = self.version in (None, version)
        if self.method is Method.POST and self.version != version and not self.is_open:
            return False
        if self.status in OPEN or (self.effective_status == "failed" and is_own):
            return True
        if self.method is Method.MULTIPART or self.left_pending_at is None:
            return False
        return now < self.left_pending_at + WRITE_ONCE

    def arrive(self, version: str, now: datetime) -> None:
        """Handles the event of a version. The first one counts."""
        if version not in self.staged:
            return
        if self.is_open:
            self._claim(version)
        if self.status == "processing" and version == self.version and not self._is_waiting(now):
            self._run(now)

    def answer(self, answer: Answer, now: datetime) -> None:
        """Handles a verdict: before the event if it is on the bytes alone, before its turn, in time or late."""
        if answer.version not in self.staged:
            return
        is_of_latest = answer.is_latest and self.waiting is not None and self.waiting.step == answer.step
        if answer.has_facts and not is_of_latest:
            return
        if self.is_open:
            self._claim(answer.version)
        if self.status != "processing" or answer.version != self.version or answer.step in self.answers:
            return
        if answer.step in self.timeouts:
            self.answers[answer.step] = answer
            if self.waiting and self.waiting.step == answer.step:
                self.waiting = None
        self._run(now)

    def report(self, answer: Answer, resume_at: datetime) -> None:
        """Handles a sign of the worker that is no verdict."""
        waiting = self.waiting
        is_current = self.status == "processing" and answer.version == self.version
        if is_current and waiting and waiting.step == answer.step and answer.is_latest:
            waiting.deadline, waiting.tries = resume_at, 0

    def _claim(self, version: str) -> None:
        self.status, self.version, self.body = "processing", version, self.staged[version]

    def _is_waiting(self, now: datetime) -> bool:
        return self.waiting is not None and now < self.waiting.deadline

    def _run(self, now: datetime) -> None:
        """Ends in the first step that has not passed. `ready` needs an answer of every step."""
        if self.body != self.right:
            self.status, self.waiting = "rejected", None
            return
        for step, times in self.timeouts.items():
            if step not in self.answers:
                self._wait(step, now, times)
                return
            if self.answers[step].outcome == "rejected":
                self.status = "rejected"
                return
        self.status = self.duplicates.find_status()

    def _wait(self, step: str, now: datetime, times: Sequence[timedelta]) -> None:
        if self.waiting is None:
            self.waiting = Waiting(step, now + times[0])
        elif now >= self.waiting.deadline:
            if self.waiting.tries >= MAX_TRIES:
                self.status, self.waiting = "failed", None
                return
            tries = self.waiting.tries
            self.waiting = Waiting(step, now + times[tries], tries + 1)

    def redrive(self) -> bool:
        """Runs every step of a failed document again."""
        if self.status != "failed":
            return False
        self.status, self.answers = "processing", {}
        return True

    def complete(self, version: str | None) -> None:
        if version is not None:
            self.staged[version] = self.right
            self.status, self.has_part = "processing", False

    def abort(self) -> bool:
        if self.status == "pending":
            self.status, self.has_part = "aborted", False
        return self.status == "aborted"

    def delete(self, now: datetime) -> bool:
        if self.status in OPEN:
            return False
        if self.status not in ("deleted", "purging", "purged"):
            self.duplicates.release()
            self.status_before_delete, self.status, self.purge_after = (
                self.status,
                "deleted",
                now + RESTORE_WINDOW,
            )
        return True

    def restore(self, now: datetime) -> bool:
        if self.status == "deleted" and self.purge_after is not None and now < self.purge_after:
            self.status = self.status_before_delete
            if self.status == "ready":
                self.duplicates.claim()
            return True
        return self.status not in (*OPEN, "deleted", "purging", "purged")

    def purge(self, now: datetime) -> None:
        """Ends when the sweep has emptied staging, except for a multipart upload."""
        is_due = self.status == "deleted" and self.purge_after is not None and now >= self.purge_after
        if is_due or self.status == "purging":
            is_staged = bool(self.staged) and self.method is not Method.MULTIPART
            self.status, self.body = "purging" if is_staged else "purged", b""
            if self.status == "purged":
                self.duplicates.duplicate_of = None

    def extend_with_part(self, now: datetime) -> None:
        """Extends a deadline that has passed if a part has arrived, up to the upload lifetime after the create."""
        end = self.created_at + LIFETIMES.upload
        if self.has_part and self.upload_deadline <= now < end:
            self.upload_deadline = end

    def expire(self, now: datetime) -> None:
        """Expires the upload if its deadline has passed and no bytes have arrived."""
        self.extend_with_part(now)
        if self.status == "pending" and now > self.upload_deadline and not self.staged:
            self.status, self.has_part = "expired", False
