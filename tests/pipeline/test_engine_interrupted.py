"""A run of the pipeline that is interrupted at any of its calls ends in the same state as one without interruption."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.effects import LEASE
from functions.domain.errors import AirlockError, Unavailable
from functions.domain.guards import MAX_ATTEMPTS
from functions.pipeline.engine import Outcome
from tests.examples import PNG
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points
from tests.pipeline_scenario import (
    PREPARATIONS,
    STAGED,
    EndState,
    PipelineScenario,
    Preparation,
    prepare_accepted_file,
)

each_preparation = pytest.mark.parametrize("prepare", PREPARATIONS, ids=lambda prepare: prepare.__name__)


def run_uninterrupted(prepare: Preparation) -> tuple[EndState, int]:
    """Returns the end state, and the number of calls of the first delivery."""
    scenario, counting = PipelineScenario(), Interruption(kill_process)
    first, *others = prepare(scenario)
    scenario.deliver(first, by=counting)
    scenario.redeliver(first, *others)
    return scenario.end(), counting.calls


def fail() -> None:
    raise Unavailable(Code.STORAGE_UNAVAILABLE, "Not now.")


@each_preparation
def test_a_crash_at_any_call_and_redelivery_end_as_a_run_without_crash(prepare: Preparation) -> None:
    expected, calls = run_uninterrupted(prepare)
    for at, after in list_points(calls):
        scenario = PipelineScenario()
        versions = prepare(scenario)
        with pytest.raises(ProcessKilled):
            scenario.deliver(versions[0], by=Interruption(kill_process, at, after))
        scenario.redeliver(*versions)
        assert scenario.end() == expected, (at, after)


@each_preparation
def test_an_error_at_any_call_and_redelivery_end_as_a_run_without_error(prepare: Preparation) -> None:
    expected, calls = run_uninterrupted(prepare)
    for at, after in list_points(calls):
        scenario = PipelineScenario()
        versions = prepare(scenario)
        with pytest.raises(Unavailable):
            scenario.deliver(versions[0], by=Interruption(fail, at, after))
        scenario.redeliver(*versions)
        assert scenario.end() == expected, (at, after)


@each_preparation
@pytest.mark.parametrize("pause", [timedelta(0), LEASE], ids=["within the lease", "after the lease"])
def test_a_second_attempt_between_any_two_calls_changes_nothing_in_the_end(
    prepare: Preparation, pause: timedelta
) -> None:
    expected, calls = run_uninterrupted(prepare)
    for at, after in list_points(calls):
        scenario = PipelineScenario()
        versions = prepare(scenario)
        _race(scenario, versions[0], partial(_deliver, scenario, versions[0], pause), at, after)
        scenario.redeliver(*versions)
        assert scenario.end() == expected, (at, after)


def test_an_abort_between_any_two_calls_either_succeeds_or_is_an_invalid_state() -> None:
    _, calls = run_uninterrupted(prepare_accepted_file)
    ends = set()
    for at, after in list_points(calls):
        scenario = PipelineScenario()
        [version] = prepare_accepted_file(scenario)
        aborts: list[bool] = []
        _race(scenario, version, partial(_abort, scenario, aborts), at, after)
        scenario.redeliver(version)
        won = aborts == [True]
        assert scenario.document.status is (Status.ABORTED if won else Status.READY), (at, after)
        assert scenario.stored_bodies() == ([] if won else [PNG]), (at, after)
        ends.add(scenario.document.status)
    assert ends == {Status.ABORTED, Status.READY}


def test_of_two_concurrent_versions_one_is_promoted() -> None:
    other = PNG[:-1] + b"\x01"
    _, calls = run_uninterrupted(prepare_accepted_file)
    for at, after in list_points(calls):
        scenario = PipelineScenario()
        versions = [*prepare_accepted_file(scenario), scenario.upload(other)]
        _race(scenario, versions[0], partial(scenario.deliver, versions[1]), at, after)
        scenario.redeliver(*versions)
        chosen = PNG if scenario.document.staged_version == versions[0] else other
        assert scenario.document.status is Status.READY, (at, after)
        assert scenario.stored_bodies() == [chosen], (at, after)
        assert scenario.end().is_copy_recorded, (at, after)


def test_a_crash_at_the_same_call_every_time_never_leaves_a_document_in_processing() -> None:
    expected, calls = run_uninterrupted(prepare_accepted_file)
    for at, after in list_points(calls):
        scenario = PipelineScenario()
        [version] = prepare_accepted_file(scenario)
        for _ in range(MAX_ATTEMPTS + 1):
            _crash(scenario, version, at, after)
            scenario.clock.advance(LEASE)
        scenario.redeliver(version)
        if scenario.document.status is Status.FAILED:
            assert scenario.objects.head(STAGED, version) is not None, (at, after)
            assert scenario.end().usage == expected.usage, (at, after)
        else:
            assert scenario.end() == expected, (at, after)


def _deliver(scenario: PipelineScenario, version: str, pause: timedelta) -> None:
    scenario.clock.advance(pause)
    scenario.deliver(version)


def _abort(scenario: PipelineScenario, aborts: list[bool]) -> None:
    aborts.append(scenario.abort())


def _race(scenario: PipelineScenario, version: str, act: Callable[[], object], at: int, after: bool) -> None:
    """Delivers while `act` runs at one call. The outcome of a stale attempt does not matter."""
    try:
        scenario.deliver(version, by=Interruption(act, at, after))
    except AirlockError:
        return


def _crash(scenario: PipelineScenario, version: str, at: int, after: bool) -> Outcome | None:
    try:
        return scenario.deliver(version, by=Interruption(kill_process, at, after))
    except ProcessKilled:
        return None
