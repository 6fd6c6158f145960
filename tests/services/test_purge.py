"""The removal of every byte of a document, and what becomes of its record, at every call at which it may be interrupted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from functions.domain.document import Document, Status
from functions.domain.effects import PURGE_LEASE
from functions.domain.errors import Unavailable
from functions.domain.events import (
    DeleteRequested,
    Event,
    ObjectArrived,
    Promoted,
    RestoreRequested,
    Transition,
)
from functions.domain.keys import documents_key, staging_key
from functions.domain.quota import Usage
from functions.domain.states import decide
from functions.domain.storage import ObjectVersion, OpenUpload
from functions.services.purge import PurgeOutcome, PurgeService
from tests.examples import NOW, OWNER, PLENTY, PNG, Clock, a_document, an_id
from tests.fake_multipart import InMemoryBucketInventory, InMemoryMultipartStore
from tests.fakes import InMemoryDocuments
from tests.interruption import Interruption, Killed, die, every_point, interrupted

WEEK = timedelta(days=7)
STAGED, STORED = staging_key(OWNER, an_id()), documents_key(OWNER, an_id())
NEIGHBOUR = documents_key(OWNER, an_id(1))


@dataclass
class PurgeScenario:
    """A ready document that was deleted a week ago, with something of every kind that may lie under its keys."""

    repository: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    s3: InMemoryMultipartStore = field(default_factory=InMemoryMultipartStore)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.repository.create(a_document(), PLENTY, None, NOW)
        stored = self.s3.objects.put(STORED, PNG)
        self.s3.objects.put(STAGED, PNG)
        self.s3.objects.put(STAGED, PNG)
        self.s3.objects.put(NEIGHBOUR, PNG)
        self.s3.create(STORED, "image/png", part_checksums=False)
        for event in (
            ObjectArrived("v1"),
            Promoted(1, "image/png", None, stored),
            DeleteRequested(NOW + WEEK),
        ):
            self.apply(event)
        self.clock.advance(WEEK)

    def apply(self, event: Event) -> None:
        decision = decide(self.document, event, self.clock())
        assert isinstance(decision, Transition)
        self.repository.apply(decision)

    def purge(self, by: Interruption | None = None) -> PurgeOutcome:
        by = by or Interruption(die)
        inventory = InMemoryBucketInventory(self.s3)
        return PurgeService(
            interrupted(self.repository, by), interrupted(inventory, by), interrupted(self.s3, by), self.clock
        ).purge(OWNER, an_id())

    @property
    def document(self) -> Document:
        document = self.repository.get(OWNER, an_id())
        assert document is not None
        return document

    def assert_purged(self) -> None:
        assert self.document.status is Status.PURGED
        assert [*self.s3.objects.keys] == [NEIGHBOUR]
        assert not self.s3.open
        assert self.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PNG))


def test_a_purge_deletes_every_version_and_part_and_releases_the_bytes() -> None:
    world = PurgeScenario()
    assert world.purge() is PurgeOutcome.PURGED
    world.assert_purged()


def test_a_repeated_task_finds_the_purge_done() -> None:
    world = PurgeScenario()
    world.purge()
    assert world.purge() is PurgeOutcome.ALREADY_PURGED
    world.assert_purged()


def test_a_restored_document_keeps_every_byte() -> None:
    world = PurgeScenario()
    world.clock.advance(-timedelta(seconds=1))
    world.apply(RestoreRequested())
    world.clock.advance(WEEK)
    assert world.purge() is PurgeOutcome.KEPT
    assert set(world.s3.objects.keys) == {STAGED, STORED, NEIGHBOUR}


def test_a_crash_of_a_purge_at_any_call_is_finished_by_the_next() -> None:
    counting = Interruption(die)
    PurgeScenario().purge(counting)
    assert counting.calls > 8
    for at, after in every_point(counting.calls):
        world = PurgeScenario()
        with pytest.raises(Killed):
            world.purge(Interruption(die, at, after))
        while world.purge() is PurgeOutcome.LEASED:
            world.clock.advance(PURGE_LEASE)
        world.assert_purged()


def test_a_restore_during_a_purge_fails() -> None:
    counting = Interruption(die)
    PurgeScenario().purge(counting)
    for at, after in every_point(counting.calls):
        world = PurgeScenario()

        def restore(world: PurgeScenario = world) -> None:
            assert not isinstance(decide(world.document, RestoreRequested(), world.clock()), Transition)

        world.purge(Interruption(restore, at, after))
        world.assert_purged()


def test_bytes_that_arrive_during_a_purge_are_deleted_or_the_purge_is_retried() -> None:
    world = PurgeScenario()
    assert _purge_while(world, arriving=lambda listings: listings < 2) is PurgeOutcome.PURGED
    world.assert_purged()

    world = PurgeScenario()
    with pytest.raises(Unavailable):
        _purge_while(world, arriving=lambda _: True)
    assert world.document.status is Status.PURGING
    assert world.repository.usage(OWNER, NOW).reserved_bytes == len(PNG)


def _purge_while(world: PurgeScenario, arriving: Callable[[int], bool]) -> PurgeOutcome:
    class Busy(InMemoryBucketInventory):
        """Something lands after each listing."""

        listings = 0

        def versions(self, prefix: str) -> Iterator[ObjectVersion]:
            yield from [*super().versions(prefix)]
            if arriving(self.listings):
                world.s3.objects.put(STAGED, PNG)
            self.listings += 1

    return PurgeService(world.repository, Busy(world.s3), world.s3, world.clock).purge(OWNER, an_id())


def test_uploads_that_start_during_a_purge_are_aborted() -> None:
    world = PurgeScenario()

    class Busy(InMemoryBucketInventory):
        """An inventory to whose key a multipart upload starts after each of the first three listings."""

        listings = 0

        def uploads(self, prefix: str) -> Iterator[OpenUpload]:
            yield from [*super().uploads(prefix)]
            self.listings += 1
            if self.listings <= 3:
                world.s3.create(STAGED, "image/png", part_checksums=False)

    purge = PurgeService(world.repository, Busy(world.s3), world.s3, world.clock)
    assert purge.purge(OWNER, an_id()) is PurgeOutcome.PURGED
    world.assert_purged()
