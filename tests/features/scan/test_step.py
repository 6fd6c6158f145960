"""The step `scan` with GuardDuty: verdicts that are early, late, lost, doubled or of something else; outages; costs."""

from datetime import timedelta
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.events import RedriveRequested
from functions.domain.steps import StepStatus
from functions.features.scan.guardduty import NoVerdict
from functions.features.scan.step import WAITS
from functions.pipeline.engine import Outcome
from tests.examples import NOW, an_id
from tests.features.scan.scenario import ScanScenario, scanned_kinds

MALWARE: dict[str, Any] = {"result": "THREATS_FOUND", "threats": [{"name": "A.Worm"}]}
UNSUPPORTED: dict[str, Any] = {"status": "SKIPPED", "result": "UNSUPPORTED"}


def test_a_file_that_is_being_scanned_waits_and_says_so() -> None:
    scenario = ScanScenario()
    assert scenario.upload() is Outcome.SUSPENDED
    record = scenario.record()
    assert record is not None
    assert (record.status, record.detail) == (StepStatus.WAITING, "Scanning for malware.")
    assert scenario.requests == 0, "GuardDuty scans a new version by itself"


def test_a_clean_file_is_ready() -> None:
    scenario = ScanScenario()
    scenario.upload()
    assert scenario.hear() is Outcome.READY


def test_malware_is_rejected_and_the_record_keeps_its_name() -> None:
    scenario = ScanScenario()
    scenario.upload()
    assert scenario.hear(**MALWARE) is Outcome.REJECTED
    assert (scenario.document.status, scenario.document.reason) == (Status.REJECTED, Code.MALWARE_FOUND)
    record = scenario.record()
    assert record is not None
    assert record.detail == "Malware was found: A.Worm."
    assert not any(key.startswith("documents/") for key in scenario.objects.keys)


@pytest.mark.parametrize(
    ("changes", "status"), [({}, Status.READY), (MALWARE, Status.REJECTED)], ids=["clean", "malware"]
)
def test_a_verdict_may_come_before_the_event_of_the_upload(changes: dict[str, Any], status: Status) -> None:
    scenario = ScanScenario()
    document_id = scenario.stage()
    scenario.hear(**changes)
    scenario.deliver(document_id)
    assert scenario.document.status is status


def test_a_verdict_that_comes_twice_changes_nothing() -> None:
    scenario = ScanScenario()
    scenario.upload()
    scenario.hear(**MALWARE)
    before = scenario.document
    scenario.hear(**MALWARE)
    scenario.hear()
    assert scenario.document == before


def test_the_first_verdict_counts() -> None:
    scenario = ScanScenario()
    scenario.upload()
    assert scenario.hear() is Outcome.READY
    scenario.hear(**MALWARE)
    assert scenario.document.status is Status.READY


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "another"},
        {"bucket": "another"},
        {"status": "FAILED", "result": "FAILED"},
        {"status": "FAILED", "result": "ACCESS_DENIED"},
        {"status": "SKIPPED"},
        {"result": "surely fine"},
    ],
    ids=["version", "bucket", "failed", "denied", "skipped", "garbage"],
)
def test_what_is_no_clean_verdict_on_this_version_never_makes_it_ready(changes: dict[str, Any]) -> None:
    scenario = ScanScenario()
    scenario.upload()
    scenario.hear(**changes)
    assert scenario.document.status is Status.PROCESSING
    assert not any(key.startswith("documents/") for key in scenario.objects.keys)


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, Status.REJECTED),
        ({"inconclusive": "reject"}, Status.REJECTED),
        ({"inconclusive": "accept"}, Status.READY),
    ],
    ids=["default", "reject", "accept"],
)
def test_the_kind_decides_about_what_no_scanner_can_look_into(
    parameters: dict[str, str], status: Status
) -> None:
    scenario = ScanScenario(kinds=scanned_kinds(**parameters))
    scenario.upload()
    scenario.hear(**UNSUPPORTED)
    assert scenario.document.status is status
    record = scenario.record()
    assert record is not None
    if status is Status.READY:
        assert record.facts == {"acceptedCode": "scan_inconclusive"}
    else:
        assert scenario.document.reason == Code.SCAN_INCONCLUSIVE


def test_malware_is_rejected_also_where_inconclusive_scans_are_accepted() -> None:
    scenario = ScanScenario(kinds=scanned_kinds(inconclusive="accept"))
    scenario.upload()
    assert scenario.hear(**MALWARE) is Outcome.REJECTED


def test_after_a_lost_verdict_another_scan_is_requested_and_its_verdict_counts() -> None:
    scenario = ScanScenario()
    scenario.upload()
    scenario.sweep()
    assert scenario.requests == 0
    scenario.sweep()
    [request] = scenario.tasks["scan"].tasks
    assert (request.key, request.version) == (scenario.document.staging_key, scenario.staged[an_id()])
    assert scenario.hear() is Outcome.READY


def test_scans_are_bounded_because_each_is_billed_and_a_document_without_verdict_fails() -> None:
    scenario = ScanScenario()
    scenario.upload()
    while scenario.document.status is Status.PROCESSING:
        scenario.sweep()
    assert (scenario.document.status, scenario.document.reason) == (Status.FAILED, Code.STEP_TIMED_OUT)
    assert scenario.requests == 2
    assert scenario.clock() - NOW >= sum(WAITS, timedelta()) > timedelta(hours=24)


def test_a_redriven_document_is_scanned_again_at_once() -> None:
    scenario = ScanScenario()
    scenario.upload()
    while scenario.document.status is Status.PROCESSING:
        scenario.sweep()
    scenario.apply(RedriveRequested())
    assert scenario.deliver(an_id()) is Outcome.SUSPENDED
    assert scenario.requests == 3
    assert scenario.hear() is Outcome.READY


def test_a_version_outside_of_the_scanned_area_is_scanned_on_request() -> None:
    """Its kind got the step after the create, so GuardDuty does not scan it by itself."""
    scenario = ScanScenario()
    scenario.upload(area="")
    assert scenario.requests == 1
    assert scenario.hear() is Outcome.READY


def test_all_uploads_of_an_hour_without_a_scanner_are_ready_after_it() -> None:
    """A document is created every fifteen minutes. Until the hour is over, each scan fails, also one on request."""
    scenario, heard = ScanScenario(), 0
    for number in range(5):
        assert scenario.upload(number) is Outcome.SUSPENDED
        assert scenario.hear(an_id(number), status="FAILED", result="FAILED") is NoVerdict.SCAN_FAILED
        scenario.sweep()
        heard = scenario.requests
    assert scenario.clock() - NOW > timedelta(hours=1)
    while any(scenario.find(each).status is Status.PROCESSING for each in scenario.staged):
        scenario.sweep()
        for request in scenario.tasks["scan"].tasks[heard:]:
            scenario.hear(request.document_id)
        heard = scenario.requests
    assert {scenario.find(each).status for each in scenario.staged} == {Status.READY}
    assert scenario.clock() - NOW <= timedelta(hours=4)
