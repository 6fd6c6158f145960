"""Slices of a sweep: which are started, how a run continues another, and what a lost or duplicate message does."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest

from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.errors import Unavailable
from functions.domain.keys import SCAN_AREA, documents_key, staging_key
from functions.domain.repository import DUE_SHARDS
from functions.domain.retention import GRACE
from functions.domain.slices import PERIOD, SLICE_LEASE, SliceResult, SliceTask, list_slices
from functions.services.slices import Skipped
from tests.examples import NOW, OWNER, an_id
from tests.fakes import InMemoryDocuments
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points
from tests.services.sweep_scenario import SECOND, SweepScenario

STAGING_SLICE = f"staging/{OWNER[0]}"


class SliceScenario(SweepScenario):
    """A deployment whose slices are started by a schedule and delivered by a queue."""

    def start(self) -> list[str]:
        """Starts a sweep and returns the slices that are enqueued."""
        self.slices.tasks.clear()
        started = self.slice_service().start()
        assert [task.name for task in self.slices.tasks] == [*started.names]
        return [*started.names]

    def deliver(self, steps: int = 10_000) -> Counter[str]:
        """Delivers messages until the queue is empty. Each run has time for that many steps. Returns the outcomes."""
        outcomes: Counter[str] = Counter()
        while self.slices.tasks:
            result = self.run(self.slices.tasks.pop(0), steps)
            if isinstance(result, SliceResult):
                outcomes += result.outcomes
        return outcomes

    def run(self, task: SliceTask, steps: int = 10_000, by: Interruption | None = None) -> object:
        return self.slice_service(by).run(task, out_of_time_after(steps))

    def orphans(self, number: int, owner: str = OWNER) -> list[str]:
        """Stores old versions in staging that no record needs."""
        return [self.put(staging_key(owner, an_id(each))) for each in range(number)]

    @property
    def staging_age(self) -> timedelta | None:
        return self.slice_service().start().staging_age


def out_of_time_after(steps: int) -> Callable[[], bool]:
    left = count(1)
    return lambda: next(left) >= steps


@pytest.fixture
def scenario() -> SliceScenario:
    return SliceScenario()


def test_a_start_enqueues_every_slice_once(scenario: SliceScenario) -> None:
    names = scenario.start()
    assert len(names) == len({*names}) == 8 + 1 + 2 * 16 + 2
    assert names == list_slices(NOW)


def test_the_slices_find_what_a_sweep_of_everything_finds(scenario: SliceScenario) -> None:
    for digit in "0123456789abcdef":
        for area in ("", SCAN_AREA):
            scenario.put(staging_key(digit * 32, an_id(), area))
    scenario.begin()
    for number in range(16):
        scenario.expect(id=an_id(number), upload_deadline=NOW)
    scenario.wait_for_slice(after=PERIOD)
    scenario.put(documents_key(OWNER, an_id(99)))
    scenario.clock.advance(PERIOD)
    scenario.inventory.came.clear()
    scenario.inventory.came |= dict.fromkeys(scenario.stored_versions(), NOW - GRACE)
    scenario.inventory.came |= dict.fromkeys(scenario.s3.open, NOW - GRACE)
    scenario.start()
    found = scenario.deliver()
    assert found == Counter(deleted_version=32, aborted_upload=1, expired=16, orphan_reported=1)


def test_a_slice_without_time_is_continued_behind_what_it_has_swept(scenario: SliceScenario) -> None:
    scenario.inventory.page_size = 2
    kept = [scenario.put(staging_key(OWNER, an_id(number))) for number in range(7)]
    for number in range(7):
        scenario.expect(id=an_id(number), upload_deadline=NOW + 9 * PERIOD)
    task = SliceTask(STAGING_SLICE, 0)
    cursors = []
    while task:
        result = scenario.run(task, steps=3)
        assert isinstance(result, SliceResult)
        cursors.append(result.cursor)
        task = scenario.slices.tasks.pop() if scenario.slices.tasks else None  # type: ignore[assignment]
    assert len(cursors) == len({*cursors}) == 4
    assert [*scenario.stored_versions()] == kept


def test_due_documents_are_continued_behind_the_last_one(scenario: SliceScenario) -> None:
    """Their events are republished, and until these are processed all of them stay due."""
    for number in range(0, 40, DUE_SHARDS):
        scenario.expect(id=an_id(number), status=Status.PROCESSING, staged_version=f"v{number}", attempt=2)
    scenario.clock.advance(SECOND)
    scenario.slices.tasks.append(SliceTask("due/0", 0))
    assert scenario.deliver(steps=1) == Counter(attempt_republished=5)
    assert len({*scenario.queues.events}) == 5


def test_a_slice_that_is_at_work_is_not_started_again(scenario: SliceScenario) -> None:
    names = scenario.start()
    held = scenario.slices.get(STAGING_SLICE)
    scenario.slices.replace(held, held.claim(scenario.clock()))
    assert {*names} - {*scenario.start()} == {STAGING_SLICE}
    assert scenario.run(SliceTask(STAGING_SLICE, 0)) is Skipped.LEASED
    scenario.clock.advance(SLICE_LEASE)
    assert scenario.start() == names


def test_a_duplicate_message_changes_nothing(scenario: SliceScenario) -> None:
    """A slice that waits in the queue for longer than a period is enqueued again."""
    scenario.orphans(3)
    scenario.clock.advance(GRACE + SECOND)
    task = SliceTask(STAGING_SLICE, 0)
    assert isinstance(scenario.run(task, steps=1), SliceResult)
    assert scenario.run(task) is Skipped.STALE
    assert scenario.slices.tasks == [SliceTask(STAGING_SLICE, 1)]


def test_a_lost_message_is_replaced_by_the_next_start_which_continues_at_the_cursor(
    scenario: SliceScenario,
) -> None:
    scenario.inventory.page_size = 2
    scenario.orphans(6)
    scenario.run(SliceTask(STAGING_SLICE, 0), steps=3)
    scenario.slices.tasks.clear()
    cursor = scenario.slices.get(STAGING_SLICE).cursor
    assert cursor is not None
    scenario.start()
    assert SliceTask(STAGING_SLICE, 1) in scenario.slices.tasks
    assert scenario.slices.get(STAGING_SLICE).cursor == cursor


def test_a_slice_of_an_earlier_period_is_started_until_it_has_ended(scenario: SliceScenario) -> None:
    scenario.inventory.page_size = 1
    scenario.wait_for_slice(after=timedelta(0))
    name = f"documents/{OWNER[:2]}"
    for number in range(3):
        scenario.put(documents_key(OWNER, an_id(number)))
    scenario.run(SliceTask(name, 0), steps=2)
    scenario.clock.advance(PERIOD)
    assert name not in list_slices(scenario.clock())
    assert name in scenario.start()
    scenario.deliver()
    assert name not in scenario.start()


def test_a_crash_at_any_call_is_repaired_by_the_next_delivery_or_start() -> None:
    counting = Interruption(kill_process)
    crashing_run(SliceScenario(), counting)
    assert counting.calls >= 5
    for at, after in list_points(counting.calls):
        scenario = SliceScenario()
        with pytest.raises(ProcessKilled):
            crashing_run(scenario, Interruption(kill_process, at, after))
        scenario.clock.advance(SLICE_LEASE)
        scenario.start()
        scenario.deliver()
        assert not scenario.objects.keys, (at, after)
        assert scenario.slices.get(STAGING_SLICE).lease_until is None


def crashing_run(scenario: SliceScenario, by: Interruption) -> None:
    scenario.inventory.page_size = 2
    scenario.orphans(3)
    scenario.clock.advance(GRACE + SECOND)
    scenario.run(SliceTask(STAGING_SLICE, 0), steps=1, by=by)


def fail() -> None:
    raise Unavailable(Code.STORAGE_UNAVAILABLE, "Not now.")


def test_a_slice_that_cannot_be_listed_is_retried_by_its_own_message(scenario: SliceScenario) -> None:
    task = SliceTask(STAGING_SLICE, 0)
    with pytest.raises(Unavailable):
        scenario.run(task, by=Interruption(fail, at=3))
    assert isinstance(scenario.run(task), SliceResult)


class BrokenShard(InMemoryDocuments):
    """A repository whose first shard of what is due cannot be read."""

    def due(self, shard: int, now: object, after: object = None) -> Iterator[object]:  # type: ignore[override]
        if shard == 0:
            fail()
        return iter(())


def test_a_slice_that_fails_stops_no_other(scenario: SliceScenario) -> None:
    scenario.repository = BrokenShard()
    scenario.orphans(1)
    scenario.clock.advance(GRACE + SECOND)
    scenario.start()
    outcomes: Counter[str] = Counter()
    for task in [*scenario.slices.tasks]:
        try:
            result = scenario.run(task)
        except Unavailable:
            assert task.name == "due/0"
            continue
        assert isinstance(result, SliceResult)
        outcomes += result.outcomes
    assert outcomes == Counter(deleted_version=1)


def test_the_age_of_staging_is_that_of_the_slice_that_was_completed_longest_ago(
    scenario: SliceScenario,
) -> None:
    assert scenario.staging_age is None
    scenario.start()
    scenario.deliver()
    assert scenario.staging_age == timedelta(0)
    for _ in range(24):
        scenario.clock.advance(PERIOD)
        scenario.start()
        scenario.slices.tasks = [task for task in scenario.slices.tasks if task.name != "staging/scan/7"]
        scenario.deliver()
    assert scenario.staging_age == timedelta(hours=6)


def test_a_slice_that_runs_and_never_ends_has_an_age(scenario: SliceScenario) -> None:
    scenario.inventory.page_size = 1
    scenario.orphans(20)
    for _ in range(5):
        scenario.start()
        for task in [*scenario.slices.tasks]:
            scenario.run(task, steps=2 if task.name == STAGING_SLICE else 10)
        scenario.clock.advance(PERIOD)
    assert scenario.slices.get(STAGING_SLICE).cursor is not None
    assert scenario.staging_age == 5 * PERIOD
