"""S3's events and GuardDuty's verdicts of one stored object, as messages in the queues."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from airlock_testing.service.clock import MovableClock
from airlock_testing.service.environment import BUCKET, UPLOAD_EVENTS, VERDICTS
from airlock_testing.service.faults import Fault, Faults
from airlock_testing.service.queues import Queues
from airlock_testing.service.upload_events import UploadEvents
from functions.domain.keys import SCAN_AREA, documents_key, staging_key
from functions.messages import s3_events
from tests.examples import OWNER, an_id

SCANNED, UNSCANNED = staging_key(OWNER, an_id(), SCAN_AREA), staging_key(OWNER, an_id())


@dataclass
class FakeAccount:
    """A bucket with one object of this name."""

    name: str = "a.pdf"
    dates: list[datetime] = field(default_factory=list)

    def date_object(self, key: str, time: datetime) -> str:
        self.dates.append(time)
        return "v1"

    def read_object(self, key: str, version: str) -> bytes:
        return b""

    def file_name(self, key: str) -> str:
        return self.name


@dataclass
class Scenario:
    """The events of an object, and what a test looks at."""

    account: FakeAccount = field(default_factory=FakeAccount)
    clock: MovableClock = field(default_factory=MovableClock)
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        self.queues = Queues(self.clock.now)
        self.events = UploadEvents(cast(Any, self.account), self.queues, self.faults, self.clock)

    def count(self) -> tuple[int, int]:
        """Returns the number of S3's events and of verdicts."""
        return len(self.queues.list_bodies(UPLOAD_EVENTS)), len(self.queues.list_bodies(VERDICTS))


@pytest.fixture
def scenario() -> Scenario:
    return Scenario()


def test_a_staged_object_has_one_event_that_the_pipeline_can_read(scenario: Scenario) -> None:
    scenario.events.report_put(UNSCANNED)
    [body] = scenario.queues.list_bodies(UPLOAD_EVENTS)
    [created] = s3_events.parse(body)
    assert (created.bucket, created.key, created.version) == (BUCKET, UNSCANNED, "v1")
    assert created.arrived_at is not None
    assert scenario.count() == (1, 0)


def test_an_object_in_the_scan_area_has_a_verdict_too(scenario: Scenario) -> None:
    scenario.events.report_put(SCANNED)
    assert scenario.count() == (1, 1)


def test_no_other_object_has_an_event(scenario: Scenario) -> None:
    scenario.events.report_completed(documents_key(OWNER, an_id()))
    assert scenario.count() == (0, 0)


def test_a_duplicated_event_is_there_twice_and_its_verdict_once(scenario: Scenario) -> None:
    scenario.faults.inject(Fault.EVENT_DUPLICATED, 1)
    scenario.events.report_put(SCANNED)
    assert scenario.count() == (2, 1)
    scenario.events.report_put(SCANNED)
    assert scenario.count() == (3, 2)


def test_the_scanner_sees_a_file_whose_event_is_lost(scenario: Scenario) -> None:
    scenario.faults.inject(Fault.EVENT_LOST, None)
    scenario.events.report_put(SCANNED)
    assert scenario.count() == (0, 1)


def test_delays_of_a_test_and_of_a_name_add_up(scenario: Scenario) -> None:
    scenario.account.name = "wait10s.a.pdf"
    scenario.faults.inject_delay(timedelta(seconds=50), 1)
    scenario.events.report_put(UNSCANNED)
    seconds = scenario.queues.seconds_until_due(frozenset({UPLOAD_EVENTS}))
    assert seconds == pytest.approx(60, abs=5)


def test_guardduty_scans_again_on_request(scenario: Scenario) -> None:
    request = {"s3Object": {"bucket": BUCKET, "key": SCANNED, "versionId": "v1"}}
    assert scenario.events.respond_to_scan_request("SendObjectMalwareScan", request) == {}
    [verdict] = scenario.queues.list_bodies(VERDICTS)
    assert json.loads(verdict)["detail"]["scanResultDetails"]["scanResultStatus"] == "NO_THREATS_FOUND"
