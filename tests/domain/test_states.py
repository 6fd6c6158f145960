"""TRANSITIONS as a whole: every status and event has an answer, every row decides something."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import get_args

from functions.domain.document import OPEN, Document, HistoryEntry, Status
from functions.domain.duplicates import DuplicatePolicy
from functions.domain.effects import LEASE
from functions.domain.events import (
    AbortRequested,
    AttemptOutcome,
    ClaimRequested,
    ClaimTimePassed,
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
    UpdateRequested,
    UploadUrlsSigned,
)
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.rescans import RescanVerdict
from functions.domain.states import ANY, AT_REST, TRANSITIONS, decide, find_row
from tests.domain.step_examples import a_passed_step, a_render_step, a_waiting_step, an_end
from tests.examples import NOW, a_document

WEEK = timedelta(weeks=1)
TIMES = (NOW, NOW + 2 * WEEK)
EVENTS: tuple[Event, ...] = (
    *(ObjectArrived(version) for version in ("v1", "v2")),
    *(ObjectMissing(version) for version in ("v1", "v2")),
    *(an_end(outcome, attempt) for outcome, attempt in product(AttemptOutcome, (1, 2))),
    *(
        an_end(outcome, steps=(a_render_step("thumb", size=30),))
        for outcome in (AttemptOutcome.COMPLETED, AttemptOutcome.SUSPENDED)
    ),
    *(
        an_end(AttemptOutcome.COMPLETED, duplicates=policy, duplicate_of="another")
        for policy in DuplicatePolicy
    ),
    *(
        ResultArrived("check", version, attempt, has_facts)
        for version, attempt, has_facts in product(("v1", "v2"), (1, 2), (False, True))
    ),
    *(
        StepReported(
            step="check",
            version=version,
            attempt=attempt,
            detail="Half done.",
            resume_at=NOW + WEEK,
            keeps_token=True,
        )
        for version, attempt in product(("v1", "v2"), (1, 2))
    ),
    *(
        RescanCompleted(step="scan", version=version, verdict=verdict)
        for version, verdict in product(("d1", "d2"), RescanVerdict)
    ),
    *(CompleteFailed(attempt) for attempt in (1, 2)),
    *(PurgeCompleted(attempt) for attempt in (1, 2)),
    *(CopyPurgeCompleted(attempt) for attempt in (1, 2)),
    *(event(NOW + by) for event in (UploadUrlsSigned, PartsFound) for by in (timedelta(0), 3 * WEEK)),
    *(ClaimRequested(), ClaimTimePassed()),
    *(AbortRequested(), CompleteRequested(), DeadlinePassed(), DeleteRequested(NOW + WEEK)),
    *(RedriveRequested(), RestoreRequested(), RetentionPassed(), PurgeStarted(), CopyPurgeStarted()),
    *(
        UpdateRequested(revisions=frozenset(revisions), file_name="cat.png", title=title, metadata={})
        for revisions, title in product(((1, 3), ()), ("A cat", "A dog"))
    ),
)


def documents() -> Iterator[Document]:
    """A document in each status, with and without a lease, attempts left, a reason, and a step; deleted ones for each former status."""
    leases = (None, NOW + LEASE, NOW + 3 * WEEK)
    statuses = [(status, Status.READY) for status in Status]
    statuses += [(Status.DELETED, former) for former in AT_REST]
    steps = ((), (a_waiting_step(resume_at=NOW + WEEK),), (a_passed_step(),))
    for (status, former), lease, failures, reason, ran in product(
        statuses, leases, (1, MAX_ATTEMPTS), (None, "attempts_exhausted"), steps
    ):
        history = tuple(HistoryEntry(each, NOW, reason) for each in (Status.PENDING, former, status))
        yield a_document(
            status=status,
            lease_until=lease,
            failures=failures,
            reason=reason,
            history=history,
            staged_version="v1",
            attempt=1,
            purge_after=NOW + WEEK,
            bytes_expire_at=NOW + WEEK,
            size=100,
            steps=ran,
        )
    for claimed_at in (None, NOW):
        yield a_document(status=Status.READY, claim_by=NOW + WEEK, claimed_at=claimed_at, size=100)
    for lease in leases:
        yield a_document(
            status=Status.REJECTED,
            stored_version="d1",
            lease_until=lease,
            attempt=1,
            reserved_bytes=0,
            size=100,
        )
    for statuses_of_stored in ((Status.READY,), (Status.READY, Status.DELETED)):
        yield a_document(
            status=statuses_of_stored[-1],
            stored_version="d1",
            history=tuple(HistoryEntry(each, NOW) for each in (Status.PENDING, *statuses_of_stored)),
            attempt=1,
            purge_after=NOW + WEEK,
            size=100,
        )


def cases() -> Iterator[tuple[Document, Event, datetime]]:
    return product(documents(), EVENTS, TIMES)


def test_the_samples_hold_every_event() -> None:
    assert {type(event) for event in EVENTS} == set(get_args(Event))


def test_the_last_row_of_each_event_holds_for_every_status() -> None:
    for event in get_args(Event):
        last = [row for row in TRANSITIONS if row.event is event][-1]
        assert (last.states, last.guard) == (ANY, None), event


def test_every_row_decides_something() -> None:
    deciding = {id(find_row(document, event, now)) for document, event, now in cases()}
    assert [row for row in TRANSITIONS if id(row) not in deciding] == []


def test_a_decision_is_what_its_row_says() -> None:
    for document, event, now in cases():
        row, decision = find_row(document, event, now), decide(document, event, now)
        if isinstance(decision, Ignored):
            assert decision is row.next
        else:
            assert decision.after.status is (row.next or document.status)


def test_every_transition_makes_the_next_revision_and_keeps_the_history() -> None:
    for document, event, now in cases():
        decision = decide(document, event, now)
        if isinstance(decision, Transition):
            after = decision.after
            assert (after.revision, after.updated_at) == (document.revision + 1, now)
            statuses = [entry.status for entry in after.history]
            assert statuses[: len(document.history)] == [entry.status for entry in document.history]


def test_an_upload_is_open_until_its_bytes_arrive_or_it_ends() -> None:
    closing = (ObjectArrived, ResultArrived, AbortRequested, DeadlinePassed)
    for document, event, now in cases():
        decision = decide(document, event, now)
        if isinstance(decision, Transition):
            is_closed = document.status in OPEN and isinstance(event, closing)
            assert decision.open_uploads == (-1 if is_closed else 0), (document.status, event)


def test_reserved_bytes_are_those_of_the_original_and_of_its_renditions_or_none() -> None:
    for document, event, now in cases():
        decision = decide(document, event, now)
        if isinstance(decision, Transition):
            assert decision.reserved_bytes == decision.after.reserved_bytes - document.reserved_bytes
            assert decision.after.reserved_bytes in (0, 100 + sum(r.size for r in decision.after.renditions))
