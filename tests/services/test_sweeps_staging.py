"""Sweeps of staging: how long a staged version makes its URL write-once, and events that were lost."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from functions.domain.document import Document, HistoryEntry, Method, Status
from functions.domain.effects import LEASE
from functions.domain.events import (
    AbortRequested,
    AttemptEnded,
    AttemptOutcome,
    DeadlinePassed,
    DeleteRequested,
    Event,
    ObjectArrived,
    PurgeCompleted,
    PurgeStarted,
    RestoreRequested,
)
from functions.domain.keys import SCAN_AREA, DocumentKey, staging_key
from functions.domain.repository import READ_BATCH, DueEntry
from functions.domain.retention import GRACE, URL_MARGIN
from functions.domain.slices import PERIOD
from functions.domain.storage import ObjectVersion
from functions.services.sweeps.service import STAGING_COMPLETED
from functions.services.sweeps.staging import LOST_EVENT
from tests.examples import LIFETIMES, NOW, OWNER, an_id
from tests.fake_multipart import InMemoryBucketInventory
from tests.fakes import InMemoryDocuments
from tests.repository_steps import (
    a_completed_attempt,
    a_rejected_attempt,
    a_suspended_attempt,
    a_waiting_step,
)
from tests.services.sweep_scenario import DAY, SECOND, STAGED, SweepScenario

WRITABLE = LIFETIMES.url + URL_MARGIN
"""Time since a record left `pending` after which no URL for its key is accepted."""

COMPLETED, REJECTED = a_completed_attempt(), a_rejected_attempt()
ENDS: Mapping[str, Sequence[Event]] = {
    "ready": [ObjectArrived("v1"), COMPLETED],
    "rejected": [ObjectArrived("v1"), REJECTED],
    "aborted": [AbortRequested()],
    "expired": [DeadlinePassed()],
    "deleted": [ObjectArrived("v1"), COMPLETED, DeleteRequested(NOW + 9 * DAY)],
    "restored": [ObjectArrived("v1"), REJECTED, DeleteRequested(NOW + 9 * DAY), RestoreRequested()],
    "purged": [AbortRequested(), DeleteRequested(NOW), PurgeStarted(), PurgeCompleted(1)],
}
each_end = pytest.mark.parametrize("events", ENDS.values(), ids=ENDS)


@pytest.fixture
def scenario() -> SweepScenario:
    return SweepScenario()


def end(scenario: SweepScenario, events: Sequence[Event], method: Method = Method.PUT) -> str:
    """Brings a new document to its end now, with one version in staging that comes last. Returns the version."""
    scenario.expect(method=method, upload_deadline=NOW)
    for event in events:
        scenario.apply(event)
    return scenario.put()


@each_end
@pytest.mark.parametrize("method", [Method.PUT, Method.POST])
def test_a_staged_version_stays_until_no_url_can_write_its_key(
    scenario: SweepScenario, events: Sequence[Event], method: Method
) -> None:
    version = end(scenario, events, method)
    scenario.clock.advance(WRITABLE - SECOND)
    assert scenario.sweep() == Counter()
    assert [*scenario.objects.keys[STAGED]] == [version]
    scenario.clock.advance(SECOND)
    assert scenario.sweep() == Counter(deleted_version=1)
    assert not scenario.objects.keys


@each_end
def test_a_later_change_of_the_record_does_not_extend_the_stay(
    scenario: SweepScenario, events: Sequence[Event]
) -> None:
    """The stay begins when the record leaves `pending`."""
    scenario.expect(upload_deadline=NOW)
    scenario.apply(events[0])
    scenario.put()
    scenario.clock.advance(WRITABLE)
    for event in events[1:]:
        scenario.apply(event)
    assert scenario.sweep() == Counter(deleted_version=1)


def test_an_upload_that_expires_late_keeps_its_version_for_as_long_as_any_other(
    scenario: SweepScenario,
) -> None:
    scenario.expect()
    scenario.clock.advance(2 * DAY)
    scenario.apply(DeadlinePassed())
    scenario.put()
    scenario.clock.advance(WRITABLE - SECOND)
    assert scenario.sweep() == Counter()
    scenario.clock.advance(SECOND)
    assert scenario.sweep() == Counter(deleted_version=1)


@each_end
def test_a_version_of_a_multipart_upload_goes_at_once(
    scenario: SweepScenario, events: Sequence[Event]
) -> None:
    end(scenario, events, Method.MULTIPART)
    assert scenario.sweep() == Counter(deleted_version=1)
    assert not scenario.objects.keys


@pytest.mark.parametrize("method", Method)
def test_a_failed_document_keeps_the_bytes_of_its_attempts_and_no_others(
    scenario: SweepScenario, method: Method
) -> None:
    scenario.expect(method=method)
    version = scenario.put()
    scenario.fail(version)
    scenario.put()
    scenario.clock.advance(30 * DAY)
    assert scenario.sweep() == Counter(deleted_version=1)
    assert [*scenario.objects.keys[STAGED]] == [version]


def test_a_failed_document_keeps_its_bytes_during_the_restore_window(scenario: SweepScenario) -> None:
    scenario.expect()
    version = scenario.put()
    scenario.fail(version)
    scenario.apply(DeleteRequested(scenario.clock() + 2 * DAY))
    scenario.clock.advance(DAY)
    assert scenario.sweep() == Counter()
    assert [*scenario.objects.keys[STAGED]] == [version]


def test_a_failed_document_that_is_purged_loses_its_bytes(scenario: SweepScenario) -> None:
    scenario.expect()
    scenario.fail(scenario.put())
    scenario.apply(DeleteRequested(scenario.clock()))
    scenario.apply(PurgeStarted())
    assert scenario.sweep() == Counter(deleted_version=1)


def test_versions_without_a_record_are_deleted_after_an_hour(scenario: SweepScenario) -> None:
    scenario.put(staging_key(OWNER, an_id(7)))
    scenario.put("staging/nobody")
    scenario.put(f"staging/{SCAN_AREA}{OWNER}")
    scenario.clock.advance(GRACE)
    assert scenario.sweep() == Counter()
    scenario.clock.advance(SECOND)
    assert scenario.sweep() == Counter(deleted_version=3)
    assert not scenario.objects.keys


def test_a_version_of_a_kind_that_is_scanned_has_its_record(scenario: SweepScenario) -> None:
    scenario.expect(staging_area=SCAN_AREA)
    version = scenario.put(scenario.document.staging_key)
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep() == Counter(event_republished=1)
    assert scenario.queues.events == [(staging_key(OWNER, an_id(), SCAN_AREA), version)]


def test_a_lost_event_is_republished_long_before_the_document_is_due(scenario: SweepScenario) -> None:
    scenario.expect()
    version = scenario.put()
    scenario.clock.advance(LOST_EVENT)
    assert scenario.sweep() == Counter()
    scenario.clock.advance(SECOND)
    assert scenario.sweep() == Counter(event_republished=1)
    assert scenario.queues.events == [(STAGED, version)]
    assert scenario.document.status is Status.PENDING


@pytest.mark.parametrize("minutes", range(0, 15, 2))
def test_a_lost_event_is_found_within_half_an_hour(scenario: SweepScenario, minutes: int) -> None:
    scenario.expect()
    scenario.clock.advance(timedelta(minutes=minutes))
    scenario.put()
    came = scenario.clock()
    scenario.clock.now = NOW
    while not scenario.queues.events:
        scenario.clock.advance(PERIOD)
        scenario.sweep()
    assert scenario.clock() - came < timedelta(minutes=30)


def test_of_two_versions_of_a_form_the_first_is_republished(scenario: SweepScenario) -> None:
    scenario.expect(method=Method.POST)
    first = scenario.put()
    scenario.put()
    scenario.clock.advance(LOST_EVENT + SECOND)
    assert scenario.sweep() == Counter(event_republished=1)
    assert scenario.queues.events == [(STAGED, first)]


def test_a_lost_event_of_a_due_document_is_republished_once_per_sweep(scenario: SweepScenario) -> None:
    """Both the index of due records and the listing of staging find it."""
    scenario.expect()
    version = scenario.put()
    scenario.clock.advance(DAY + SECOND)
    assert scenario.sweep() == Counter(event_republished=1)
    assert scenario.queues.events == [(STAGED, version)]


def wait_for_worker(scenario: SweepScenario) -> str:
    """Suspends the document until the lease is over twice. Returns the version."""
    scenario.expect(kind="checked")
    version = scenario.put()
    scenario.apply(ObjectArrived(version))
    resume_at = scenario.clock() + 2 * LEASE
    scenario.apply(a_suspended_attempt(steps=(a_waiting_step(resume_at),)))
    return version


def test_a_suspended_document_is_republished_after_the_deadline_of_its_step(scenario: SweepScenario) -> None:
    version = wait_for_worker(scenario)
    scenario.clock.advance(2 * LEASE - SECOND)
    assert scenario.sweep() == Counter()
    scenario.clock.advance(2 * SECOND)
    assert scenario.sweep() == Counter(attempt_republished=1)
    assert scenario.queues.events == [(STAGED, version)]


def test_the_listing_of_staging_finds_a_suspended_document_that_the_index_lacks() -> None:
    class Lagging(InMemoryDocuments):
        def due(self, shard: int, now: object, after: object = None) -> Iterator[DueEntry]:
            return iter(())

    scenario = SweepScenario(repository=Lagging())
    version = wait_for_worker(scenario)
    assert scenario.sweep() == Counter()
    scenario.clock.advance(2 * LEASE)
    assert scenario.sweep() == Counter(attempt_republished=1)
    assert scenario.queues.events == [(STAGED, version)]


def test_an_attempt_that_a_fault_has_stopped_is_republished_without_a_wait(scenario: SweepScenario) -> None:
    scenario.expect()
    version = scenario.put()
    scenario.apply(ObjectArrived(version))
    scenario.apply(AttemptEnded(attempt=1, outcome=AttemptOutcome.UNAVAILABLE))
    scenario.clock.advance(SECOND)
    assert scenario.sweep() == Counter(attempt_republished=1)
    assert scenario.queues.events == [(STAGED, version)]


@dataclass
class CountedDocuments(InMemoryDocuments):
    """A repository that counts its reads: the keys of each batch, and the reads of single records."""

    batches: list[int] = field(default_factory=list)
    single_reads: int = 0

    def get(self, owner: str, document_id: str) -> Document | None:
        self.single_reads += 1
        return super().get(owner, document_id)

    def get_many(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Document]:
        self.batches.append(len(keys))
        return super().get_many(keys)


class CountedInventory(InMemoryBucketInventory):
    """An inventory that records how many versions each request deletes."""

    deletes: list[int]

    def delete(self, versions: Sequence[ObjectVersion]) -> None:
        self.deletes.append(len(versions))
        super().delete(versions)


def test_records_are_read_and_versions_are_deleted_in_batches() -> None:
    repository = CountedDocuments()
    scenario = SweepScenario(repository=repository)
    scenario.inventory = inventory = CountedInventory(scenario.s3)
    inventory.deletes = []
    ready = (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.READY, NOW))
    for number in range(READ_BATCH + 50):
        scenario.expect(id=an_id(number), status=Status.READY, history=ready)
        scenario.put(staging_key(OWNER, an_id(number)))
    scenario.clock.advance(WRITABLE)
    assert scenario.sweep() == Counter(deleted_version=READ_BATCH + 50)
    assert (repository.batches, repository.single_reads) == ([READ_BATCH, 50], 0)
    assert [count for count in inventory.deletes if count] == [READ_BATCH, 50]


def test_the_records_of_old_multipart_uploads_are_read_in_batches_and_those_of_young_ones_not() -> None:
    repository = CountedDocuments()
    scenario = SweepScenario(repository=repository)
    for number in range(READ_BATCH + 20):
        scenario.begin(staging_key(OWNER, an_id(number)))
    scenario.clock.advance(GRACE)
    assert scenario.sweep() == Counter()
    assert repository.batches == []
    scenario.clock.advance(SECOND)
    assert scenario.sweep() == Counter(aborted_upload=READ_BATCH + 20)
    assert (repository.batches, repository.single_reads) == ([READ_BATCH, 20], 0)


def test_the_record_of_several_versions_is_read_once() -> None:
    repository = CountedDocuments()
    scenario = SweepScenario(repository=repository)
    scenario.expect(method=Method.POST)
    for _ in range(3):
        scenario.put()
    scenario.sweep()
    assert repository.batches == [1]


@pytest.mark.parametrize("steps", range(1, 8))
def test_staging_is_completed_only_by_a_sweep_that_has_listed_all_of_it(
    scenario: SweepScenario, steps: int
) -> None:
    """Five versions and an orphaned upload are six steps, of which the upload is the first."""
    scenario.begin("staging/nobody")
    scenario.clock.advance(GRACE + SECOND)
    for number in range(5):
        scenario.put(staging_key(OWNER, an_id(number)))
    left = iter(range(steps - 1))
    outcomes = scenario.sweep_service().sweep(lambda: next(left, None) is None)
    assert outcomes[STAGING_COMPLETED] == (1 if steps > 6 else 0)
