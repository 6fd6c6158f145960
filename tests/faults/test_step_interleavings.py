"""Verdicts of the scanner, workers of shipped steps, the sweep and a client, in every order of their calls to AWS."""

from collections.abc import Sequence
from math import factorial

import pytest

from functions.domain.document import Status
from functions.domain.steps import SCAN
from tests.deep import WithinTime
from tests.faults.scanner import INFECTED
from tests.faults.schedules import Request, explore
from tests.faults.simulation import Simulation, WiredFunctions
from tests.faults.test_interleavings import (
    AFTER_TIMEOUT,
    PREEMPTIONS,
    Race,
    Results,
    abort,
    check_ready,
    check_ready_or_aborted,
    check_rejected,
    drain,
    only_document,
    put_all_bytes,
    run_schedule,
    sweep_and_deliver,
    take_message,
    take_result,
)


def take_verdicts(simulation: Simulation) -> tuple[Request, Sequence[Request]]:
    """Returns the delivery of S3's event, and that of each result that the scanner's verdicts become."""
    event = take_message(simulation)
    verdicts = [take_message(simulation) for _ in simulation.messages.copy()]
    return event, [_forward(simulation, verdict) for verdict in verdicts]


def _forward(simulation: Simulation, verdict: Request) -> Request:
    verdict()
    return take_message(simulation)


def event_and_early_verdict(simulation: Simulation) -> list[Request]:
    put_all_bytes(simulation, kind="scanned")
    event, [verdict] = take_verdicts(simulation)
    return [event, verdict]


def event_and_early_infected_verdict(simulation: Simulation) -> list[Request]:
    simulation.scanner.result = INFECTED
    return event_and_early_verdict(simulation)


def event_verdict_and_verdict_of_another_version(simulation: Simulation) -> list[Request]:
    """The infected verdict of another version says nothing, and the clean one comes twice."""
    simulation.scanner.repeats = 2
    put_all_bytes(simulation, kind="scanned")
    event, [foreign, verdict, _] = take_verdicts(simulation)
    return [event, verdict, foreign]


def clean_and_infected_verdict(simulation: Simulation) -> list[Request]:
    """Another scan of the same version finds something. The first verdict that arrives counts."""
    put_all_bytes(simulation, kind="scanned")
    event, [clean] = take_verdicts(simulation)
    event()
    document = only_document(simulation)
    [version] = [version for _, version in simulation.versions("staging/")]
    simulation.scanner.result = INFECTED
    simulation.calls.scans.ask(document.staging_key, version)
    return [clean, _forward(simulation, take_message(simulation))]


def check_first_verdict(simulation: Simulation, results: Results) -> None:
    drain(simulation)
    document = only_document(simulation)
    [scanned] = [step for step in document.steps if step.name == SCAN]
    assert (document.status.value, scanned.status.value) in {("ready", "passed"), ("rejected", "rejected")}


def verdict_and_sweep_at_its_deadline(simulation: Simulation) -> list[Request]:
    """The sweep takes the verdict for lost, and the step asks for another scan."""
    put_all_bytes(simulation, kind="scanned")
    event, [verdict] = take_verdicts(simulation)
    event()
    simulation.age(AFTER_TIMEOUT)
    return [verdict, sweep_and_deliver(simulation)]


def verdict_and_abort(simulation: Simulation) -> list[Request]:
    document_id = put_all_bytes(simulation, kind="scanned")
    _, [verdict] = take_verdicts(simulation)
    return [verdict, abort(document_id)]


def wait_for_image(simulation: Simulation) -> None:
    """Leaves a picture that was found clean. The task of `image` is the next message."""
    put_all_bytes(simulation, kind="picture")
    event, [verdict] = take_verdicts(simulation)
    event()
    verdict()


def two_image_workers(simulation: Simulation) -> list[Request]:
    """One task is delivered to two workers, each of which stores the renditions. One result counts."""
    wait_for_image(simulation)
    worker = take_message(simulation)
    return [worker, worker]


def image_result_and_sweep_at_its_deadline(simulation: Simulation) -> list[Request]:
    """The result is applied, or the task of the later attempt makes other renditions."""
    wait_for_image(simulation)
    result = take_result(simulation)
    simulation.age(AFTER_TIMEOUT)
    return [result, sweep_and_deliver(simulation)]


def check_ready_picture(simulation: Simulation, results: Results) -> None:
    """Only the renditions of one result are left, and no original."""
    drain(simulation)
    document = only_document(simulation)
    assert document.status is Status.READY, results
    assert [each.name for each in document.renditions] == ["small", "large"]
    assert len(simulation.versions("renditions/")) == 2
    assert simulation.versions("documents/") == []


RACES: dict[str, Race] = {
    "event and early verdict": Race(event_and_early_verdict, check_ready),
    "event and early infected verdict": Race(event_and_early_infected_verdict, check_rejected),
    "event, verdict and verdict of another version": Race(
        event_verdict_and_verdict_of_another_version, check_ready
    ),
    "clean and infected verdict": Race(clean_and_infected_verdict, check_first_verdict),
    "verdict and sweep at its deadline": Race(verdict_and_sweep_at_its_deadline, check_ready),
    "verdict and abort": Race(verdict_and_abort, check_ready_or_aborted),
    "image worker and image worker": Race(two_image_workers, check_ready_picture),
    "image result and sweep at its deadline": Race(
        image_result_and_sweep_at_its_deadline, check_ready_picture
    ),
}
each_race = pytest.mark.parametrize("race", RACES.values(), ids=RACES)


@pytest.mark.parametrize(
    "name", ["verdict and sweep at its deadline", "image result and sweep at its deadline"]
)
def test_parties_one_after_the_other_agree(functions: WiredFunctions, name: str) -> None:
    schedules = list(explore(lambda choices: run_schedule(functions, RACES[name], choices), preemptions=0))
    assert len(schedules) == factorial(len({party for schedule in schedules for party in schedule}))


@pytest.mark.deep
@each_race
def test_concurrent_parties_agree(
    functions: WiredFunctions, race: Race, within_time: WithinTime[list[int]]
) -> None:
    schedules = explore(lambda choices: run_schedule(functions, race, choices), PREEMPTIONS)
    found = list(within_time("schedules of parties with shipped steps", schedules))
    assert len({tuple(schedule) for schedule in found}) == len(found)
