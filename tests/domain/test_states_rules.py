"""Whatever happens, in whatever order: the promises that no sequence of events may break."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from functions.domain.document import Status
from functions.domain.effects import LEASE
from functions.domain.events import (
    AbortRequested,
    AttemptFailed,
    CompleteFailed,
    CompleteRequested,
    CopyPaused,
    CopyStarted,
    DeadlinePassed,
    DeleteRequested,
    Event,
    Ignored,
    InspectionFailed,
    ObjectArrived,
    ObjectMissing,
    PartUrlsSigned,
    Promoted,
    PurgeCompleted,
    PurgeStarted,
    RedriveRequested,
    RestoreRequested,
    Transition,
)
from functions.domain.states import decide
from tests.examples import NOW, a_document

AT_REST = {Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED}
ARROWS = {
    *((status, Status.DELETED) for status in AT_REST),
    *((Status.DELETED, status) for status in AT_REST),
    (Status.DELETED, Status.PURGING),
    (Status.PURGING, Status.PURGING),
    (Status.PURGING, Status.PURGED),
    (Status.FAILED, Status.PROCESSING),
    (Status.PENDING, Status.PENDING),
    (Status.PENDING, Status.COMPLETING),
    (Status.COMPLETING, Status.COMPLETING),
    (Status.COMPLETING, Status.PENDING),
    (Status.COMPLETING, Status.PROCESSING),
    (Status.COMPLETING, Status.EXPIRED),
    (Status.PENDING, Status.PROCESSING),
    (Status.PENDING, Status.ABORTED),
    (Status.PENDING, Status.EXPIRED),
    (Status.PROCESSING, Status.PROCESSING),
    (Status.PROCESSING, Status.READY),
    (Status.PROCESSING, Status.REJECTED),
    (Status.PROCESSING, Status.FAILED),
}
KEEPS_ITS_CHARGE = {Status.PENDING, Status.COMPLETING, Status.PROCESSING, Status.READY, Status.FAILED}

attempts = st.integers(0, 6)


class OneDocument(RuleBasedStateMachine):
    """A record, the owner's usage as the transitions change it, and events of every kind."""

    def __init__(self) -> None:
        super().__init__()
        self.document = a_document(size=70)
        self.now = NOW
        self.reserved_bytes = 70
        self.open = 1

    @rule(seconds=st.sampled_from([1, LEASE.seconds - 1, LEASE.seconds, 86_400]))
    def let_time_pass(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(version=st.sampled_from(["v1", "v1", "v1", "v2"]))
    def receive_bytes(self, version: str) -> None:
        decision = self._see(ObjectArrived(version))
        if isinstance(decision, Transition) and decision.before.status is Status.PROCESSING:
            assert decision.before.lease_until is None or self.now >= decision.before.lease_until

    @rule(version=st.sampled_from(["v1", "v1", "v1", "v2"]))
    def lose_bytes(self, version: str) -> None:
        self._see(ObjectMissing(version))

    @rule()
    def abort(self) -> None:
        self._see(AbortRequested())

    @rule()
    def complete(self) -> None:
        decision = self._see(CompleteRequested())
        if isinstance(decision, Transition):
            assert decision.before.lease_until is None or self.now >= decision.before.lease_until
            assert self.now < decision.before.upload_deadline

    @rule(days=st.integers(-1, 3))
    def sign_part_urls(self, days: int) -> None:
        before = self.document.upload_deadline
        self._see(PartUrlsSigned(self.now + timedelta(days=days)))
        assert self.document.upload_deadline >= before

    @rule()
    def pass_deadline(self) -> None:
        decision = self._see(DeadlinePassed())
        assert not isinstance(decision, Transition) or self.now >= decision.before.upload_deadline

    @rule()
    def fail_complete(self) -> None:
        self._see(CompleteFailed(self.document.attempt))

    @rule()
    def pause_current_attempt(self) -> None:
        self._see(CopyPaused(self.document.attempt))

    @rule()
    def promote_current_attempt(self) -> None:
        self._see(Promoted(self.document.attempt, "image/png", "ab" * 32, "d1"))

    @rule()
    def fail_current_attempt(self) -> None:
        self._see(AttemptFailed(self.document.attempt))

    @rule(attempt=attempts)
    def promote_any_attempt(self, attempt: int) -> None:
        self._by_attempt(Promoted(attempt, "image/png", "ab" * 32, "d1"), attempt)

    @rule(attempt=attempts)
    def reject_any_attempt(self, attempt: int) -> None:
        self._by_attempt(InspectionFailed(attempt, "type_mismatch"), attempt)

    @rule(attempt=attempts)
    def fail_any_attempt(self, attempt: int) -> None:
        self._by_attempt(AttemptFailed(attempt), attempt)

    @rule(attempt=attempts)
    def start_copy_of_any_attempt(self, attempt: int) -> None:
        self._by_attempt(CopyStarted(attempt, "copy-1"), attempt)

    @rule(attempt=attempts)
    def fail_any_complete(self, attempt: int) -> None:
        self._by_attempt(CompleteFailed(attempt), attempt)

    @rule(days=st.integers(0, 2))
    def delete(self, days: int) -> None:
        self._see(DeleteRequested(self.now + timedelta(days=days)))

    @rule()
    def restore(self) -> None:
        effective_status = self.document.effective_status
        decision = self._see(RestoreRequested())
        if isinstance(decision, Transition):
            assert decision.after.status is effective_status
            assert decision.before.purge_after is not None
            assert self.now < decision.before.purge_after

    @rule()
    def start_purge(self) -> None:
        decision = self._see(PurgeStarted())
        if isinstance(decision, Transition):
            assert decision.before.purge_after is not None
            assert self.now >= decision.before.purge_after

    @rule()
    def complete_current_purge(self) -> None:
        self._see(PurgeCompleted(self.document.attempt))

    @rule(attempt=attempts)
    def complete_any_purge(self, attempt: int) -> None:
        self._by_attempt(PurgeCompleted(attempt), attempt)

    @rule()
    def redrive(self) -> None:
        self._see(RedriveRequested())

    def _by_attempt(self, event: Event, attempt: int) -> None:
        stale = attempt != self.document.attempt
        decision = self._see(event)
        assert not stale or decision is Ignored.STALE_ATTEMPT

    def _see(self, event: Event) -> Transition | Ignored:
        decision = decide(self.document, event, self.now)
        if isinstance(decision, Transition):
            self._follow(decision)
        return decision

    def _follow(self, transition: Transition) -> None:
        before, after = transition.before, transition.after
        assert before is self.document
        assert (before.status, after.status) in ARROWS
        assert after.revision == before.revision + 1
        assert after.attempt - before.attempt in (0, 1)
        assert before.staged_version in (None, after.staged_version)
        assert after.reserved_bytes - before.reserved_bytes == transition.reserved_bytes
        if after.status is not Status.PURGED:  # which forgets the reasons
            assert after.history[-len(before.history) - 1 :][: len(before.history)] == before.history
        self.reserved_bytes += transition.reserved_bytes
        self.open += transition.open_uploads
        self.document = after

    @invariant()
    def reserved_bytes_are_held_or_released_whole(self) -> None:
        assert self.reserved_bytes == self.document.reserved_bytes
        assert self.reserved_bytes in (0, 70)
        gone = self.document.reason == "object_gone"
        if self.document.status not in (Status.DELETED, Status.PURGING):
            assert self.reserved_bytes == (70 if self.document.status in KEEPS_ITS_CHARGE and not gone else 0)

    @invariant()
    def open_uploads_count_documents_in_progress(self) -> None:
        assert self.open == int(self.document.is_in_progress)

    @invariant()
    def only_documents_in_progress_have_a_lease(self) -> None:
        working = (Status.COMPLETING, Status.PROCESSING, Status.PURGING)
        assert self.document.status in working or self.document.lease_until is None

    @invariant()
    def every_document_in_progress_has_a_next_check(self) -> None:
        leaving = self.document.status in (Status.DELETED, Status.PURGING)
        assert (self.document.next_check_at is not None) == (self.document.is_in_progress or leaving)

    @invariant()
    def the_history_ends_with_the_status(self) -> None:
        shown = self.document.history[-1].status
        assert shown is self.document.status or (shown, self.document.status) == (
            Status.PENDING,
            Status.COMPLETING,
        )

    @invariant()
    def only_a_ready_document_has_a_stored_version(self) -> None:
        ended = self.document.status in (Status.PURGING, Status.PURGED)
        if not ended:
            ready = self.document.effective_status is Status.READY
            assert (self.document.stored_version is not None) == ready


TestOneDocument = OneDocument.TestCase
