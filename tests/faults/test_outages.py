"""After an outage every document becomes `ready` without an operator, and none has failed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from functions.domain.document import Status
from functions.domain.effects import LEASE
from functions.domain.events import ObjectArrived
from functions.pipeline.engine import Outcome
from tests.case_counts import CountCases
from tests.examples import KINDS, NOW, OWNER
from tests.faults.outages import CALL, OUTAGES, START, OutageScenario
from tests.interruptions import Interruption, ProcessKilled, kill_process
from tests.pipeline_scenario import PipelineScenario, prepare_accepted_file

RECOVERY = timedelta(minutes=30)
DURATIONS = {
    "60 s": timedelta(seconds=60),
    "5 min": timedelta(minutes=5),
    "1 h": timedelta(hours=1),
    "12 h": timedelta(hours=12),
}
AFTER_CLAIM = 4
"""Number of the call of a delivery that follows get, open and apply."""
CALLS_OF_AN_ATTEMPT = 8
"""At least as many as the calls that one delivery makes, so that the outage begins before and after each of them."""


def list_arrivals(end: datetime, calls: int) -> list[datetime]:
    """One file arrives so many calls before the outage. Others come during the outage."""
    duration = end - START
    return [START - CALL * calls, START + duration * 0.1, START + duration * 0.6, end - timedelta(seconds=1)]


def list_starts(duration: timedelta) -> Sequence[int]:
    """Returns how many calls after the first event the outage begins. Each short outage begins at every call."""
    return range(CALLS_OF_AN_ATTEMPT) if duration <= timedelta(minutes=5) else [3]


def check_all_ready(scenario: OutageScenario) -> None:
    documents = scenario.list_documents()
    assert [document.status for document in documents] == [Status.READY] * scenario.documents
    assert Status.FAILED not in [entry.status for document in documents for entry in document.history]
    assert scenario.queue.buried == []


@pytest.mark.parametrize("duration", DURATIONS.values(), ids=DURATIONS)
@pytest.mark.parametrize("outage", OUTAGES)
def test_every_document_is_ready_within_half_an_hour_of_the_end_of_an_outage(
    outage: str, duration: timedelta, count_cases: CountCases
) -> None:
    starts = list_starts(duration)
    for calls in starts:
        scenario = OutageScenario(faults=OUTAGES[outage], duration=duration)
        for at in list_arrivals(scenario.end, calls):
            scenario.upload(at)
        scenario.run_until(scenario.end + RECOVERY)
        check_all_ready(scenario)
    count_cases("outages that end well", len(starts))


@pytest.mark.parametrize("outage", ["get 503", "table throttled"])
def test_messages_do_not_multiply_in_a_long_outage(outage: str) -> None:
    """Each sweep republishes the event of a document that waits, although its first message is still in the queue."""
    scenario = OutageScenario(faults=OUTAGES[outage], duration=DURATIONS["12 h"])
    scenario.upload(START + timedelta(minutes=1))
    scenario.run_until(scenario.end - timedelta(seconds=1))
    assert len(scenario.queue.waiting) <= 2
    assert scenario.queue.sent < 150


@pytest.mark.parametrize("outage", OUTAGES)
def test_during_an_outage_no_document_becomes_ready_that_needs_what_is_down(outage: str) -> None:
    scenario = OutageScenario(faults=OUTAGES[outage], duration=timedelta(hours=1))
    scenario.upload(START + timedelta(minutes=1))
    scenario.run_until(scenario.end - timedelta(seconds=1))
    [document] = scenario.list_documents()
    assert document.is_in_progress


@pytest.mark.parametrize("seconds", [90, 120, 300])
def test_five_files_whose_copies_fail_for_minutes_become_ready(seconds: int) -> None:
    scenario = OutageScenario(faults=OUTAGES["copy 503"], duration=timedelta(seconds=seconds))
    for number in range(5):
        scenario.upload(START + timedelta(seconds=number))
    scenario.run_until(scenario.end + RECOVERY)
    check_all_ready(scenario)


@pytest.mark.parametrize(("outage", "seconds"), [("get 503", 1200), ("table throttled", 1300)])
def test_a_file_that_arrives_in_an_outage_of_20_minutes_waits_no_further_half_an_hour(
    outage: str, seconds: int
) -> None:
    scenario = OutageScenario(faults=OUTAGES[outage], duration=timedelta(seconds=seconds))
    scenario.upload(START)
    scenario.run_until(scenario.end + RECOVERY)
    check_all_ready(scenario)


@pytest.mark.parametrize("outage", OUTAGES)
def test_what_a_worker_says_in_an_outage_counts_after_it(outage: str) -> None:
    scenario = OutageScenario(faults=OUTAGES[outage], duration=timedelta(hours=1), kinds=KINDS)
    scenario.upload(START - timedelta(minutes=4), "checked")
    scenario.pass_file("check", START - timedelta(minutes=2))
    scenario.pass_file("render", START + timedelta(minutes=2))
    scenario.run_until(scenario.end + RECOVERY)
    check_all_ready(scenario)


def test_a_file_whose_event_is_lost_is_ready_within_half_an_hour() -> None:
    scenario = OutageScenario(faults=OUTAGES["copy 503"], duration=timedelta(0))
    scenario.upload(START)
    scenario.queue.waiting.clear()
    scenario.run_until(START + RECOVERY)
    check_all_ready(scenario)


def test_an_event_that_comes_during_a_lease_uses_up_no_delivery() -> None:
    scenario = OutageScenario(faults={}, duration=timedelta(0))
    scenario.upload(NOW)
    [(_, message)] = scenario.queue.waiting
    scenario.apply(ObjectArrived(next(iter(scenario.objects.keys[scenario.document.staging_key]))))

    scenario.run_until(NOW + LEASE - timedelta(seconds=1))
    assert scenario.document.status is Status.PROCESSING
    [(_, waiting)] = scenario.queue.waiting
    assert (waiting.deliveries, waiting.first_seen) == (0, message.first_seen)
    assert waiting.times_sent > 5

    scenario.run_until(NOW + LEASE + RECOVERY)
    check_all_ready(scenario)


def test_of_two_workers_that_claim_in_the_same_microsecond_one_wins() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)

    def claim_first() -> None:
        """Lets the other worker claim. The clock stands still, so both write equal records."""
        with pytest.raises(ProcessKilled):
            scenario.deliver(version, by=Interruption(kill_process, at=AFTER_CLAIM))

    outcome = scenario.deliver(version, by=Interruption(claim_first, at=AFTER_CLAIM - 1))
    assert outcome is Outcome.LEASED
    assert scenario.repository.usage(OWNER, NOW).open_uploads == 0
