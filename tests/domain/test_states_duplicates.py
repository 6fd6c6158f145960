"""Duplicates in the state machine: which document is the original, and what becomes of the others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.duplicates import ContentDigest, DuplicatePolicy
from functions.domain.effects import PURGE_LEASE
from functions.domain.events import (
    AttemptEnded,
    AttemptOutcome,
    CopyPurgeCompleted,
    CopyPurgeStarted,
    DeleteRequested,
    Event,
    Ignored,
    PurgeCompleted,
    PurgeStarted,
    RestoreRequested,
    Transition,
)
from functions.domain.states import decide
from tests.domain.step_examples import SHA256, an_end
from tests.examples import NOW, OWNER, a_processing_document

KEEP, REPORT, REJECT = DuplicatePolicy
LOOKING = pytest.mark.parametrize("policy", [REPORT, REJECT])
WEEK = timedelta(weeks=1)


def change(document: Document, *events: Event) -> Transition:
    """Applies the events, none of which may be ignored, and returns the last transition."""
    transitions = []
    for event in events:
        decision = decide(document, event, NOW + (WEEK if isinstance(event, PurgeStarted) else timedelta()))
        assert isinstance(decision, Transition), decision
        transitions.append(decision)
        document = decision.after
    return transitions[-1]


def a_completed_attempt(
    policy: DuplicatePolicy, duplicate_of: str | None = None, **changes: object
) -> AttemptEnded:
    ended = an_end(AttemptOutcome.COMPLETED, duplicates=policy, duplicate_of=duplicate_of)
    return replace(ended, **changes)  # type: ignore[arg-type]


def ready(policy: DuplicatePolicy, duplicate_of: str | None = None) -> Document:
    return change(a_processing_document(), a_completed_attempt(policy, duplicate_of)).after


@LOOKING
def test_a_ready_document_becomes_the_original_of_its_bytes(policy: DuplicatePolicy) -> None:
    transition = change(a_processing_document(size=70), a_completed_attempt(policy))
    assert transition.claimed_digest == ContentDigest(OWNER, "image", SHA256, 70)
    assert transition.released_digest is None
    assert (transition.after.status, transition.after.duplicate_of) == (Status.READY, None)


def test_a_kind_that_keeps_duplicates_has_no_original() -> None:
    transition = change(a_processing_document(), a_completed_attempt(KEEP))
    assert (transition.claimed_digest, transition.after.digest) == (None, None)
    assert change(transition.after, DeleteRequested(NOW)).released_digest is None


@LOOKING
def test_a_file_without_a_sha256_is_never_a_duplicate(policy: DuplicatePolicy) -> None:
    assert change(a_processing_document(), a_completed_attempt(policy, sha256=None)).claimed_digest is None


@LOOKING
def test_a_declared_sha256_counts_where_only_renditions_are_kept(policy: DuplicatePolicy) -> None:
    document = a_processing_document(declared_sha256="cd" * 32)
    claimed = change(document, a_completed_attempt(policy, sha256=None, stored_version=None)).claimed_digest
    assert claimed is not None
    assert claimed.sha256 == "cd" * 32


def test_a_reported_duplicate_is_ready_and_names_the_original() -> None:
    transition = change(a_processing_document(), a_completed_attempt(REPORT, "another"))
    assert (transition.after.status, transition.after.duplicate_of) == (Status.READY, "another")
    assert transition.claimed_digest is None
    assert transition.after.stored_version == "d1"


def test_a_rejected_duplicate_keeps_nothing_but_the_copy_that_a_purge_deletes() -> None:
    after = change(a_processing_document(), a_completed_attempt(REJECT, "another")).after
    assert (after.status, after.reason, after.duplicate_of) == (Status.REJECTED, Code.DUPLICATE, "another")
    assert after.reserved_bytes == 0
    assert after.content_digest is None
    assert after.next_check_at == NOW
    leased = change(after, CopyPurgeStarted()).after
    assert leased.next_check_at == NOW + PURGE_LEASE
    assert decide(leased, CopyPurgeStarted(), NOW) is Ignored.LEASED
    assert decide(leased, CopyPurgeCompleted(leased.attempt - 1), NOW) is Ignored.STALE_ATTEMPT
    purged = change(leased, CopyPurgeCompleted(leased.attempt)).after
    assert (purged.stored_version, purged.lease_until, purged.next_check_at) == (None, None, None)
    assert decide(purged, CopyPurgeStarted(), NOW) is Ignored.ALREADY_APPLIED


def test_the_steps_of_a_rejected_duplicate_have_passed() -> None:
    after = change(a_processing_document(), a_completed_attempt(REJECT, "another")).after
    assert [(step.name, step.status) for step in after.shown_steps] == [
        ("size", "passed"),
        ("type", "passed"),
    ]


@LOOKING
def test_a_delete_releases_the_bytes_and_a_restore_claims_them_again(policy: DuplicatePolicy) -> None:
    original = ready(policy)
    deleted = change(original, DeleteRequested(NOW + WEEK))
    assert deleted.released_digest == original.content_digest
    assert deleted.claimed_digest is None
    assert change(deleted.after, RestoreRequested()).claimed_digest == original.content_digest


@LOOKING
def test_a_restored_document_whose_bytes_came_again_is_a_duplicate(policy: DuplicatePolicy) -> None:
    deleted = change(ready(policy), DeleteRequested(NOW + WEEK)).after
    restored = change(deleted, RestoreRequested(duplicate_of="another"))
    assert (restored.after.status, restored.after.duplicate_of) == (Status.READY, "another")
    assert restored.claimed_digest is None
    assert change(restored.after, DeleteRequested(NOW + WEEK)).released_digest is None


def test_a_restored_duplicate_becomes_the_original_if_there_is_none_any_more() -> None:
    deleted = change(ready(REPORT, "another"), DeleteRequested(NOW + WEEK)).after
    restored = change(deleted, RestoreRequested())
    assert restored.after.duplicate_of is None
    assert restored.claimed_digest is not None


def test_a_restored_rejected_duplicate_still_names_the_original() -> None:
    rejected = change(a_processing_document(), a_completed_attempt(REJECT, "another")).after
    restored = change(rejected, DeleteRequested(NOW + WEEK), RestoreRequested()).after
    assert (restored.status, restored.reason, restored.duplicate_of) == (
        Status.REJECTED,
        "duplicate",
        "another",
    )
    assert restored.next_check_at == NOW


def test_a_purge_forgets_the_digest_and_the_original() -> None:
    deleted = change(ready(REPORT, "another"), DeleteRequested(NOW)).after
    purging = change(deleted, PurgeStarted()).after
    purged = change(purging, PurgeCompleted(purging.attempt)).after
    assert (purged.digest, purged.duplicate_of) == (None, None)
