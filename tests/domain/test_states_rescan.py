"""Rescans in the state machine: malware in a document that was ready, or that its owner has deleted since."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.changes import Change, find_change
from functions.domain.codes import Code
from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.duplicates import DuplicatePolicy
from functions.domain.events import (
    AttemptOutcome,
    CopyPurgeCompleted,
    CopyPurgeStarted,
    DeleteRequested,
    Event,
    Ignored,
    PurgeCompleted,
    PurgeStarted,
    RescanCompleted,
    RestoreRequested,
    Transition,
)
from functions.domain.quarantine import QuarantinedVersion
from functions.domain.rescans import RescanVerdict
from functions.domain.states import decide
from functions.domain.steps import StepRecord, StepStatus
from tests.domain.step_examples import a_passed_step, a_render_step, an_end
from tests.examples import NOW, a_processing_document

CLEAN, INCONCLUSIVE, INFECTED = RescanVerdict
LATER = NOW + timedelta(days=90)
UNTIL = LATER + timedelta(days=7)
QUARANTINED = QuarantinedVersion("q1", "cd" * 32, UNTIL)
each_verdict = pytest.mark.parametrize("verdict", RescanVerdict)


def a_rescan(verdict: RescanVerdict = INFECTED, **changes: Any) -> RescanCompleted:
    detail = "Malware was found: A.Worm." if verdict is INFECTED else None
    event = RescanCompleted(step="scan", version="d1", verdict=verdict, detail=detail)
    return replace(event, **changes)


def ready(**changes: Any) -> Document:
    """A ready document whose stored version is `d1`, with a rendition of 30 bytes."""
    steps = (a_passed_step("scan"), a_render_step("thumb"))
    end = an_end(AttemptOutcome.COMPLETED, steps=steps, **changes)
    return change(a_processing_document(size=70), end, now=NOW).after


def deleted() -> Document:
    return change(ready(), DeleteRequested(UNTIL)).after


def change(document: Document, event: Event, now: Any = LATER) -> Transition:
    decision = decide(document, event, now)
    assert isinstance(decision, Transition), decision
    return decision


def test_malware_in_a_ready_document_rejects_it_and_the_record_says_what_was_found() -> None:
    after = change(ready(), a_rescan(quarantined=QUARANTINED)).after
    assert (after.status, after.reason) == (Status.REJECTED, Code.MALWARE_FOUND)
    assert after.history[-1] == HistoryEntry(Status.REJECTED, LATER, Code.MALWARE_FOUND)
    found = StepRecord(
        name="scan",
        status=StepStatus.REJECTED,
        at=LATER,
        attempt=1,
        code=Code.MALWARE_FOUND,
        detail="Malware was found: A.Worm.",
    )
    assert [step for step in after.steps if step.name == "scan"] == [found]
    assert [step.name for step in after.shown_steps if step.status is StepStatus.REJECTED] == ["scan"]
    assert (after.quarantined_version, after.quarantined_sha256, after.quarantined_until) == (
        "q1",
        "cd" * 32,
        UNTIL,
    )
    assert (after.rescanned_at, after.rescan_verdict) == (LATER, INFECTED)


def test_its_bytes_are_released_once_and_no_rendition_is_named() -> None:
    transition = change(ready(), a_rescan())
    assert (transition.reserved_bytes, transition.after.reserved_bytes) == (-100, 0)
    assert transition.after.renditions == ()


def test_subscribers_learn_of_the_rejection() -> None:
    transition = change(ready(), a_rescan())
    assert find_change(transition.before.status, transition.after.status) is Change.REJECTED
    assert transition.after.sequence == transition.before.sequence + 1


def test_an_original_releases_its_digest() -> None:
    original = ready(duplicates=DuplicatePolicy.REPORT)
    transition = change(original, a_rescan())
    assert transition.released_digest == original.content_digest is not None
    assert (transition.after.digest, transition.claimed_digest) == (None, None)


def test_a_duplicate_is_none_any_more() -> None:
    duplicate = ready(duplicates=DuplicatePolicy.REPORT, duplicate_of="another")
    transition = change(duplicate, a_rescan())
    assert (transition.after.duplicate_of, transition.released_digest) == (None, None)


def test_a_purge_is_due_at_once_and_forgets_the_stored_version() -> None:
    rejected = change(ready(), a_rescan()).after
    assert rejected.next_check_at == LATER
    leased = change(rejected, CopyPurgeStarted()).after
    after = change(leased, CopyPurgeCompleted(leased.attempt)).after
    assert (after.status, after.stored_version, after.next_check_at) == (Status.REJECTED, None, None)
    assert after.rescan_verdict is INFECTED


@pytest.mark.parametrize("verdict", [CLEAN, INCONCLUSIVE])
def test_every_other_verdict_is_kept_and_changes_nothing_else(verdict: RescanVerdict) -> None:
    for document in (ready(), deleted()):
        after = change(document, a_rescan(verdict)).after
        assert (after.rescanned_at, after.rescan_verdict) == (LATER, verdict)
        unchanged = {"revision", "updated_at", "rescanned_at", "rescan_verdict"}
        names = [name for name in Document.__slots__ if name not in unchanged]
        assert [getattr(after, name) for name in names] == [getattr(document, name) for name in names]


@each_verdict
def test_a_verdict_on_another_version_says_nothing(verdict: RescanVerdict) -> None:
    for document in (ready(), deleted()):
        for version in ("v1", "d2", ""):
            assert decide(document, a_rescan(verdict, version=version), LATER) is Ignored.STALE_ATTEMPT


@each_verdict
def test_a_document_that_was_never_ready_is_not_judged(verdict: RescanVerdict) -> None:
    duplicate = an_end(AttemptOutcome.COMPLETED, duplicates=DuplicatePolicy.REJECT, duplicate_of="another")
    rejected = change(a_processing_document(), duplicate, now=NOW).after
    assert rejected.stored_version == "d1"
    for document in (a_processing_document(), rejected, change(rejected, DeleteRequested(UNTIL)).after):
        assert decide(document, a_rescan(verdict), LATER) is Ignored.STALE_ATTEMPT


@each_verdict
def test_after_malware_no_verdict_changes_anything(verdict: RescanVerdict) -> None:
    rejected = change(ready(), a_rescan()).after
    assert decide(rejected, a_rescan(verdict), LATER) is Ignored.STALE_ATTEMPT
    condemned = change(deleted(), a_rescan()).after
    assert decide(condemned, a_rescan(verdict), LATER) is Ignored.ALREADY_APPLIED


def test_a_deleted_document_that_is_infected_cannot_be_restored_and_is_purged_at_once() -> None:
    transition = change(deleted(), a_rescan())
    after = transition.after
    assert (after.status, after.purge_after, after.next_check_at) == (Status.DELETED, LATER, LATER)
    assert decide(after, RestoreRequested(), LATER) is Ignored.DEADLINE_EXCEEDED
    assert transition.reserved_bytes == 0
    purging = change(after, PurgeStarted()).after
    purged = change(purging, PurgeCompleted(purging.attempt))
    assert (purged.after.status, purged.reserved_bytes) == (Status.PURGED, -100)
    assert (purged.after.rescanned_at, purged.after.rescan_verdict) == (None, None)


def test_a_restored_document_that_was_found_clean_meanwhile_is_ready() -> None:
    restored = change(change(deleted(), a_rescan(CLEAN)).after, RestoreRequested()).after
    assert (restored.status, restored.rescan_verdict) == (Status.READY, CLEAN)


def test_what_a_run_that_crashed_has_quarantined_is_purged_too() -> None:
    assert not ready().may_be_quarantined
    assert not change(ready(), a_rescan(CLEAN)).after.may_be_quarantined
    assert change(deleted(), a_rescan()).after.may_be_quarantined
