"""A crash before and after every call to AWS, in every journey, leads to the same state as a run without crash."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest

from functions import wiring
from tests.deep import WithinTime
from tests.examples import PLENTY, PNG
from tests.faults.aws_calls import Crash
from tests.faults.client_journeys import JOURNEYS, Journey, submit_a_form_twice
from tests.faults.invariants import find_leftovers, find_skipped_gates, find_violations
from tests.faults.simulation import (
    ClientGone,
    Simulation,
    WiredFunctions,
    count_daily_bytes,
    read_state,
)
from tests.faults.step_checks import check_ready_documents
from tests.faults.step_journeys import FEW_STEP_JOURNEYS, STEP_JOURNEYS, submit_a_scanned_form_twice

each_journey = pytest.mark.parametrize(
    "journey", [*JOURNEYS, *STEP_JOURNEYS], ids=lambda journey: journey.__name__
)


@contextmanager
def crash_once(
    functions: WiredFunctions, journey: Journey, at: int, late: bool, *, client_returns: bool = True
) -> Iterator[Simulation]:
    """Runs the journey with a crash at call number `at` until nothing changes any more."""
    with functions.simulate(Crash(at, late)) as simulation:
        simulation.client_returns = client_returns
        with suppress(ClientGone):
            journey(simulation)
        simulation.drain()
        assert simulation.crash.has_happened
        assert find_skipped_gates(simulation.snapshot(), wiring.kinds()) == []
        check_ready_documents(simulation)
        yield simulation


@dataclass(frozen=True)
class End:
    """The final state, and the bytes that the owner has created on this day."""

    state: Any
    daily_bytes: int


def read_end(simulation: Simulation) -> End:
    return End(read_state(simulation.account), count_daily_bytes(simulation.account))


def run_without_crash(functions: WiredFunctions, journey: Journey) -> tuple[End, list[str], list[int]]:
    """Returns the end, the calls to AWS, and the numbers of those that a client waited for."""
    with functions.simulate() as simulation:
        journey(simulation)
        calls, client_calls = [*simulation.crash.calls], simulation.client_calls
        simulation.drain()
        return read_end(simulation), calls, client_calls


def list_points(numbers: Sequence[int]) -> list[tuple[int, bool]]:
    """Lists (call number, late) for a crash before and after each call."""
    return [(number, late) for number in numbers for late in (False, True)]


def check_same_end(functions: WiredFunctions, journey: Journey, expected: End, at: int, late: bool) -> None:
    """A crash may count a further version of a form twice, and nothing else."""
    with crash_once(functions, journey, at, late) as simulation:
        end, calls = read_end(simulation), simulation.crash.calls
        assert end.state == expected.state, (at, calls[at - 1], "after" if late else "before")
        may_differ = journey in (submit_a_form_twice, submit_a_scanned_form_twice)
        assert end.daily_bytes - expected.daily_bytes in ({0, len(PNG)} if may_differ else {0})


@pytest.mark.parametrize("journey", [*JOURNEYS, *FEW_STEP_JOURNEYS], ids=lambda journey: journey.__name__)
def test_a_crash_in_the_middle_leads_to_the_same_end(functions: WiredFunctions, journey: Journey) -> None:
    expected, calls, _ = run_without_crash(functions, journey)
    for at, late in list_points([len(calls) // 2 + 1]):
        check_same_end(functions, journey, expected, at, late)


@pytest.mark.deep
@each_journey
def test_a_crash_at_any_call_leads_to_the_same_end(
    functions: WiredFunctions, journey: Journey, within_time: WithinTime[tuple[int, bool]]
) -> None:
    expected, calls, _ = run_without_crash(functions, journey)
    points = list_points(range(1, len(calls) + 1))
    for at, late in within_time("crash points after which the client returns", points):
        check_same_end(functions, journey, expected, at, late)


@pytest.mark.deep
@each_journey
def test_a_client_that_never_returns_after_a_crash_leaves_nothing_behind(
    functions: WiredFunctions, journey: Journey, within_time: WithinTime[tuple[int, bool]]
) -> None:
    _, calls, client_calls = run_without_crash(functions, journey)
    for at, late in within_time("crash points after which the client is gone", list_points(client_calls)):
        with crash_once(functions, journey, at, late, client_returns=False) as simulation:
            snapshot = simulation.snapshot()
            violations = find_violations(snapshot, PLENTY) + find_leftovers(snapshot)
            assert violations == [], (at, calls[at - 1], "after" if late else "before")
