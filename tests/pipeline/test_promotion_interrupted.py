"""A promotion that is interrupted at every single call it makes ends as one that was not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.effects import LEASE
from functions.domain.errors import AirlockError, Unavailable
from functions.domain.guards import MAX_ATTEMPTS
from functions.pipeline.promotion import Outcome
from tests.examples import PNG
from tests.interruption import Interruption, Killed, die, every_point
from tests.promotions import SCENARIOS, STAGED, End, PromotionScenario, Scenario, a_good_file

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)


def uninterrupted(scenario: Scenario) -> tuple[End, int]:
    """How it should end, and after how many calls for the first event."""
    world, counting = PromotionScenario(), Interruption(die)
    first, *others = scenario(world)
    world.deliver(first, by=counting)
    world.redeliver(first, *others)
    return world.end(), counting.calls


def fail() -> None:
    raise Unavailable(Code.STORAGE_UNAVAILABLE, "Not now.")


@each_scenario
def test_a_crash_at_any_call_and_redelivery_end_as_a_run_without_crash(scenario: Scenario) -> None:
    expected, calls = uninterrupted(scenario)
    for at, after in every_point(calls):
        world = PromotionScenario()
        versions = scenario(world)
        with pytest.raises(Killed):
            world.deliver(versions[0], by=Interruption(die, at, after))
        world.redeliver(*versions)
        assert world.end() == expected, (at, after)


@each_scenario
def test_an_error_at_any_call_and_redelivery_end_as_a_run_without_error(scenario: Scenario) -> None:
    expected, calls = uninterrupted(scenario)
    for at, after in every_point(calls):
        world = PromotionScenario()
        versions = scenario(world)
        with pytest.raises(Unavailable):
            world.deliver(versions[0], by=Interruption(fail, at, after))
        world.redeliver(*versions)
        assert world.end() == expected, (at, after)


@each_scenario
@pytest.mark.parametrize("pause", [timedelta(0), LEASE], ids=["within the lease", "after the lease"])
def test_a_second_attempt_between_any_two_calls_changes_nothing_in_the_end(
    scenario: Scenario, pause: timedelta
) -> None:
    expected, calls = uninterrupted(scenario)
    for at, after in every_point(calls):
        world = PromotionScenario()
        versions = scenario(world)
        _race(world, versions[0], partial(_delivered, world, versions[0], pause), at, after)
        world.redeliver(*versions)
        assert world.end() == expected, (at, after)


def test_an_abort_between_any_two_calls_either_succeeds_or_is_an_invalid_state() -> None:
    _, calls = uninterrupted(a_good_file)
    ends = set()
    for at, after in every_point(calls):
        world = PromotionScenario()
        [version] = a_good_file(world)
        aborts: list[bool] = []
        _race(world, version, partial(_aborted, world, aborts), at, after)
        world.redeliver(version)
        won = aborts == [True]
        assert world.document.status is (Status.ABORTED if won else Status.READY), (at, after)
        assert list(world.end().bytes_held.values()) == ([] if won else [[PNG]]), (at, after)
        ends.add(world.document.status)
    assert ends == {Status.ABORTED, Status.READY}


def test_of_two_concurrent_versions_one_is_promoted() -> None:
    other = PNG[:-1] + b"\x01"
    _, calls = uninterrupted(a_good_file)
    for at, after in every_point(calls):
        world = PromotionScenario()
        versions = [*a_good_file(world), world.upload(other)]
        _race(world, versions[0], partial(world.deliver, versions[1]), at, after)
        world.redeliver(*versions)
        chosen = PNG if world.document.staged_version == versions[0] else other
        assert world.document.status is Status.READY, (at, after)
        assert list(world.end().bytes_held.values()) == [[chosen]], (at, after)
        assert world.end().stored_is_recorded, (at, after)


def test_a_crash_at_the_same_call_every_time_never_leaves_a_document_in_processing() -> None:
    expected, calls = uninterrupted(a_good_file)
    for at, after in every_point(calls):
        world = PromotionScenario()
        [version] = a_good_file(world)
        for _ in range(MAX_ATTEMPTS + 1):
            _crash(world, version, at, after)
            world.clock.advance(LEASE)
        world.redeliver(version)
        if world.document.status is Status.FAILED:
            assert world.objects.head(STAGED, version) is not None, (at, after)
            assert world.end().usage == replace(expected.usage, open_uploads=0), (at, after)
        else:
            assert world.end() == expected, (at, after)


def _delivered(world: PromotionScenario, version: str, pause: timedelta) -> None:
    world.clock.advance(pause)
    world.deliver(version)


def _aborted(world: PromotionScenario, aborts: list[bool]) -> None:
    aborts.append(world.abort())


def _race(world: PromotionScenario, version: str, act: Callable[[], object], at: int, after: bool) -> None:
    """What an overtaken worker is told does not matter here; that it does no harm does."""
    try:
        world.deliver(version, by=Interruption(act, at, after))
    except AirlockError:
        return


def _crash(world: PromotionScenario, version: str, at: int, after: bool) -> Outcome | None:
    try:
        return world.deliver(version, by=Interruption(die, at, after))
    except Killed:
        return None
