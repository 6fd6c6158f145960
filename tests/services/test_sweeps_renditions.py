"""Sweeps of renditions: only those that an applied result names are kept."""

from collections import Counter

import pytest

from functions.domain.events import DeleteRequested, Event, ObjectArrived
from functions.domain.keys import renditions_prefix
from functions.domain.retention import GRACE
from tests.examples import NOW, OWNER, an_id
from tests.repository_steps import (
    a_completed_attempt,
    a_passed_step,
    a_rejected_attempt,
    a_suspended_attempt,
    a_waiting_step,
    rendition_facts,
)
from tests.services.sweep_scenario import DAY, SECOND, SweepScenario

THUMB = f"{renditions_prefix(OWNER, an_id())}render/thumb"


@pytest.fixture
def scenario() -> SweepScenario:
    made = SweepScenario()
    made.expect(upload_deadline=NOW + 10 * DAY)
    made.apply(ObjectArrived("v1"))
    return made


def complete_with(version: str) -> Event:
    """Returns the end of a run whose step `render` names this version."""
    return a_completed_attempt(steps=(a_passed_step(renditions={"thumb": rendition_facts(version)}),))


def test_a_named_rendition_stays_and_one_of_a_stale_attempt_goes(scenario: SweepScenario) -> None:
    scenario.put(THUMB)
    named = scenario.put(THUMB)
    scenario.put(THUMB)
    scenario.put(f"{renditions_prefix(OWNER, an_id())}render/other")
    scenario.apply(complete_with(named))
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep_all_slices() == Counter(deleted_version=3)
    assert [*scenario.stored_versions()] == [named]


def test_a_rendition_stays_during_the_restore_window(scenario: SweepScenario) -> None:
    named = scenario.put(THUMB)
    scenario.apply(complete_with(named))
    scenario.apply(DeleteRequested(NOW + 30 * DAY))
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep_all_slices() == Counter()
    assert [*scenario.stored_versions()] == [named]


def test_the_renditions_of_a_rejected_document_go(scenario: SweepScenario) -> None:
    named = scenario.put(THUMB)
    rendered = a_passed_step(renditions={"thumb": rendition_facts(named)})
    scenario.apply(a_suspended_attempt(steps=(rendered, a_waiting_step(NOW))))
    scenario.apply(ObjectArrived("v1"))
    scenario.apply(a_rejected_attempt(2, steps=(rendered,)))
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep_all_slices() == Counter(deleted_version=1)
    assert not scenario.objects.keys


def test_the_renditions_of_a_failed_document_go_because_a_redrive_makes_them_again() -> None:
    scenario = SweepScenario()
    scenario.expect()
    scenario.put(THUMB)
    staged = scenario.put()
    scenario.fail(staged)
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep_all_slices() == Counter(deleted_version=1)
    assert [*scenario.stored_versions()] == [staged]


def test_a_rendition_of_a_document_in_progress_stays_because_its_result_may_come(
    scenario: SweepScenario,
) -> None:
    stored = scenario.put(THUMB)
    waiting = a_waiting_step(NOW + 10 * DAY, "render")
    scenario.apply(a_suspended_attempt(steps=(waiting,)))
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep_all_slices() == Counter()
    assert [*scenario.stored_versions()] == [stored]


def test_a_young_rendition_stays(scenario: SweepScenario) -> None:
    scenario.apply(a_completed_attempt())
    scenario.wait_for_slice(after=GRACE)
    scenario.put(THUMB)
    scenario.clock.advance(GRACE)
    assert scenario.sweep() == Counter()
    scenario.clock.advance(SECOND)
    assert scenario.sweep() == Counter(deleted_version=1)


@pytest.mark.parametrize("key", [f"{renditions_prefix(OWNER, an_id(7))}render/thumb", f"{THUMB}/more"])
def test_a_rendition_without_a_record_is_reported_once_and_never_deleted(key: str) -> None:
    scenario = SweepScenario()
    stored = scenario.put(key)
    scenario.clock.advance(GRACE + SECOND)
    outcomes = scenario.sweep_all_slices() + scenario.sweep_all_slices()
    assert outcomes == Counter(orphan_reported=1)
    assert [*scenario.stored_versions()] == [stored]
