"""The process dies before and after every call to AWS, one by one, in every journey: afterwards nobody can tell."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tests.counted import Counted
from tests.examples import PLENTY
from tests.faults.aws_calls import Kill
from tests.faults.invariants import broken, broken_at_rest
from tests.faults.journeys import JOURNEYS, Journey
from tests.faults.world import Functions, GaveUp, World, seen
from tests.interruption import every_point

each_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__)


@contextmanager
def crashed(
    functions: Functions, journey: Journey, at: int, late: bool, *, client_returns: bool = True
) -> Iterator[World]:
    """The world in which the process died at call number `at`, once everything has settled again."""
    with functions.world(Kill(at, late)) as world:
        world.client_returns = client_returns
        with suppress(GaveUp):
            journey(world)
        world.write_recount()
        assert world.kill.struck
        yield world


def without_crash(functions: Functions, journey: Journey) -> tuple[Any, list[str], list[int]]:
    """The end, the calls that led there, and the numbers of those that a client waited for."""
    with functions.world() as world:
        journey(world)
        calls, waited_for = [*world.kill.calls], world.waited_for
        world.write_recount()
        return seen(world.account), calls, waited_for


@each_journey
def test_after_a_crash_at_any_call_the_end_is_the_same(
    functions: Functions, journey: Journey, counted: Counted
) -> None:
    expected, calls, _ = without_crash(functions, journey)
    for at, late in every_point(len(calls)):
        with crashed(functions, journey, at, late) as world:
            assert seen(world.account) == expected, (at, calls[at - 1], "after" if late else "before")
    counted("crash points after which the client asks again", 2 * len(calls))


@each_journey
def test_a_client_that_never_comes_back_after_a_crash_leaves_nothing_behind(
    functions: Functions, journey: Journey, counted: Counted
) -> None:
    _, calls, waited_for = without_crash(functions, journey)
    for at in waited_for:
        for late in (False, True):
            with crashed(functions, journey, at, late, client_returns=False) as world:
                now = world.snapshot()
                faults = broken(now, PLENTY) + broken_at_rest(now)
                assert faults == [], (at, calls[at - 1], "after" if late else "before")
    counted("crash points after which the client is gone", 2 * len(waited_for))
