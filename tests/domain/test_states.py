"""TRANSITIONS as a whole: every status and event has an answer, every row decides something."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from typing import get_args

from functions.domain.document import Document, HistoryEntry, Status
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
from functions.domain.guards import EXHAUSTED, MAX_ATTEMPTS
from functions.domain.states import ANY, AT_REST, TRANSITIONS, decide, find_row
from tests.examples import NOW, a_document

WEEK = timedelta(weeks=1)
TIMES = (NOW, NOW + 2 * WEEK)
EVENTS: tuple[Event, ...] = (
    *(ObjectArrived(version) for version in ("v1", "v2")),
    *(ObjectMissing(version) for version in ("v1", "v2")),
    *(InspectionFailed(attempt, "type_mismatch", "image/gif") for attempt in (1, 2)),
    *(Promoted(attempt, "image/png", "ab" * 32, "d1") for attempt in (1, 2)),
    *(CopyStarted(attempt, "copy-1") for attempt in (1, 2)),
    *(CopyPaused(attempt) for attempt in (1, 2)),
    *(AttemptFailed(attempt) for attempt in (1, 2)),
    *(CompleteFailed(attempt) for attempt in (1, 2)),
    *(PurgeCompleted(attempt) for attempt in (1, 2)),
    *(PartUrlsSigned(NOW + by) for by in (timedelta(0), 3 * WEEK)),
    *(AbortRequested(), CompleteRequested(), DeadlinePassed(), DeleteRequested(NOW + WEEK)),
    *(RedriveRequested(), RestoreRequested(), PurgeStarted()),
)


def documents() -> Iterator[Document]:
    """A document in each status, with and without a lease, attempts left, and a reason; deleted ones for each former status."""
    leases = (None, NOW + LEASE, NOW + 3 * WEEK)
    statuses = [(status, Status.READY) for status in Status]
    statuses += [(Status.DELETED, former) for former in AT_REST]
    for (status, former), lease, failures, reason in product(
        statuses, leases, (1, MAX_ATTEMPTS), (None, EXHAUSTED)
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
            reserved_bytes=100,
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


def test_only_the_end_of_an_upload_or_a_redrive_changes_the_open_uploads() -> None:
    for document, event, now in cases():
        decision = decide(document, event, now)
        if isinstance(decision, Transition) and decision.open_uploads:
            ended = document.is_in_progress and not decision.after.is_in_progress
            assert decision.open_uploads == (-1 if ended else 1)
            assert ended or isinstance(event, RedriveRequested)


def test_reserved_bytes_are_released_whole_and_never_reserved_again() -> None:
    for document, event, now in cases():
        decision = decide(document, event, now)
        if isinstance(decision, Transition):
            assert decision.reserved_bytes in (0, -document.reserved_bytes)
