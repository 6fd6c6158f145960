"""Whatever happens, in whatever order: the promises that no sequence of events may break."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from functions.domain.document import Document, Status
from functions.domain.duplicates import DuplicatePolicy
from functions.domain.effects import LEASE
from functions.domain.events import (
    AbortRequested,
    AttemptOutcome,
    CompleteFailed,
    CompleteRequested,
    CopyPurgeCompleted,
    CopyPurgeStarted,
    DeadlinePassed,
    DeleteRequested,
    Event,
    Ignored,
    ObjectArrived,
    ObjectMissing,
    PartsFound,
    PurgeCompleted,
    PurgeStarted,
    RedriveRequested,
    RescanCompleted,
    RestoreRequested,
    ResultArrived,
    RetentionPassed,
    StepReported,
    Transition,
    UploadUrlsSigned,
)
from functions.domain.rescans import RescanVerdict
from functions.domain.states import decide
from functions.domain.steps import StepStatus
from tests.domain.step_examples import a_render_step, a_waiting_step, an_end
from tests.examples import NOW, a_document

AT_REST = {Status.READY, Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.FAILED}
ARROWS = {
    *((status, Status.DELETED) for status in AT_REST),
    *((Status.DELETED, status) for status in AT_REST),
    (Status.READY, Status.READY),
    (Status.READY, Status.REJECTED),
    (Status.DELETED, Status.DELETED),
    (Status.DELETED, Status.PURGING),
    (Status.PURGING, Status.PURGING),
    (Status.PURGING, Status.PURGED),
    (Status.FAILED, Status.PROCESSING),
    (Status.FAILED, Status.FAILED),
    (Status.REJECTED, Status.REJECTED),
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
HAS_BYTES = {Status.PENDING, Status.COMPLETING, Status.PROCESSING, Status.READY, Status.FAILED}

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

attempts = st.integers(0, 6)
versions = st.sampled_from(["v1", "v1", "v1", "v2"])
outcomes = st.sampled_from(AttemptOutcome)


class OneDocument(RuleBasedStateMachine):
    """A record, the owner's usage as the transitions change it, and events of every kind."""

    def __init__(self) -> None:
        super().__init__()
        self.document = a_document(size=70)
        self.now = NOW
        self.reserved_bytes = 70
        self.open = 1
        self.originals = 0

    @rule(seconds=st.sampled_from([1, LEASE.seconds - 1, LEASE.seconds, 86_400]))
    def let_time_pass(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(version=versions)
    def receive_bytes(self, version: str) -> None:
        decision = self._see(ObjectArrived(version))
        if isinstance(decision, Transition) and decision.before.status is Status.PROCESSING:
            self._assert_free(decision.before)
            waiting = decision.before.waiting_step
            assert waiting is None or waiting.resume_at is None or self.now >= waiting.resume_at

    @rule(version=versions)
    def lose_bytes(self, version: str) -> None:
        self._see(ObjectMissing(version))

    @rule()
    def abort(self) -> None:
        self._see(AbortRequested())

    @rule()
    def complete(self) -> None:
        decision = self._see(CompleteRequested())
        if isinstance(decision, Transition):
            self._assert_free(decision.before)
            assert self.now < decision.before.upload_deadline

    @rule(event=st.sampled_from([UploadUrlsSigned, PartsFound]), days=st.integers(-1, 3))
    def extend_deadline(self, event: type[UploadUrlsSigned | PartsFound], days: int) -> None:
        before = self.document.upload_deadline
        self._see(event(self.now + timedelta(days=days)))
        assert self.document.upload_deadline >= before

    @rule()
    def pass_deadline(self) -> None:
        decision = self._see(DeadlinePassed())
        assert not isinstance(decision, Transition) or self.now >= decision.before.upload_deadline

    @rule()
    def fail_complete(self) -> None:
        self._see(CompleteFailed(self.document.attempt))

    @rule(outcome=outcomes)
    def end_current_run(self, outcome: AttemptOutcome) -> None:
        self._end_run(outcome, self.document.attempt)

    @rule(outcome=outcomes, attempt=attempts)
    def end_any_run(self, outcome: AttemptOutcome, attempt: int) -> None:
        self._end_run(outcome, attempt)

    def _end_run(self, outcome: AttemptOutcome, attempt: int) -> None:
        """A run that passes or suspends has made a rendition of 30 bytes."""
        waiting = a_waiting_step(attempt=attempt, resume_at=self.now + HOUR)
        steps = (
            {
                AttemptOutcome.COMPLETED: (a_render_step("thumb"),),
                AttemptOutcome.SUSPENDED: (a_render_step("thumb"), waiting),
                AttemptOutcome.TIMED_OUT: (a_render_step("thumb"), waiting),
            }
        ).get(outcome, ())
        ended = replace(an_end(outcome, attempt, steps=steps), failed_retention=DAY)
        self._by_attempt(ended, attempt)

    @rule(policy=st.sampled_from(DuplicatePolicy), original=st.sampled_from([None, "another"]))
    def complete_current_run(self, policy: DuplicatePolicy, original: str | None) -> None:
        """The run ends with what the kind says of duplicates, and with the original if there is one."""
        attempt, steps = self.document.attempt, (a_render_step("thumb"),)
        ended = an_end(AttemptOutcome.COMPLETED, attempt, steps=steps)
        found = original if policy is not DuplicatePolicy.KEEP else None
        self._see(replace(ended, duplicates=policy, duplicate_of=found))

    @rule(version=versions, attempt=attempts, has_facts=st.booleans())
    def receive_result(self, version: str, attempt: int, has_facts: bool) -> None:
        decision = self._see(ResultArrived("check", version, attempt, has_facts))
        if isinstance(decision, Transition):
            before = decision.before
            assert before.staged_version in (None, version)
            assert not has_facts or [each.attempt for each in before.steps if each.name == "check"] == [
                attempt
            ]
            if before.status is Status.PROCESSING:
                self._assert_free(before)

    @rule(version=versions, attempt=attempts)
    def receive_report(self, version: str, attempt: int) -> None:
        report = StepReported(
            step="check",
            version=version,
            attempt=attempt,
            detail=None,
            resume_at=self.now + HOUR,
            keeps_token=True,
        )
        decision = self._see(report)
        if isinstance(decision, Transition):
            assert decision.before.waiting_step is not None
            assert (decision.before.staged_version, decision.before.waiting_step.attempt) == (
                version,
                attempt,
            )

    @rule(attempt=attempts)
    def fail_any_complete(self, attempt: int) -> None:
        self._by_attempt(CompleteFailed(attempt), attempt)

    @rule(days=st.integers(0, 2))
    def delete(self, days: int) -> None:
        self._see(DeleteRequested(self.now + timedelta(days=days)))

    @rule()
    def pass_retention(self) -> None:
        decision = self._see(RetentionPassed())
        if isinstance(decision, Transition):
            assert decision.before.bytes_expire_at is not None
            assert self.now >= decision.before.bytes_expire_at

    @rule(original=st.sampled_from([None, "another"]))
    def restore(self, original: str | None) -> None:
        effective_status = self.document.effective_status
        decision = self._see(RestoreRequested(original))
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
        decision = self._see(RedriveRequested())
        if isinstance(decision, Transition):
            self._assert_free(decision.before)

    @rule()
    def start_purge_of_copies(self) -> None:
        decision = self._see(CopyPurgeStarted())
        if isinstance(decision, Transition):
            assert decision.before.status in (Status.FAILED, Status.REJECTED)
            self._assert_free(decision.before)

    @rule(attempt=attempts)
    def complete_purge_of_copies(self, attempt: int) -> None:
        self._by_attempt(CopyPurgeCompleted(attempt), attempt)

    @rule(version=st.sampled_from(["d1", "d1", "d2"]), verdict=st.sampled_from(RescanVerdict))
    def rescan(self, version: str, verdict: RescanVerdict) -> None:
        decision = self._see(RescanCompleted(step="check", version=version, verdict=verdict))
        if isinstance(decision, Transition):
            before, after = decision.before, decision.after
            assert before.stored_version == version
            assert before.effective_status is Status.READY
            is_infected = verdict is RescanVerdict.INFECTED
            assert (after.status is before.status) == (not is_infected or before.status is Status.DELETED)

    @invariant()
    def a_document_that_a_rescan_found_infected_is_never_ready_nor_restored(self) -> None:
        if self.document.rescan_verdict is RescanVerdict.INFECTED:
            assert self.document.status is not Status.READY
            restored = decide(self.document, RestoreRequested(), self.now)
            assert not isinstance(restored, Transition) or restored.after.status is Status.REJECTED

    def _assert_free(self, document: Document) -> None:
        assert document.lease_until is None or self.now >= document.lease_until

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
        self.originals += (transition.claimed_digest is not None) - (transition.released_digest is not None)
        self.document = after

    @invariant()
    def reserved_bytes_are_held_or_released_whole(self) -> None:
        assert self.reserved_bytes == self.document.reserved_bytes
        is_gone = self.document.reason == "object_gone"
        if self.document.status not in (Status.DELETED, Status.PURGING):
            is_kept = self.document.status in HAS_BYTES and not is_gone
            renditions = sum(rendition.size for rendition in self.document.renditions)
            assert self.reserved_bytes == (70 + renditions if is_kept else 0)

    @invariant()
    def an_upload_is_open_until_its_bytes_arrive(self) -> None:
        assert self.open == (self.document.status in (Status.PENDING, Status.COMPLETING))

    @invariant()
    def only_a_ready_document_and_one_in_progress_have_renditions(self) -> None:
        keeping = (Status.PROCESSING, Status.READY, Status.PURGING)
        assert self.document.effective_status in keeping or not self.document.renditions

    @invariant()
    def only_a_document_in_progress_or_a_failed_one_waits_for_a_step(self) -> None:
        is_waiting = any(step.status is StepStatus.WAITING for step in self.document.steps)
        waiting = (Status.PROCESSING, Status.FAILED, Status.PURGING)
        assert self.document.effective_status in waiting or not is_waiting

    @invariant()
    def only_documents_in_progress_and_failed_ones_have_a_lease(self) -> None:
        """That of a failed or rejected one is of a purge of its copies, and may outlast a delete."""
        working = (Status.COMPLETING, Status.PROCESSING, Status.PURGING)
        has_failed = self.document.effective_status in (Status.FAILED, Status.REJECTED)
        assert self.document.status in working or has_failed or self.document.lease_until is None

    @invariant()
    def every_document_in_progress_has_a_next_check(self) -> None:
        leaving = self.document.status in (Status.DELETED, Status.PURGING)
        expires = self.document.status is Status.FAILED and self.document.bytes_expire_at is not None
        has_copy = self.document.status is Status.REJECTED and self.document.stored_version is not None
        assert (self.document.next_check_at is not None) == (
            self.document.is_in_progress or leaving or expires or has_copy
        )

    @invariant()
    def the_history_ends_with_the_status(self) -> None:
        shown = self.document.history[-1].status
        assert shown is self.document.status or (shown, self.document.status) == (
            Status.PENDING,
            Status.COMPLETING,
        )

    @invariant()
    def only_a_ready_document_and_one_that_was_rejected_after_its_copy_have_a_stored_version(self) -> None:
        ended = self.document.status in (Status.PURGING, Status.PURGED)
        if not ended:
            ready = self.document.effective_status is Status.READY
            reasons = {change.reason for change in self.document.status_changes}
            is_copied = not reasons.isdisjoint({"duplicate", "malware_found"})
            may_be_copied = self.document.effective_status is Status.REJECTED and is_copied
            assert (self.document.stored_version is not None) == ready or may_be_copied

    @invariant()
    def only_a_ready_document_is_an_original(self) -> None:
        is_original = self.originals == 1
        assert is_original == (self.document.content_digest is not None)
        assert not is_original or self.document.status is Status.READY


TestOneDocument = OneDocument.TestCase
