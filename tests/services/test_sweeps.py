"""What no event finishes: found, told again, expired or cleaned up, and everything else left alone."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.document import Document, Method, Status
from functions.domain.effects import COMPLETE_LEASE, LEASE, PURGE_LEASE
from functions.domain.errors import Unavailable
from functions.domain.events import (
    AbortRequested,
    AttemptFailed,
    CompleteRequested,
    DeleteRequested,
    Event,
    InspectionFailed,
    ObjectArrived,
    Promoted,
    PurgeCompleted,
    PurgeStarted,
    Transition,
)
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import documents_key, staging_key
from functions.domain.quota import Usage
from functions.domain.states import decide
from functions.services.sweeps import GRACE, PERIOD, SLICES, SweepService
from tests.examples import NOW, OWNER, PLENTY, PNG, Clock, a_document, an_id
from tests.fake_multipart import InMemoryBucketInventory, InMemoryMultipartStore
from tests.fakes import InMemoryDocuments, InMemoryQueues
from tests.interruption import Interruption, Killed, die, every_point, interrupted

STAGED = staging_key(OWNER, an_id())
A_SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@dataclass
class SweepScenario:
    repository: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    s3: InMemoryMultipartStore = field(default_factory=InMemoryMultipartStore)
    queues: InMemoryQueues = field(default_factory=InMemoryQueues)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.inventory = InMemoryBucketInventory(self.s3)

    def sweep(self, by: Interruption | None = None, rounds: int = 1000) -> Counter[str]:
        left = iter(range(rounds - 1))
        return self._service(by or Interruption(die)).sweep(lambda: next(left, None) is None)

    def redrive(self) -> str:
        return self._service(Interruption(die)).redrive(OWNER, an_id())

    def _service(self, by: Interruption) -> SweepService:
        return SweepService(
            repository=interrupted(self.repository, by),
            inventory=self.inventory,
            multipart=interrupted(self.s3, by),
            upload_events=interrupted(self.queues, by),
            purge_queue=interrupted(self.queues, by),
            clock=self.clock,
        )

    def expect(self, **changes: Any) -> None:
        self.repository.create(a_document(**changes), PLENTY, None, NOW)

    def put(self, key: str = STAGED) -> str:
        """Bytes that have come just now."""
        version = self.s3.objects.put(key, PNG)
        self.inventory.came[version] = self.clock()
        return version

    def begin(self, key: str = STAGED) -> str:
        upload_id = self.s3.create(key, "image/png", part_checksums=False)
        self.s3.put_part(key, upload_id, 1, PNG)
        self.inventory.came[upload_id] = self.clock()
        return upload_id

    def apply(self, event: Event) -> None:
        decision = decide(self.document, event, self.clock())
        assert isinstance(decision, Transition)
        self.repository.apply(decision)

    @property
    def document(self) -> Document:
        document = self.repository.get(OWNER, an_id())
        assert document is not None
        return document


@pytest.fixture
def world() -> SweepScenario:
    return SweepScenario()


def test_a_sweep_of_a_consistent_system_changes_nothing(world: SweepScenario) -> None:
    world.expect()
    world.put()
    world.expect(id=an_id(1), method=Method.MULTIPART, upload_id=world.begin(staging_key(OWNER, an_id(1))))
    world.clock.advance(DAY / 2)
    assert world.sweep() == Counter()
    assert len(world.s3.open) == len(world.s3.objects.keys) == 1


def test_a_document_without_bytes_expires_and_releases_its_reservation(world: SweepScenario) -> None:
    world.expect()
    world.clock.advance(DAY + A_SECOND)
    assert world.sweep() == Counter(expired=1)
    assert world.document.status is Status.EXPIRED
    assert world.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PNG))


def test_a_multipart_upload_that_was_never_completed_expires_with_its_parts(world: SweepScenario) -> None:
    world.expect(method=Method.MULTIPART, upload_id=world.begin())
    world.clock.advance(DAY + A_SECOND)
    assert world.sweep() == Counter(expired=1)
    assert not world.s3.open


def test_a_lost_event_is_republished_and_the_document_does_not_expire(world: SweepScenario) -> None:
    world.expect()
    version = world.put()
    world.clock.advance(DAY + A_SECOND)
    assert world.sweep() == Counter(event_republished=1)
    assert world.queues.events == [(STAGED, version)]
    assert world.document.status is Status.PENDING


def test_the_first_of_two_versions_is_republished(world: SweepScenario) -> None:
    world.expect()
    first = world.put()
    world.clock.advance(A_SECOND)
    world.put()
    world.inventory.came[first] = NOW
    world.clock.advance(DAY + A_SECOND)
    world.sweep()
    assert world.queues.events == [(STAGED, first)]


def test_a_lost_event_of_a_completed_upload_is_republished(world: SweepScenario) -> None:
    world.expect(method=Method.MULTIPART, upload_id="u1", part_size=len(PNG))
    world.apply(CompleteRequested())
    version = world.put()
    world.clock.advance(COMPLETE_LEASE + A_SECOND)
    assert world.sweep() == Counter(event_republished=1)
    assert world.queues.events == [(STAGED, version)]


def test_an_upload_whose_complete_crashed_is_reopened_until_the_deadline(world: SweepScenario) -> None:
    world.expect(method=Method.MULTIPART, upload_id=world.begin(), part_size=len(PNG))
    world.apply(CompleteRequested())
    world.clock.advance(COMPLETE_LEASE + A_SECOND)
    assert world.sweep() == Counter(reopened=1)
    assert (world.document.status, len(world.s3.open)) == (Status.PENDING, 1)
    assert world.sweep() == Counter()
    world.clock.advance(DAY)
    assert world.sweep()["expired"] == 1
    assert world.document.status is Status.EXPIRED


def test_a_crashed_attempt_is_republished_after_its_lease(world: SweepScenario) -> None:
    world.expect()
    version = world.put()
    world.apply(ObjectArrived(version))
    world.clock.advance(LEASE)
    assert world.sweep() == Counter()
    world.clock.advance(A_SECOND)
    assert world.sweep() == Counter(attempt_republished=1)
    assert world.queues.events == [(STAGED, version)]


def test_an_attempt_is_republished_once_per_sweep(world: SweepScenario) -> None:
    """Both the index of due records and the listing of staging find it."""
    world.expect()
    version = world.put()
    world.apply(ObjectArrived(version))
    world.clock.advance(LEASE + GRACE)
    assert world.sweep() == Counter(attempt_republished=1)
    assert world.queues.events == [(STAGED, version)]


def test_orphaned_versions_are_deleted_after_an_hour(world: SweepScenario) -> None:
    world.expect()
    first = world.put()
    world.apply(ObjectArrived(first))
    world.apply(Promoted(1, "image/png", None, "d1"))
    stranger = world.put(staging_key(OWNER, an_id(7)))
    nobody = world.put("staging/nobody")
    world.clock.advance(GRACE)
    assert world.sweep() == Counter()
    world.clock.advance(A_SECOND)
    assert world.sweep() == Counter(deleted_version=3)
    assert world.s3.objects.keys == {}
    assert {first, stranger, nobody} == set(world.inventory.came)


def test_an_orphaned_multipart_upload_is_aborted_after_an_hour(world: SweepScenario) -> None:
    world.expect(method=Method.MULTIPART, upload_id=world.begin())
    another = world.begin()
    world.clock.advance(GRACE + A_SECOND)
    assert world.sweep() == Counter(aborted_upload=1)
    assert list(world.s3.open) == [world.document.upload_id]
    assert another not in world.s3.open


def test_a_failed_document_keeps_its_version_and_loses_others(world: SweepScenario) -> None:
    world.expect()
    version = world.put()
    for _ in range(MAX_ATTEMPTS):
        world.apply(ObjectArrived(version))
        world.apply(AttemptFailed(world.document.attempt))
    assert world.document.status is Status.FAILED
    world.put()
    world.clock.advance(GRACE + A_SECOND)
    assert world.sweep() == Counter(deleted_version=1)
    assert list(world.s3.objects.keys[STAGED]) == [version]


def test_the_staged_version_of_a_rejected_document_is_deleted(world: SweepScenario) -> None:
    world.expect()
    world.apply(ObjectArrived(world.put()))
    world.apply(InspectionFailed(1, Code.TYPE_MISMATCH))
    world.clock.advance(GRACE + A_SECOND)
    assert world.sweep() == Counter(deleted_version=1)


def test_a_failed_document_keeps_its_bytes_during_the_restore_window(world: SweepScenario) -> None:
    world.expect()
    version = world.put()
    for _ in range(MAX_ATTEMPTS):
        world.apply(ObjectArrived(version))
        world.apply(AttemptFailed(world.document.attempt))
    world.apply(DeleteRequested(world.clock() + DAY))
    world.clock.advance(GRACE + A_SECOND)
    assert world.sweep() == Counter()
    assert list(world.s3.objects.keys[STAGED]) == [version]


def test_a_purge_is_enqueued_until_it_is_done(world: SweepScenario) -> None:
    world.expect()
    world.apply(AbortRequested())
    world.apply(DeleteRequested(world.clock() + DAY))
    world.clock.advance(DAY)
    assert world.sweep() == Counter()
    world.clock.advance(A_SECOND)
    assert world.sweep() == Counter(purge_enqueued=1)
    world.apply(PurgeStarted())
    assert world.sweep() == Counter()
    world.clock.advance(PURGE_LEASE + A_SECOND)
    assert world.sweep() == Counter(purge_enqueued=1)
    world.apply(PurgeCompleted(1))
    world.clock.advance(DAY)
    assert world.sweep() == Counter()
    assert world.queues.purge_tasks == [(OWNER, an_id())] * 2


def test_an_object_without_a_record_is_reported_once_and_never_deleted(world: SweepScenario) -> None:
    world.expect()
    world.apply(ObjectArrived("v1"))
    stored = world.put(documents_key(OWNER, an_id()))
    world.apply(Promoted(1, "image/png", None, stored))
    stray = {world.put(documents_key(OWNER, an_id())), world.put(documents_key(OWNER, an_id(7)))}
    world.clock.advance(GRACE + A_SECOND)

    done = _sweeps_of_a_cycle(world)

    assert done == Counter(quarantined=2)
    held = {version for versions in world.s3.objects.keys.values() for version in versions}
    assert held == {stored, *stray}


def test_a_copy_of_a_document_in_progress_is_not_reported(world: SweepScenario) -> None:
    world.expect(upload_deadline=NOW + 10 * DAY)
    world.apply(ObjectArrived("v1"))
    world.put(documents_key(OWNER, an_id()))
    world.clock.advance(GRACE + A_SECOND)
    assert "quarantined" not in _sweeps_of_a_cycle(world)


def _sweeps_of_a_cycle(world: SweepScenario) -> Counter[str]:
    """So many rounds that each owner's documents were looked at once."""
    done: Counter[str] = Counter()
    for _ in range(SLICES):
        done += world.sweep()
        world.clock.advance(PERIOD)
    return done


def test_a_sweep_stops_when_its_time_is_over_and_the_next_one_resumes(world: SweepScenario) -> None:
    for number in range(3):
        world.expect(id=an_id(number))
    world.clock.advance(2 * DAY)
    assert world.sweep(rounds=2) == Counter(expired=2, out_of_time=1)
    assert world.sweep() == Counter(expired=1)


def test_a_stale_listing_is_harmless(world: SweepScenario) -> None:
    class Lagging(InMemoryDocuments):
        def due(self, now: Any) -> Any:
            yield OWNER, an_id()
            yield OWNER, an_id(9)

    world.repository = Lagging()
    world.expect()
    assert world.sweep() == Counter(not_due=2)
    assert world.document.status is Status.PENDING


def test_an_event_between_any_two_calls_of_a_sweep_is_not_undone() -> None:
    counting = Interruption(die)
    _due().sweep(counting)
    for at, after in every_point(counting.calls):
        world = _due()
        arrive = Interruption(partial(_arrive, world), at, after)
        world.sweep(arrive)
        assert world.document.status in (Status.PROCESSING, Status.EXPIRED), (at, after)
        assert world.repository.usage(OWNER, NOW).open_uploads == int(world.document.is_in_progress), (
            at,
            after,
        )


def test_a_crash_at_any_call_is_repaired_by_the_next_sweeps() -> None:
    counting = Interruption(die)
    _due().sweep(counting)
    for at, after in every_point(counting.calls):
        world = _due()
        with pytest.raises(Killed):
            world.sweep(Interruption(die, at, after))
        world.sweep()
        assert world.document.status is Status.EXPIRED, (at, after)
        assert world.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PNG)), (at, after)
        assert not world.s3.open, (at, after)


def test_a_failed_document_is_redriven(world: SweepScenario) -> None:
    world.expect()
    version = world.put()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        world.apply(ObjectArrived(version))
        world.apply(AttemptFailed(attempt))
    assert world.redrive() == "redriven"
    assert world.document.status is Status.PROCESSING
    assert world.queues.events == [(STAGED, version)]


def test_a_redrive_that_crashed_is_repeated(world: SweepScenario) -> None:
    world.expect()
    version = world.put()
    world.apply(ObjectArrived(version))
    assert world.redrive() == "redriven"
    assert world.queues.events == [(STAGED, version)]


def test_a_document_that_has_not_failed_is_not_redriven(world: SweepScenario) -> None:
    world.expect()
    version = world.put()
    world.apply(ObjectArrived(version))
    world.apply(Promoted(1, "image/png", None, "d1"))
    assert world.redrive() == "not_failed"
    assert world.queues.events == []


def test_a_document_without_bytes_is_not_redriven(world: SweepScenario) -> None:
    assert world.redrive() == "unknown"
    world.expect()
    assert world.redrive() == "unknown"
    assert world.queues.events == []


def test_a_busy_table_ends_the_sweep(world: SweepScenario) -> None:
    def fail() -> None:
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "Not now.")

    world.expect()
    world.clock.advance(2 * DAY)
    with pytest.raises(Unavailable):
        world.sweep(Interruption(fail, at=2))


def _due() -> SweepScenario:
    world = SweepScenario()
    world.expect(method=Method.MULTIPART, upload_id=world.begin(), part_size=len(PNG))
    world.clock.advance(DAY + A_SECOND)
    return world


def _arrive(world: SweepScenario) -> None:
    """Bytes that were put at the last moment; after the document has expired they come too late."""
    decision = decide(world.document, ObjectArrived("v9"), world.clock())
    if isinstance(decision, Transition):
        world.repository.apply(decision)
