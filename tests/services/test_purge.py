"""The purge: every byte of a document is deleted and its record emptied, also when a call is interrupted."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from functions.domain.document import Status
from functions.domain.effects import PURGE_LEASE
from functions.domain.errors import Unavailable
from functions.domain.events import (
    DeleteRequested,
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
from tests.examples import NOW, OWNER, PLENTY, PNG, a_document, an_id
from tests.fake_deployment import FakeDeployment
from tests.fake_multipart import InMemoryBucketInventory
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points

WEEK = timedelta(days=7)
STAGED, STORED = staging_key(OWNER, an_id()), documents_key(OWNER, an_id())
NEIGHBOUR = documents_key(OWNER, an_id(1))


class PurgeScenario(FakeDeployment):
    """A document that was deleted a week ago, with versions and an open upload under its keys."""

    def __post_init__(self) -> None:
        super().__post_init__()
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

    def purge(self, by: Interruption | None = None) -> PurgeOutcome:
        return self.purge_service(by).purge(OWNER, an_id())

    def assert_purged(self) -> None:
        assert self.document.status is Status.PURGED
        assert [*self.s3.objects.keys] == [NEIGHBOUR]
        assert not self.s3.open
        assert self.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PNG))


def test_a_purge_deletes_every_version_and_part_and_releases_the_bytes() -> None:
    scenario = PurgeScenario()
    assert scenario.purge() is PurgeOutcome.PURGED
    scenario.assert_purged()


def test_a_repeated_task_finds_the_purge_done() -> None:
    scenario = PurgeScenario()
    scenario.purge()
    assert scenario.purge() is PurgeOutcome.ALREADY_PURGED
    scenario.assert_purged()


def test_a_restored_document_keeps_every_byte() -> None:
    scenario = PurgeScenario()
    scenario.clock.advance(-timedelta(seconds=1))
    scenario.apply(RestoreRequested())
    scenario.clock.advance(WEEK)
    assert scenario.purge() is PurgeOutcome.KEPT
    assert set(scenario.s3.objects.keys) == {STAGED, STORED, NEIGHBOUR}


def test_a_crash_of_a_purge_at_any_call_is_finished_by_the_next() -> None:
    counting = Interruption(kill_process)
    PurgeScenario().purge(counting)
    assert counting.calls > 8
    for at, after in list_points(counting.calls):
        scenario = PurgeScenario()
        with pytest.raises(ProcessKilled):
            scenario.purge(Interruption(kill_process, at, after))
        while scenario.purge() is PurgeOutcome.LEASED:
            scenario.clock.advance(PURGE_LEASE)
        scenario.assert_purged()


def test_a_restore_during_a_purge_fails() -> None:
    counting = Interruption(kill_process)
    PurgeScenario().purge(counting)
    for at, after in list_points(counting.calls):
        scenario = PurgeScenario()

        def restore(scenario: PurgeScenario = scenario) -> None:
            assert not isinstance(decide(scenario.document, RestoreRequested(), scenario.clock()), Transition)

        scenario.purge(Interruption(restore, at, after))
        scenario.assert_purged()


def test_bytes_that_arrive_during_a_purge_are_deleted_or_the_purge_is_retried() -> None:
    scenario = PurgeScenario()
    assert _purge_while(scenario, arriving=lambda listings: listings < 2) is PurgeOutcome.PURGED
    scenario.assert_purged()

    scenario = PurgeScenario()
    with pytest.raises(Unavailable):
        _purge_while(scenario, arriving=lambda _: True)
    assert scenario.document.status is Status.PURGING
    assert scenario.repository.usage(OWNER, NOW).reserved_bytes == len(PNG)


def _purge_while(scenario: PurgeScenario, arriving: Callable[[int], bool]) -> PurgeOutcome:
    class Busy(InMemoryBucketInventory):
        """Something lands after each listing."""

        listings = 0

        def versions(self, prefix: str) -> Iterator[ObjectVersion]:
            yield from [*super().versions(prefix)]
            if arriving(self.listings):
                scenario.s3.objects.put(STAGED, PNG)
            self.listings += 1

    return PurgeService(scenario.repository, Busy(scenario.s3), scenario.s3, scenario.clock).purge(
        OWNER, an_id()
    )


def test_uploads_that_start_during_a_purge_are_aborted() -> None:
    scenario = PurgeScenario()

    class Busy(InMemoryBucketInventory):
        """An inventory to whose key a multipart upload starts after each of the first three listings."""

        listings = 0

        def uploads(self, prefix: str) -> Iterator[OpenUpload]:
            yield from [*super().uploads(prefix)]
            self.listings += 1
            if self.listings <= 3:
                scenario.s3.create(STAGED, "image/png", part_checksums=False)

    purge = PurgeService(scenario.repository, Busy(scenario.s3), scenario.s3, scenario.clock)
    assert purge.purge(OWNER, an_id()) is PurgeOutcome.PURGED
    scenario.assert_purged()
