"""What no event finishes: found, told again, expired or cleaned up, and everything else left alone."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.deletion import PURGE_LEASE
from functions.domain.document import Document, Method, Status
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
from functions.domain.keys import documents_key, staging_key
from functions.domain.lifecycle import COMPLETE_LEASE, LEASE, MAX_ATTEMPTS, decide
from functions.domain.quota import Usage
from functions.services.sweeps import GRACE, PERIOD, SLICES, SweepService
from tests.examples import NOW, OWNER, PLENTY, PNG, Clock, a_document, an_id
from tests.fake_multipart import InMemoryMultipartStore, InMemoryShelves
from tests.fakes import InMemoryDocuments, InMemoryQueues
from tests.interruption import Interruption, Killed, die, every_point, interrupted

STAGED = staging_key(OWNER, an_id())
A_SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


@dataclass
class World:
    repository: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    s3: InMemoryMultipartStore = field(default_factory=InMemoryMultipartStore)
    queues: InMemoryQueues = field(default_factory=InMemoryQueues)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.inventory = InMemoryShelves(self.s3)

    def sweep(self, by: Interruption | None = None, rounds: int = 1000) -> Counter[str]:
        by = by or Interruption(die)
        janitor = SweepService(
            repository=interrupted(self.repository, by),
            inventory=self.inventory,
            multipart=interrupted(self.s3, by),
            upload_events=interrupted(self.queues, by),
            purge_queue=interrupted(self.queues, by),
            clock=self.clock,
        )
        left = iter(range(rounds - 1))
        return janitor.sweep(lambda: next(left, None) is None)

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

    def see(self, event: Event) -> None:
        decision = decide(self.document, event, self.clock())
        assert isinstance(decision, Transition)
        self.repository.apply(decision)

    @property
    def document(self) -> Document:
        document = self.repository.get(OWNER, an_id())
        assert document is not None
        return document


@pytest.fixture
def world() -> World:
    return World()


def test_on_a_consistent_system_it_changes_nothing(world: World) -> None:
    world.expect()
    world.put()
    world.expect(id=an_id(1), method=Method.MULTIPART, upload_id=world.begin(staging_key(OWNER, an_id(1))))
    world.clock.apply_event(DAY / 2)
    assert world.sweep() == Counter()
    assert len(world.s3.open) == len(world.s3.objects.keys) == 1


def test_a_document_whose_bytes_never_came_expires_and_releases_its_charge(world: World) -> None:
    world.expect()
    world.clock.apply_event(DAY + A_SECOND)
    assert world.sweep() == Counter(expired=1)
    assert world.document.status is Status.EXPIRED
    assert world.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PNG))


def test_an_upload_in_parts_that_was_never_completed_expires_with_its_parts(world: World) -> None:
    world.expect(method=Method.MULTIPART, upload_id=world.begin())
    world.clock.apply_event(DAY + A_SECOND)
    assert world.sweep() == Counter(expired=1)
    assert not world.s3.open


def test_bytes_whose_event_got_lost_are_announced_and_do_not_expire(world: World) -> None:
    world.expect()
    version = world.put()
    world.clock.apply_event(DAY + A_SECOND)
    assert world.sweep() == Counter(announced=1)
    assert world.queues.events == [(STAGED, version)]
    assert world.document.status is Status.PENDING


def test_of_two_versions_the_one_that_came_first_is_announced(world: World) -> None:
    world.expect()
    first = world.put()
    world.clock.apply_event(A_SECOND)
    world.put()
    world.inventory.came[first] = NOW
    world.clock.apply_event(DAY + A_SECOND)
    world.sweep()
    assert world.queues.events == [(STAGED, first)]


def test_bytes_that_somebody_completed_before_the_event_got_lost_are_announced(world: World) -> None:
    world.expect(method=Method.MULTIPART, upload_id="u1", part_size=len(PNG))
    world.see(CompleteRequested())
    version = world.put()
    world.clock.apply_event(COMPLETE_LEASE + A_SECOND)
    assert world.sweep() == Counter(announced=1)
    assert world.queues.events == [(STAGED, version)]


def test_an_upload_whose_complete_died_is_given_back_to_its_client_until_the_deadline(world: World) -> None:
    world.expect(method=Method.MULTIPART, upload_id=world.begin(), part_size=len(PNG))
    world.see(CompleteRequested())
    world.clock.apply_event(COMPLETE_LEASE + A_SECOND)
    assert world.sweep() == Counter(given_back=1)
    assert (world.document.status, len(world.s3.open)) == (Status.PENDING, 1)
    assert world.sweep() == Counter()
    world.clock.apply_event(DAY)
    assert world.sweep()["expired"] == 1
    assert world.document.status is Status.EXPIRED


def test_work_that_crashed_is_announced_again_once_its_lease_is_over(world: World) -> None:
    world.expect()
    version = world.put()
    world.see(ObjectArrived(version))
    world.clock.apply_event(LEASE)
    assert world.sweep() == Counter()
    world.clock.apply_event(A_SECOND)
    assert world.sweep() == Counter(announced_again=1)
    assert world.queues.events == [(STAGED, version)]


def test_bytes_that_nobody_waits_for_are_deleted_after_a_while(world: World) -> None:
    world.expect()
    first = world.put()
    world.see(ObjectArrived(first))
    world.see(Promoted(1, "image/png", None, "d1"))
    stranger = world.put(staging_key(OWNER, an_id(7)))
    nobody = world.put("staging/nobody")
    world.clock.apply_event(GRACE)
    assert world.sweep() == Counter()
    world.clock.apply_event(A_SECOND)
    assert world.sweep() == Counter(deleted_version=3)
    assert world.s3.objects.keys == {}
    assert {first, stranger, nobody} == set(world.inventory.came)


def test_an_upload_that_nobody_waits_for_is_aborted_after_a_while(world: World) -> None:
    world.expect(method=Method.MULTIPART, upload_id=world.begin())
    another = world.begin()
    world.clock.apply_event(GRACE + A_SECOND)
    assert world.sweep() == Counter(aborted_upload=1)
    assert list(world.s3.open) == [world.document.upload_id]
    assert another not in world.s3.open


def test_the_bytes_of_a_failed_document_stay_and_other_versions_of_it_go(world: World) -> None:
    world.expect()
    version = world.put()
    for _ in range(MAX_ATTEMPTS):
        world.see(ObjectArrived(version))
        world.see(AttemptFailed(world.document.attempt))
    assert world.document.status is Status.FAILED
    world.put()
    world.clock.apply_event(GRACE + A_SECOND)
    assert world.sweep() == Counter(deleted_version=1)
    assert list(world.s3.objects.keys[STAGED]) == [version]


def test_what_was_rejected_and_not_yet_deleted_is_deleted(world: World) -> None:
    world.expect()
    world.see(ObjectArrived(world.put()))
    world.see(InspectionFailed(1, "type_mismatch"))
    world.clock.apply_event(GRACE + A_SECOND)
    assert world.sweep() == Counter(deleted_version=1)


def test_the_bytes_of_a_failed_document_stay_while_a_delete_can_be_undone(world: World) -> None:
    world.expect()
    version = world.put()
    for _ in range(MAX_ATTEMPTS):
        world.see(ObjectArrived(version))
        world.see(AttemptFailed(world.document.attempt))
    world.see(DeleteRequested(world.clock() + DAY))
    world.clock.apply_event(GRACE + A_SECOND)
    assert world.sweep() == Counter()
    assert list(world.s3.objects.keys[STAGED]) == [version]


def test_a_deleted_document_is_ordered_to_be_purged_until_it_is(world: World) -> None:
    world.expect()
    world.see(AbortRequested())
    world.see(DeleteRequested(world.clock() + DAY))
    world.clock.apply_event(DAY)
    assert world.sweep() == Counter()
    world.clock.apply_event(A_SECOND)
    assert world.sweep() == Counter(purge_ordered=1)
    world.see(PurgeStarted())
    assert world.sweep() == Counter()
    world.clock.apply_event(PURGE_LEASE + A_SECOND)
    assert world.sweep() == Counter(purge_ordered=1)
    world.see(PurgeCompleted(1))
    world.clock.apply_event(DAY)
    assert world.sweep() == Counter()
    assert world.queues.purge_tasks == [(OWNER, an_id())] * 2


def test_an_object_of_no_record_is_reported_once_and_never_deleted(world: World) -> None:
    world.expect()
    world.see(ObjectArrived("v1"))
    stored = world.put(documents_key(OWNER, an_id()))
    world.see(Promoted(1, "image/png", None, stored))
    stray = {world.put(documents_key(OWNER, an_id())), world.put(documents_key(OWNER, an_id(7)))}
    world.clock.apply_event(GRACE + A_SECOND)

    done = _sweeps_of_a_cycle(world)

    assert done == Counter(quarantined=2)
    held = {version for versions in world.s3.objects.keys.values() for version in versions}
    assert held == {stored, *stray}


def test_a_copy_that_its_record_does_not_name_yet_is_no_stray(world: World) -> None:
    world.expect(upload_deadline=NOW + 10 * DAY)
    world.see(ObjectArrived("v1"))
    world.put(documents_key(OWNER, an_id()))
    world.clock.apply_event(GRACE + A_SECOND)
    assert "quarantined" not in _sweeps_of_a_cycle(world)


def _sweeps_of_a_cycle(world: World) -> Counter[str]:
    """So many rounds that each owner's documents were looked at once."""
    done: Counter[str] = Counter()
    for _ in range(SLICES):
        done += world.sweep()
        world.clock.apply_event(PERIOD)
    return done


def test_it_stops_when_its_time_is_over_and_the_next_round_goes_on(world: World) -> None:
    for number in range(3):
        world.expect(id=an_id(number))
    world.clock.apply_event(2 * DAY)
    assert world.sweep(rounds=2) == Counter(expired=2, out_of_time=1)
    assert world.sweep() == Counter(expired=1)


def test_a_listing_that_lags_behind_does_no_harm(world: World) -> None:
    class Lagging(InMemoryDocuments):
        def due(self, now: Any) -> Any:
            yield OWNER, an_id()
            yield OWNER, an_id(9)

    world.repository = Lagging()
    world.expect()
    assert world.sweep() == Counter(moved_on=2)
    assert world.document.status is Status.PENDING


def test_an_arrival_between_any_two_calls_is_not_undone() -> None:
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


def test_a_crash_at_any_call_is_made_good_by_the_next_rounds() -> None:
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


def test_a_table_that_is_busy_ends_the_round(world: World) -> None:
    def fail() -> None:
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "Not now.")

    world.expect()
    world.clock.apply_event(2 * DAY)
    with pytest.raises(Unavailable):
        world.sweep(Interruption(fail, at=2))


def _due() -> World:
    world = World()
    world.expect(method=Method.MULTIPART, upload_id=world.begin(), part_size=len(PNG))
    world.clock.apply_event(DAY + A_SECOND)
    return world


def _arrive(world: World) -> None:
    """Bytes that were put at the last moment; after the document has expired they come too late."""
    decision = decide(world.document, ObjectArrived("v9"), world.clock())
    if isinstance(decision, Transition):
        world.repository.apply(decision)
