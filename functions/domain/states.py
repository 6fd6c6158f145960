"""The state machine as data: TRANSITIONS, and `decide`, which runs it. No other code changes a status.

The arrival of the bytes and the start of the first attempt are one write, because two would cost twice and nothing waits
between them. An attempt has a lease and a number. A later attempt has a higher number, and results of a stale attempt are
ignored. `docs/states.md` draws the table.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from functions.domain import effects, guards
from functions.domain.changes import find_change
from functions.domain.document import IN_PROGRESS, OPEN, Document, HistoryEntry, Status
from functions.domain.effects import Effect
from functions.domain.events import (
    AbortRequested,
    AttemptEnded,
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
from functions.domain.guards import Guard, ended, was

MAX_HISTORY = 50
"""Maximum number of history entries; older entries are dropped, changes of details before changes of status."""

PENDING, COMPLETING, PROCESSING = Status.PENDING, Status.COMPLETING, Status.PROCESSING
READY, REJECTED, FAILED = Status.READY, Status.REJECTED, Status.FAILED
EXPIRED, ABORTED = Status.EXPIRED, Status.ABORTED
DELETED, PURGING, PURGED = Status.DELETED, Status.PURGING, Status.PURGED

ANY = frozenset(Status)
AT_REST = frozenset({READY, REJECTED, EXPIRED, ABORTED, FAILED})
NOT_DELETED = IN_PROGRESS | AT_REST
STORED = frozenset({READY, DELETED})
NOT_KEPT = frozenset({REJECTED, EXPIRED})
_NOT_IN_HISTORY = frozenset({PENDING, COMPLETING})
"""Statuses whose start adds no history entry: `create` writes the first one, and clients see `completing` as `processing`."""


@dataclass(frozen=True, slots=True)
class Row:
    """One transition, or the reason why there is none: in one of `states`, on `event`, if `guard` holds, go to `next`.

    `next` is None when the status stays and only the fields of `effects` change. It is an Ignored when nothing changes.
    """

    states: frozenset[Status]
    event: type[Event]
    guard: Guard | None
    next: Status | Ignored | None
    effects: tuple[Effect, ...] = ()


def _row(
    states: Status | frozenset[Status],
    event: type[Event],
    next: Status | Ignored | None,
    *effects: Effect,
    when: Guard | None = None,
) -> Row:
    return Row(states if isinstance(states, frozenset) else frozenset({states}), event, when, next, effects)


TRANSITIONS: tuple[Row, ...] = (
    # The bytes arrive.
    _row(OPEN, ObjectArrived, PROCESSING, effects.lease_first_attempt, effects.set_file),
    _row(ANY, ObjectArrived, Ignored.ORPHANED_VERSION, when=guards.is_other_version),
    _row(PROCESSING, ObjectArrived, Ignored.LEASED, when=guards.is_leased),
    _row(PROCESSING, ObjectArrived, Ignored.WAITING, when=guards.is_waiting),
    _row(PROCESSING, ObjectArrived, FAILED, effects.fail, when=guards.is_out_of_attempts),
    _row(PROCESSING, ObjectArrived, None, effects.lease_next_attempt),
    _row(FAILED, ObjectArrived, Ignored.ALREADY_APPLIED),
    _row(DELETED, ObjectArrived, Ignored.ALREADY_APPLIED, when=was(FAILED)),
    _row(ANY, ObjectArrived, Ignored.ORPHANED_VERSION),
    # The staged version is gone. Nothing of ours deletes bytes of an attempt, so no later attempt finds them either.
    _row(PROCESSING, ObjectMissing, Ignored.ALREADY_APPLIED, when=guards.is_other_version),
    _row(PROCESSING, ObjectMissing, Ignored.LEASED, when=guards.is_leased),
    _row(PROCESSING, ObjectMissing, FAILED, effects.release_bytes, effects.set_object_gone),
    _row(ANY, ObjectMissing, Ignored.ALREADY_APPLIED),
    # A run of the pipeline ends.
    _row(PROCESSING, AttemptEnded, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt),
    _row(PROCESSING, AttemptEnded, REJECTED, effects.reject_duplicate, when=guards.is_rejected_duplicate),
    _row(PROCESSING, AttemptEnded, READY, effects.complete, when=ended(AttemptOutcome.COMPLETED)),
    _row(PROCESSING, AttemptEnded, REJECTED, effects.reject, when=ended(AttemptOutcome.REJECTED)),
    _row(PROCESSING, AttemptEnded, None, effects.suspend, when=ended(AttemptOutcome.SUSPENDED)),
    _row(PROCESSING, AttemptEnded, FAILED, effects.fail, when=ended(AttemptOutcome.TIMED_OUT)),
    _row(PROCESSING, AttemptEnded, None, effects.uncount_attempt, when=ended(AttemptOutcome.UNAVAILABLE)),
    _row(PROCESSING, AttemptEnded, FAILED, effects.fail, when=guards.is_out_of_attempts),
    _row(PROCESSING, AttemptEnded, None, effects.end_lease),
    _row(ANY, AttemptEnded, Ignored.STALE_ATTEMPT),
    # The worker of a step sends a result. A verdict on the bytes alone may come before S3's event.
    _row(OPEN, ResultArrived, Ignored.STALE_ATTEMPT, when=guards.is_stale_result),
    _row(OPEN, ResultArrived, PROCESSING, effects.lease_first_attempt, effects.set_file),
    _row(ANY, ResultArrived, Ignored.STALE_ATTEMPT, when=guards.is_other_version),
    _row(PROCESSING, ResultArrived, Ignored.ALREADY_APPLIED, when=guards.has_ended),
    _row(PROCESSING, ResultArrived, Ignored.LEASED, when=guards.is_leased),
    _row(PROCESSING, ResultArrived, Ignored.STALE_ATTEMPT, when=guards.is_stale_result),
    _row(PROCESSING, ResultArrived, FAILED, effects.fail, when=guards.is_out_of_attempts),
    _row(PROCESSING, ResultArrived, None, effects.lease_next_attempt),
    _row(ANY, ResultArrived, Ignored.STALE_ATTEMPT),
    _row(PROCESSING, StepReported, Ignored.STALE_ATTEMPT, when=guards.is_stale_report),
    _row(PROCESSING, StepReported, None, effects.set_report),
    _row(ANY, StepReported, Ignored.STALE_ATTEMPT),
    # A scanner has looked again into the stored version. A deleted document that is infected cannot be restored any more.
    _row(STORED, RescanCompleted, Ignored.STALE_ATTEMPT, when=guards.is_not_stored),
    _row(
        READY, RescanCompleted, REJECTED, effects.set_rescan, effects.reject_stored, when=guards.is_infected
    ),
    _row(DELETED, RescanCompleted, Ignored.ALREADY_APPLIED, when=guards.is_past_purge),
    _row(DELETED, RescanCompleted, None, effects.set_rescan, effects.purge_now, when=guards.is_infected),
    _row(STORED, RescanCompleted, None, effects.set_rescan),
    _row(ANY, RescanCompleted, Ignored.STALE_ATTEMPT),
    # An operator redrives. Without a lease the document is due at once, so a sweep republishes what a crash has lost.
    _row(PROCESSING, RedriveRequested, Ignored.ALREADY_APPLIED),
    _row(FAILED, RedriveRequested, Ignored.WRONG_STATE, when=guards.is_final_failure),
    _row(FAILED, RedriveRequested, Ignored.LEASED, when=guards.is_leased),
    _row(FAILED, RedriveRequested, PROCESSING, effects.restart_steps),
    _row(ANY, RedriveRequested, Ignored.WRONG_STATE),
    # The bytes of a failed document expire, if the deployment sets an end. The purge then releases the reservation.
    _row(FAILED, RetentionPassed, Ignored.WRONG_STATE, when=guards.is_before_expiry),
    _row(FAILED, RetentionPassed, DELETED, effects.purge_now),
    _row(ANY, RetentionPassed, Ignored.WRONG_STATE),
    # The upload before its bytes have arrived.
    _row(PENDING, UploadUrlsSigned, Ignored.DEADLINE_EXCEEDED, when=guards.is_past_deadline),
    _row(PENDING, UploadUrlsSigned, Ignored.ALREADY_APPLIED, when=guards.is_no_extension),
    _row(PENDING, UploadUrlsSigned, None, effects.extend_deadline),
    _row(ANY, UploadUrlsSigned, Ignored.WRONG_STATE),
    # A part of an upload has arrived, perhaps before a deadline that has passed by now.
    _row(OPEN, PartsFound, Ignored.ALREADY_APPLIED, when=guards.is_no_extension),
    _row(OPEN, PartsFound, None, effects.extend_deadline),
    _row(ANY, PartsFound, Ignored.WRONG_STATE),
    _row(frozenset({PROCESSING, READY, REJECTED, FAILED}), CompleteRequested, Ignored.ALREADY_APPLIED),
    _row(OPEN, CompleteRequested, Ignored.LEASED, when=guards.is_leased),
    _row(OPEN, CompleteRequested, Ignored.DEADLINE_EXCEEDED, when=guards.is_past_deadline),
    _row(OPEN, CompleteRequested, COMPLETING, effects.lease_completion),
    _row(ANY, CompleteRequested, Ignored.WRONG_STATE),
    _row(COMPLETING, CompleteFailed, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt),
    _row(COMPLETING, CompleteFailed, PENDING, effects.end_lease),
    _row(ANY, CompleteFailed, Ignored.STALE_ATTEMPT),
    _row(PENDING, AbortRequested, ABORTED, effects.release_bytes),
    _row(ABORTED, AbortRequested, Ignored.ALREADY_APPLIED),
    _row(ANY, AbortRequested, Ignored.WRONG_STATE),
    _row(OPEN, DeadlinePassed, Ignored.WRONG_STATE, when=guards.is_before_deadline),
    _row(OPEN, DeadlinePassed, Ignored.LEASED, when=guards.is_leased),
    _row(OPEN, DeadlinePassed, EXPIRED, effects.release_bytes),
    _row(EXPIRED, DeadlinePassed, Ignored.ALREADY_APPLIED),
    _row(ANY, DeadlinePassed, Ignored.WRONG_STATE),
    # A document of a kind that wants it is claimed, or expires with its bytes. Whichever is written first holds.
    _row(READY, ClaimRequested, Ignored.ALREADY_APPLIED, when=guards.is_claimed),
    _row(READY, ClaimRequested, Ignored.WRONG_STATE, when=guards.needs_no_claim),
    _row(READY, ClaimRequested, Ignored.DEADLINE_EXCEEDED, when=guards.is_past_claim_end),
    _row(READY, ClaimRequested, None, effects.set_claim),
    _row(ANY, ClaimRequested, Ignored.WRONG_STATE),
    _row(READY, ClaimTimePassed, Ignored.WRONG_STATE, when=guards.needs_no_claim),
    _row(READY, ClaimTimePassed, Ignored.WRONG_STATE, when=guards.is_before_claim_end),
    _row(READY, ClaimTimePassed, EXPIRED, effects.expire_unclaimed),
    _row(ANY, ClaimTimePassed, Ignored.WRONG_STATE),
    # Delete, restore, purge. The bytes count against the quota until the purge, because they are stored until then.
    _row(AT_REST, DeleteRequested, DELETED, effects.set_purge_time),
    _row(frozenset({DELETED, PURGING, PURGED}), DeleteRequested, Ignored.ALREADY_APPLIED),
    _row(ANY, DeleteRequested, Ignored.WRONG_STATE),
    _row(AT_REST, RestoreRequested, Ignored.ALREADY_APPLIED),
    _row(DELETED, RestoreRequested, Ignored.DEADLINE_EXCEEDED, when=guards.is_past_purge),
    *(
        _row(DELETED, RestoreRequested, status, effects.cancel_purge, when=was(status))
        for status in sorted(AT_REST)
    ),
    _row(ANY, RestoreRequested, Ignored.WRONG_STATE),
    # The owner changes file name, title or metadata. The status and the attempt stay, so nothing in progress notices.
    _row(NOT_DELETED, UpdateRequested, Ignored.ALREADY_APPLIED, when=guards.has_same_details),
    _row(NOT_DELETED, UpdateRequested, Ignored.STALE_REVISION, when=guards.is_stale_revision),
    _row(NOT_DELETED, UpdateRequested, None, effects.set_details),
    _row(ANY, UpdateRequested, Ignored.WRONG_STATE),
    _row(DELETED, PurgeStarted, Ignored.WRONG_STATE, when=guards.is_before_purge),
    _row(DELETED, PurgeStarted, PURGING, effects.lease_purge),
    _row(PURGING, PurgeStarted, Ignored.LEASED, when=guards.is_leased),
    _row(PURGING, PurgeStarted, None, effects.lease_purge),
    _row(PURGED, PurgeStarted, Ignored.ALREADY_APPLIED),
    _row(ANY, PurgeStarted, Ignored.WRONG_STATE),
    _row(PURGING, PurgeCompleted, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt),
    _row(PURGING, PurgeCompleted, PURGED, effects.erase_content),
    _row(ANY, PurgeCompleted, Ignored.STALE_ATTEMPT),
    # A purge deletes the copies of a failed document. Its lease holds off a redrive, which might name one of them.
    _row(FAILED, CopyPurgeStarted, Ignored.LEASED, when=guards.is_leased),
    _row(FAILED, CopyPurgeStarted, None, effects.lease_purge),
    # So it does with the copy of a rejected duplicate, with what a rescan has rejected, and with what nobody has claimed.
    _row(NOT_KEPT, CopyPurgeStarted, Ignored.ALREADY_APPLIED, when=guards.has_no_copy),
    _row(NOT_KEPT, CopyPurgeStarted, Ignored.LEASED, when=guards.is_leased),
    _row(NOT_KEPT, CopyPurgeStarted, None, effects.lease_purge),
    _row(ANY, CopyPurgeStarted, Ignored.WRONG_STATE),
    _row(FAILED, CopyPurgeCompleted, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt),
    _row(FAILED, CopyPurgeCompleted, None, effects.end_lease),
    _row(NOT_KEPT, CopyPurgeCompleted, Ignored.STALE_ATTEMPT, when=guards.is_stale_attempt),
    _row(NOT_KEPT, CopyPurgeCompleted, None, effects.forget_copy),
    _row(ANY, CopyPurgeCompleted, Ignored.STALE_ATTEMPT),
)
"""The first row that matches decides. The last row of each event has no guard and holds for every status."""

_BY_EVENT: dict[type[Event], list[Row]] = {}
for _each in TRANSITIONS:
    _BY_EVENT.setdefault(_each.event, []).append(_each)


def decide(document: Document, event: Event, now: datetime) -> Transition | Ignored:
    """Returns the transition that `event` causes, or the reason why it changes nothing."""
    row = find_row(document, event, now)
    if isinstance(row.next, Ignored):
        return row.next
    changes: dict[str, Any] = {}
    for effect in row.effects:
        changes |= effect(document, event, now)
    if row.next is not None:
        changes = _change_status(document, row.next, now, changes, actor=getattr(event, "actor", None))
    if "history" in changes:
        changes["history"] = _limit_history(changes["history"])
    status = changes.get("status", document.status)
    sequence = document.sequence + (find_change(document.status, status) is not None)
    revision = document.revision + 1
    after = replace(document, revision=revision, sequence=sequence, updated_at=now, **changes)
    return Transition(document, after)


def find_row(document: Document, event: Event, now: datetime) -> Row:
    """Returns the first row of TRANSITIONS that matches."""
    return next(
        row
        for row in _BY_EVENT[type(event)]
        if document.status in row.states and (row.guard is None or row.guard(document, event, now))
    )


def _change_status(
    document: Document, status: Status, now: datetime, changes: dict[str, Any], actor: str | None
) -> dict[str, Any]:
    if status in _NOT_IN_HISTORY:
        return changes | {"status": status}
    reason = changes.get("reason")
    history = changes.get("history", document.history)
    entry = HistoryEntry(status, now, reason, actor=actor)
    return changes | {"status": status, "reason": reason, "history": (*history, entry)}


def _limit_history(history: tuple[HistoryEntry, ...]) -> tuple[HistoryEntry, ...]:
    """Drops an entry that exceeds MAX_HISTORY. Changes of status stay longer, because other code reads them."""
    if len(history) <= MAX_HISTORY:
        return history
    oldest = next((number for number, entry in enumerate(history) if entry.changed), 0)
    return history[:oldest] + history[oldest + 1 :]
