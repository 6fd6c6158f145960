"""Sweeps: abandoned uploads, crashed attempts, purges, stray copies and redrives. Everything else stays as it is."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.document import Method, Status
from functions.domain.effects import COMPLETE_LEASE, LEASE, PURGE_LEASE
from functions.domain.errors import Unavailable
from functions.domain.events import (
    AbortRequested,
    CompleteRequested,
    DeleteRequested,
    ObjectArrived,
    PurgeCompleted,
    PurgeStarted,
    Transition,
)
from functions.domain.keys import documents_key, staging_key
from functions.domain.quota import Usage
from functions.domain.repository import DUE_SHARDS, DueEntry
from functions.domain.retention import GRACE
from functions.domain.states import decide
from functions.services.sweeps.service import STAGING_COMPLETED
from tests.examples import NOW, OWNER, PNG, an_id
from tests.fakes import InMemoryDocuments
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points
from tests.repository_steps import a_completed_attempt
from tests.services.sweep_scenario import DAY, SECOND, STAGED, SweepScenario


@pytest.fixture
def scenario() -> SweepScenario:
    return SweepScenario()


def test_a_sweep_of_a_consistent_system_changes_nothing(scenario: SweepScenario) -> None:
    scenario.expect()
    scenario.apply(ObjectArrived(scenario.put()))
    scenario.apply(a_completed_attempt(stored_version=scenario.put(documents_key(OWNER, an_id()))))
    scenario.expect(id=an_id(1))
    scenario.expect(
        id=an_id(2), method=Method.MULTIPART, upload_id=scenario.begin(staging_key(OWNER, an_id(2)))
    )
    scenario.clock.advance(timedelta(minutes=10))
    assert scenario.sweep_service().sweep(lambda: False) == Counter({STAGING_COMPLETED: 1})
    assert len(scenario.s3.open) == 1
    assert len(scenario.objects.keys) == 2


def test_a_document_without_bytes_expires_and_releases_its_reservation(scenario: SweepScenario) -> None:
    scenario.expect()
    scenario.clock.advance(DAY + SECOND)
    assert scenario.sweep() == Counter(expired=1)
    assert scenario.document.status is Status.EXPIRED
    assert scenario.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PNG))


def test_a_multipart_upload_that_was_never_completed_expires_with_its_parts(scenario: SweepScenario) -> None:
    scenario.expect(method=Method.MULTIPART, upload_id=scenario.begin())
    scenario.clock.advance(DAY + SECOND)
    assert scenario.sweep() == Counter(expired=1)
    assert not scenario.s3.open


def test_the_first_of_two_versions_is_republished(scenario: SweepScenario) -> None:
    scenario.expect()
    first = scenario.put()
    scenario.clock.advance(SECOND)
    scenario.put()
    scenario.inventory.came[first] = NOW
    scenario.clock.advance(DAY + SECOND)
    scenario.sweep()
    assert scenario.queues.events == [(STAGED, first)]


def test_a_lost_event_of_a_completed_upload_is_republished(scenario: SweepScenario) -> None:
    scenario.expect(method=Method.MULTIPART, upload_id="u1", part_size=len(PNG))
    scenario.apply(CompleteRequested())
    version = scenario.put()
    scenario.clock.advance(COMPLETE_LEASE + SECOND)
    assert scenario.sweep() == Counter(event_republished=1)
    assert scenario.queues.events == [(STAGED, version)]


def test_an_upload_whose_complete_crashed_is_reopened_until_the_deadline(scenario: SweepScenario) -> None:
    scenario.expect(method=Method.MULTIPART, upload_id=scenario.begin(), part_size=len(PNG))
    scenario.apply(CompleteRequested())
    scenario.clock.advance(COMPLETE_LEASE + SECOND)
    assert scenario.sweep() == Counter(reopened=1)
    assert (scenario.document.status, len(scenario.s3.open)) == (Status.PENDING, 1)
    assert scenario.sweep() == Counter()
    scenario.clock.advance(DAY)
    assert scenario.sweep()["expired"] == 1
    assert scenario.document.status is Status.EXPIRED


def test_a_crashed_attempt_is_republished_after_its_lease(scenario: SweepScenario) -> None:
    scenario.expect()
    version = scenario.put()
    scenario.apply(ObjectArrived(version))
    scenario.clock.advance(LEASE - SECOND)
    assert scenario.sweep() == Counter()
    scenario.clock.advance(2 * SECOND)
    assert scenario.sweep() == Counter(attempt_republished=1)
    assert scenario.queues.events == [(STAGED, version)]


def test_an_attempt_is_republished_once_per_sweep(scenario: SweepScenario) -> None:
    """Both the index of due records and the listing of staging find it."""
    scenario.expect()
    version = scenario.put()
    scenario.apply(ObjectArrived(version))
    scenario.clock.advance(LEASE + GRACE)
    assert scenario.sweep() == Counter(attempt_republished=1)
    assert scenario.queues.events == [(STAGED, version)]


def test_an_orphaned_multipart_upload_is_aborted_after_an_hour(scenario: SweepScenario) -> None:
    scenario.expect(method=Method.MULTIPART, upload_id=scenario.begin())
    another = scenario.begin()
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep() == Counter(aborted_upload=1)
    assert list(scenario.s3.open) == [scenario.document.upload_id]
    assert another not in scenario.s3.open


def test_a_purge_is_enqueued_until_it_is_done(scenario: SweepScenario) -> None:
    scenario.expect()
    scenario.apply(AbortRequested())
    scenario.apply(DeleteRequested(scenario.clock() + DAY))
    scenario.clock.advance(DAY)
    assert scenario.sweep() == Counter()
    scenario.clock.advance(SECOND)
    assert scenario.sweep() == Counter(purge_enqueued=1)
    scenario.apply(PurgeStarted())
    assert scenario.sweep() == Counter()
    scenario.clock.advance(PURGE_LEASE + SECOND)
    assert scenario.sweep() == Counter(purge_enqueued=1)
    scenario.apply(PurgeCompleted(1))
    scenario.clock.advance(DAY)
    assert scenario.sweep() == Counter()
    assert scenario.queues.purge_tasks == [(OWNER, an_id())] * 2


def test_an_object_without_a_record_is_reported_once_and_never_deleted(scenario: SweepScenario) -> None:
    scenario.expect()
    scenario.apply(ObjectArrived("v1"))
    stored = scenario.put(documents_key(OWNER, an_id()))
    scenario.apply(a_completed_attempt(stored_version=stored))
    stray = {scenario.put(documents_key(OWNER, an_id())), scenario.put(documents_key(OWNER, an_id(7)))}
    scenario.clock.advance(GRACE + SECOND)

    done = scenario.sweep_all_slices()

    assert done == Counter(orphan_reported=2)
    held = {version for versions in scenario.s3.objects.keys.values() for version in versions}
    assert held == {stored, *stray}


def test_a_copy_of_a_document_in_progress_is_not_reported(scenario: SweepScenario) -> None:
    scenario.expect(upload_deadline=NOW + 10 * DAY)
    scenario.apply(ObjectArrived("v1"))
    scenario.put(documents_key(OWNER, an_id()))
    scenario.clock.advance(GRACE + SECOND)
    assert "orphan_reported" not in scenario.sweep_all_slices()


def test_a_sweep_stops_when_its_time_is_over_and_the_next_one_resumes(scenario: SweepScenario) -> None:
    for number in range(3):
        scenario.expect(id=an_id(number))
    scenario.clock.advance(2 * DAY)
    assert scenario.sweep(steps=2) == Counter(expired=2, out_of_time=1)
    assert scenario.sweep() == Counter(expired=1)


def test_a_stale_listing_is_harmless(scenario: SweepScenario) -> None:
    class Lagging(InMemoryDocuments):
        def due(self, shard: int, now: Any, after: Any = None) -> Any:
            if shard == 0:
                yield DueEntry(OWNER, an_id(), "1")
                yield DueEntry(OWNER, an_id(9), "2")

    scenario.repository = Lagging()
    scenario.expect()
    assert scenario.sweep() == Counter(not_due=2)
    assert scenario.document.status is Status.PENDING


def test_an_event_between_any_two_calls_of_a_sweep_is_not_undone() -> None:
    counting = Interruption(kill_process)
    _due().sweep(counting)
    for at, after in list_points(counting.calls):
        scenario = _due()
        arrive = Interruption(partial(_arrive, scenario), at, after)
        scenario.sweep(arrive)
        assert scenario.document.status in (Status.PROCESSING, Status.EXPIRED), (at, after)
        assert scenario.repository.usage(OWNER, NOW).open_uploads == int(scenario.document.is_open), (
            at,
            after,
        )


def test_a_crash_at_any_call_is_repaired_by_the_next_sweeps() -> None:
    counting = Interruption(kill_process)
    _due().sweep(counting)
    for at, after in list_points(counting.calls):
        scenario = _due()
        with pytest.raises(ProcessKilled):
            scenario.sweep(Interruption(kill_process, at, after))
        scenario.sweep()
        assert scenario.document.status is Status.EXPIRED, (at, after)
        assert scenario.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PNG)), (at, after)
        assert not scenario.s3.open, (at, after)


def test_a_failed_document_is_redriven(scenario: SweepScenario) -> None:
    scenario.expect()
    version = scenario.put()
    scenario.fail(version)
    assert scenario.redrive() == "redriven"
    assert scenario.document.status is Status.PROCESSING
    assert scenario.queues.events == [(STAGED, version)]


def test_a_redrive_that_crashed_is_repeated(scenario: SweepScenario) -> None:
    scenario.expect()
    version = scenario.put()
    scenario.apply(ObjectArrived(version))
    assert scenario.redrive() == "redriven"
    assert scenario.queues.events == [(STAGED, version)]


def test_a_document_that_has_not_failed_is_not_redriven(scenario: SweepScenario) -> None:
    scenario.expect()
    version = scenario.put()
    scenario.apply(ObjectArrived(version))
    scenario.apply(a_completed_attempt())
    assert scenario.redrive() == "not_failed"
    assert scenario.queues.events == []


def test_a_document_without_bytes_is_not_redriven(scenario: SweepScenario) -> None:
    assert scenario.redrive() == "unknown"
    scenario.expect()
    assert scenario.redrive() == "unknown"
    assert scenario.queues.events == []


def fail() -> None:
    raise Unavailable(Code.STORAGE_UNAVAILABLE, "Not now.")


def test_an_index_that_cannot_be_read_ends_the_sweep(scenario: SweepScenario) -> None:
    with pytest.raises(Unavailable):
        scenario.sweep(Interruption(fail, at=1))


def test_the_error_of_one_document_is_logged_and_the_others_are_checked(scenario: SweepScenario) -> None:
    for number in (0, DUE_SHARDS):  # of one shard
        scenario.expect(id=an_id(number))
    scenario.clock.advance(2 * DAY)
    assert scenario.sweep(Interruption(fail, at=2)) == Counter(error=1, expired=1)
    assert scenario.logged == ["check_failed"]
    assert scenario.sweep() == Counter(expired=1)


def _due() -> SweepScenario:
    scenario = SweepScenario()
    scenario.expect(method=Method.MULTIPART, upload_id=scenario.begin(), part_size=len(PNG))
    scenario.clock.advance(DAY + SECOND)
    return scenario


def _arrive(scenario: SweepScenario) -> None:
    """Bytes that were put at the last moment; after the document has expired they come too late."""
    decision = decide(scenario.document, ObjectArrived("v9"), scenario.clock())
    if isinstance(decision, Transition):
        scenario.repository.apply(decision)
