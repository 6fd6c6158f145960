"""The purge: every byte of a document is deleted and its record emptied, also when a call is interrupted."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.document import Method, Status
from functions.domain.effects import PURGE_LEASE
from functions.domain.errors import Unavailable
from functions.domain.events import (
    AbortRequested,
    DeleteRequested,
    ObjectArrived,
    RestoreRequested,
    Transition,
)
from functions.domain.keys import documents_key, renditions_prefix, staging_key
from functions.domain.quota import Usage
from functions.domain.retention import URL_MARGIN
from functions.domain.slices import PERIOD
from functions.domain.states import decide
from functions.domain.storage import ObjectVersion, OpenUpload
from functions.services.purge import PurgeOutcome, PurgeService
from tests.examples import LIFETIMES, NOW, OWNER, PLENTY, PNG, a_document, an_id
from tests.fake_deployment import FakeDeployment
from tests.fake_multipart import InMemoryBucketInventory
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points
from tests.repository_steps import a_completed_attempt, a_passed_step, rendition_facts

WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)
STAGED, STORED = staging_key(OWNER, an_id()), documents_key(OWNER, an_id())
RENDITIONS = renditions_prefix(OWNER, an_id())
NEIGHBOUR = f"{an_id()[:-1]}1"
NEIGHBOURS = {documents_key(OWNER, NEIGHBOUR), f"{renditions_prefix(OWNER, NEIGHBOUR)}render/thumb"}


class PurgeScenario(FakeDeployment):
    """A ready document with two renditions that was deleted, and stray versions and an open upload under its keys."""

    def start(self, restore_window: timedelta = WEEK, **changes: Any) -> None:
        """Leaves the document as it is when its restore window is over."""
        self.repository.create(a_document(**changes), PLENTY, None, NOW)
        for key in (STORED, f"{RENDITIONS}render/other", *NEIGHBOURS):
            self.objects.put(key, PNG)
        thumb = self.objects.put(f"{RENDITIONS}render/thumb", PNG)
        self.s3.create(STORED, "image/png", part_checksums=False)
        rendered = a_passed_step(renditions={"thumb": rendition_facts(thumb, size=len(PNG))})
        for event in (
            ObjectArrived("v1"),
            a_completed_attempt(stored_version=self.objects.put(STORED, PNG), steps=(rendered,)),
            DeleteRequested(NOW + restore_window),
        ):
            self.apply(event)
        self.clock.advance(restore_window)

    def put_staged(self) -> None:
        self.inventory.came[self.objects.put(STAGED, PNG)] = NOW

    def purge(self, by: Interruption | None = None) -> PurgeOutcome:
        return self.purge_service(by).purge(OWNER, an_id())

    def sweep(self) -> Counter[str]:
        return self.sweep_service().sweep(lambda: False)

    def assert_purged(self) -> None:
        assert self.document.status is Status.PURGED
        assert set(self.objects.keys) == NEIGHBOURS
        assert not self.s3.open
        assert self.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PNG))


def start(**changes: Any) -> PurgeScenario:
    scenario = PurgeScenario()
    scenario.start(**changes)
    return scenario


def start_multipart() -> PurgeScenario:
    """Two versions and an upload in staging, where no URL can write any more."""
    scenario = start(method=Method.MULTIPART)
    for _ in range(2):
        scenario.put_staged()
    scenario.s3.create(STAGED, "image/png", part_checksums=False)
    return scenario


each_start = pytest.mark.parametrize("start", [start, start_multipart], ids=["put", "multipart"])


@each_start
def test_a_purge_deletes_every_version_and_part_and_releases_the_bytes(
    start: Callable[[], PurgeScenario],
) -> None:
    scenario = start()
    assert scenario.repository.usage(OWNER, NOW).reserved_bytes == 2 * len(PNG)
    assert scenario.purge() is PurgeOutcome.PURGED
    scenario.assert_purged()


@pytest.mark.parametrize("method", [Method.PUT, Method.POST])
def test_a_purge_waits_for_the_staged_version_that_makes_the_url_write_once(method: Method) -> None:
    """The restore window of one second ends long before the URL of the upload."""
    scenario = start(method=method, restore_window=SECOND)
    scenario.put_staged()
    while scenario.objects.keys.get(STAGED):
        assert scenario.purge() in (PurgeOutcome.STAGED, PurgeOutcome.LEASED)
        assert set(scenario.objects.keys) == {STAGED, *NEIGHBOURS}
        assert scenario.document.status is Status.PURGING
        assert scenario.repository.usage(OWNER, NOW).reserved_bytes == 2 * len(PNG)
        scenario.clock.advance(PERIOD)
        scenario.sweep()
        assert scenario.queues.purge_tasks.pop() == (OWNER, an_id())
    assert scenario.clock() >= NOW + LIFETIMES.url + URL_MARGIN
    assert scenario.purge() is PurgeOutcome.PURGED
    scenario.assert_purged()
    assert scenario.clock() <= NOW + LIFETIMES.url + timedelta(minutes=30)


def test_a_put_after_an_early_purge_is_refused_a_second_time_and_then_swept() -> None:
    """An upload may be aborted, deleted and purged before the PUT, whose URL is still valid."""
    scenario = PurgeScenario()
    scenario.repository.create(a_document(), PLENTY, None, NOW)
    for event in (AbortRequested(), DeleteRequested(NOW + SECOND)):
        scenario.apply(event)
    scenario.clock.advance(SECOND)
    assert scenario.purge() is PurgeOutcome.PURGED
    scenario.put_staged()
    scenario.clock.now = NOW + LIFETIMES.url + URL_MARGIN - SECOND
    assert "deleted_version" not in scenario.sweep()
    scenario.clock.advance(SECOND)
    assert scenario.sweep()["deleted_version"] == 1
    assert not scenario.objects.keys


def test_more_versions_than_one_request_takes_are_deleted_in_several() -> None:
    class Counted(InMemoryBucketInventory):
        """An inventory that records how many versions each request deletes."""

        def delete(self, versions: Sequence[ObjectVersion]) -> None:
            deletes.append(len(versions))
            super().delete(versions)

    deletes: list[int] = []
    scenario = start()
    scenario.inventory = Counted(scenario.s3)
    for _ in range(2_001):
        scenario.objects.put(f"{RENDITIONS}render/thumb", PNG)
    assert scenario.purge() is PurgeOutcome.PURGED
    scenario.assert_purged()
    assert deletes == [2, 1_000, 1_000, 3]


def test_a_repeated_task_finds_the_purge_done() -> None:
    scenario = start_multipart()
    scenario.purge()
    assert scenario.purge() is PurgeOutcome.ALREADY_PURGED
    scenario.assert_purged()


def test_a_restored_document_keeps_every_byte() -> None:
    scenario = start_multipart()
    scenario.clock.advance(-SECOND)
    scenario.apply(RestoreRequested())
    scenario.clock.advance(WEEK)
    assert scenario.purge() is PurgeOutcome.KEPT
    renditions = {f"{RENDITIONS}render/{name}" for name in ("thumb", "other")}
    assert set(scenario.objects.keys) == {STAGED, STORED, *renditions, *NEIGHBOURS}


@each_start
def test_a_crash_of_a_purge_at_any_call_is_finished_by_the_next(start: Callable[[], PurgeScenario]) -> None:
    counting = Interruption(kill_process)
    start().purge(counting)
    assert counting.calls > 8
    for at, after in list_points(counting.calls):
        scenario = start()
        with pytest.raises(ProcessKilled):
            scenario.purge(Interruption(kill_process, at, after))
        while scenario.purge() is PurgeOutcome.LEASED:
            scenario.clock.advance(PURGE_LEASE)
        scenario.assert_purged()


def test_a_restore_during_a_purge_fails() -> None:
    counting = Interruption(kill_process)
    start_multipart().purge(counting)
    for at, after in list_points(counting.calls):
        scenario = start_multipart()

        def restore(scenario: PurgeScenario = scenario) -> None:
            assert not isinstance(decide(scenario.document, RestoreRequested(), scenario.clock()), Transition)

        scenario.purge(Interruption(restore, at, after))
        scenario.assert_purged()


def test_bytes_that_arrive_during_a_purge_are_deleted_or_the_purge_is_retried() -> None:
    scenario = start_multipart()
    assert _purge_while(scenario, arriving=lambda listings: listings < 2) is PurgeOutcome.PURGED
    scenario.assert_purged()

    scenario = start_multipart()
    with pytest.raises(Unavailable):
        _purge_while(scenario, arriving=lambda _: True)
    assert scenario.document.status is Status.PURGING
    assert scenario.repository.usage(OWNER, NOW).reserved_bytes == 2 * len(PNG)


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
    scenario = start_multipart()

    class Busy(InMemoryBucketInventory):
        """An inventory to whose key a multipart upload starts after each of the first three listings."""

        listings = 0

        def uploads(self, prefix: str) -> Iterator[OpenUpload]:
            yield from [*super().uploads(prefix)]
            self.listings += prefix == STAGED
            if prefix == STAGED and self.listings <= 3:
                scenario.s3.create(STAGED, "image/png", part_checksums=False)

    purge = PurgeService(scenario.repository, Busy(scenario.s3), scenario.s3, scenario.clock)
    assert purge.purge(OWNER, an_id()) is PurgeOutcome.PURGED
    scenario.assert_purged()
