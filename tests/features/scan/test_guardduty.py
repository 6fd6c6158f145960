"""Verdicts of GuardDuty: only a literal clean one passes, and everything that is not known is no verdict."""

import json
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.keys import SCAN_AREA, documents_key, staging_key
from functions.domain.tasks import MAX_DETAIL, TaskOutcome, TaskResult
from functions.features.scan.guardduty import NoVerdict, parse_verdict
from tests.examples import BUCKET, OWNER, an_id
from tests.features.scan.events import KEY, scan_event


def judge(**changes: Any) -> TaskResult | NoVerdict:
    return parse_verdict(json.dumps(scan_event(**changes)), BUCKET)


def outcome(**changes: Any) -> tuple[TaskOutcome, str | None, str | None]:
    result = judge(**changes)
    assert isinstance(result, TaskResult)
    return result.outcome, result.code, result.detail


def test_a_clean_verdict_passes_this_version() -> None:
    assert judge() == TaskResult(
        document_id=an_id(),
        owner=OWNER,
        step="scan",
        attempt=0,
        version="v1",
        outcome=TaskOutcome.PASSED,
    )


def test_a_verdict_has_no_facts_because_those_belong_to_an_attempt() -> None:
    result = judge()
    assert isinstance(result, TaskResult)
    assert not result.facts


def test_malware_is_rejected_with_its_name() -> None:
    threats = [{"name": "A.Worm"}, {"name": "A.Worm"}, {"name": "B"}]
    rejected = (TaskOutcome.REJECTED, Code.MALWARE_FOUND, "Malware was found: A.Worm, B.")
    assert outcome(result="THREATS_FOUND", threats=threats) == rejected


@pytest.mark.parametrize("threats", [None, [], "A", [1], [{}], [{"name": ""}]])
def test_malware_without_a_name_is_rejected_too(threats: object) -> None:
    assert outcome(result="THREATS_FOUND", threats=threats)[:2] == (
        TaskOutcome.REJECTED,
        Code.MALWARE_FOUND,
    )


def test_threats_beside_a_clean_result_are_malware() -> None:
    assert outcome(threats=[{"name": "A"}])[:2] == (TaskOutcome.REJECTED, Code.MALWARE_FOUND)


def test_a_long_list_of_threats_is_a_detail_that_the_pipeline_takes() -> None:
    threats = [{"name": f"Threat-{number}"} for number in range(1_000)]
    result = judge(result="THREATS_FOUND", threats=threats)
    assert isinstance(result, TaskResult)
    assert len(str(result.detail)) <= MAX_DETAIL


@pytest.mark.parametrize("name", ["A\ud800.Worm", "A\n.Worm", "\x00A.Worm"], ids=ascii)
def test_a_name_that_cannot_be_stored_loses_no_verdict(name: str) -> None:
    result = judge(result="THREATS_FOUND", threats=[{"name": name}])
    assert isinstance(result, TaskResult)
    assert result.detail == "Malware was found: A.Worm."


@pytest.mark.parametrize("status", ["SKIPPED", "COMPLETED"])
def test_what_guardduty_cannot_look_into_is_inconclusive(status: str) -> None:
    assert outcome(status=status, result="UNSUPPORTED")[:2] == (
        TaskOutcome.REJECTED,
        Code.SCAN_INCONCLUSIVE,
    )


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("FAILED", "FAILED"),
        ("FAILED", "ACCESS_DENIED"),
        ("SKIPPED", "ACCESS_DENIED"),
        ("SKIPPED", "NO_THREATS_FOUND"),
        ("FAILED", "NO_THREATS_FOUND"),
        ("", "NO_THREATS_FOUND"),
        ("completed", "NO_THREATS_FOUND"),
        ("COMPLETED", "no_threats_found"),
        ("COMPLETED", "NO_THREATS_FOUND "),
        ("COMPLETED", "CLEAN"),
        ("COMPLETED", ""),
    ],
)
def test_anything_else_is_no_verdict(status: str, result: str) -> None:
    assert judge(status=status, result=result) is NoVerdict.SCAN_FAILED


@pytest.mark.parametrize(
    "changes",
    [
        {"bucket": "another"},
        {"key": "documents/" + KEY.removeprefix("staging/")},
        {"key": "renditions/" + KEY.removeprefix("staging/scan/")},
        {"key": "quarantine/" + KEY.removeprefix("staging/scan/")},
        {"key": "staging/scan/malware-protection"},
        {"key": KEY + "/x"},
        {"version": ""},
        {"version": "null"},
    ],
    ids=lambda changes: next(iter(changes.items()))[0] + "-" + next(iter(changes.values()))[-9:],
)
def test_a_verdict_on_an_object_that_is_no_staged_and_no_stored_version_is_ignored(
    changes: dict[str, str],
) -> None:
    assert judge(**changes) is NoVerdict.FOREIGN_OBJECT


def test_a_version_outside_of_the_scanned_area_has_a_verdict_too() -> None:
    """A document that came before its kind listed `scan` is scanned on request."""
    assert SCAN_AREA in KEY
    assert outcome(key=staging_key(OWNER, an_id()))[0] is TaskOutcome.PASSED


def test_a_stored_version_has_a_verdict_too() -> None:
    """An operator has it scanned again. Nothing but its version tells it from a staged one."""
    result = judge(key=documents_key(OWNER, an_id()), version="d1")
    assert isinstance(result, TaskResult)
    assert (result.owner, result.document_id, result.version) == (OWNER, an_id(), "d1")


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        json.dumps(scan_event() | {"source": "aws.s3"}),
        json.dumps(scan_event() | {"detail-type": "GuardDuty Finding"}),
        json.dumps(scan_event() | {"detail": {}}),
        json.dumps(scan_event(version=None)),
        json.dumps(scan_event(key=3)),
        json.dumps(scan_event(result=None)),
        json.dumps(scan_event(status=None)),
    ],
    ids=range(12),
)
def test_garbage_is_an_error(body: str) -> None:
    with pytest.raises(ValueError, match=r"not a scan result|Expecting|nested"):
        parse_verdict(body, BUCKET)
