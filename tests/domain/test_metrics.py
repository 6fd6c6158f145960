"""Log lines in CloudWatch's Embedded Metric Format."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.metrics import EMITTED, OBJECTIVE_BYTES, build_line
from functions.domain.steps import StepRecord, StepStatus
from tests.examples import NOW, a_document

READY, REJECTED, FAILED = Status.READY, Status.REJECTED, Status.FAILED


def passed(step: str) -> StepRecord:
    return StepRecord(name=step, status=StepStatus.PASSED, at=NOW, attempt=1)


def line_of(
    document: Document, *, seconds: float | None = 2.5, namespace: str = "Airlock-dev"
) -> dict[str, Any]:
    arrived_at = None if seconds is None else NOW - timedelta(seconds=seconds)
    built: dict[str, Any] = json.loads(json.dumps(build_line(namespace, document, arrived_at, NOW)))
    return built


def test_a_ready_document_is_counted_with_its_bytes_and_the_seconds_since_its_arrival() -> None:
    line = line_of(a_document(status=READY, size=1_000))
    assert (line["status"], line["Documents"], line["Bytes"]) == ("ready", 1, 1_000)
    assert (line["ReadySeconds"], line["MissedObjective"], line["AllRejections"]) == (2.5, 0, 0)
    assert "code" not in line


def test_a_rejection_is_counted_by_its_code_and_misses_nothing() -> None:
    line = line_of(a_document(status=REJECTED, reason="type_mismatch"), seconds=60)
    assert (line["code"], line["Rejections"], line["AllRejections"]) == ("type_mismatch", 1, 1)
    assert not {"ReadySeconds", "MissedObjective"} & line.keys()


@pytest.mark.parametrize(
    ("document", "seconds", "missed"),
    [
        (a_document(status=READY), 10, 0),
        (a_document(status=READY), 10.001, 1),
        (a_document(status=FAILED, reason="attempts_exhausted"), 1, 1),
        (a_document(status=READY, size=OBJECTIVE_BYTES - 1), 11, 1),
        (a_document(status=READY, size=OBJECTIVE_BYTES), 11, None),
        (a_document(status=READY, steps=(passed("review"),)), 11, None),
        (a_document(status=READY, steps=(passed("promote"),)), 11, 1),
    ],
    ids=["in time", "late", "failed", "small", "large", "with a worker", "built-in step"],
)
def test_a_document_misses_the_objective_if_it_is_small_and_late(
    document: Document, seconds: float, missed: int | None
) -> None:
    assert line_of(document, seconds=seconds).get("MissedObjective") == missed


def test_without_an_event_the_arrival_is_when_the_pipeline_took_the_document() -> None:
    document = a_document(status=READY)
    taken = HistoryEntry(Status.PROCESSING, NOW - timedelta(seconds=7))
    assert line_of(replace(document, history=(taken,)), seconds=None)["ReadySeconds"] == 7


@pytest.mark.parametrize("status", [READY, REJECTED, FAILED])
def test_a_line_follows_the_specification(status: Status) -> None:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
    reason = None if status is READY else "type_mismatch"
    line = line_of(a_document(status=status, reason=reason))
    metadata = line.pop("_aws")
    assert metadata["Timestamp"] == int(NOW.timestamp() * 1000)
    known = {metric.name: metric for metric in EMITTED}
    defined = set()
    for directive in metadata["CloudWatchMetrics"]:
        assert directive.keys() == {"Namespace", "Dimensions", "Metrics"}
        assert directive["Namespace"] == "Airlock-dev"
        [dimensions] = directive["Dimensions"]
        assert all(isinstance(line[name], str) for name in dimensions)
        for metric in directive["Metrics"]:
            assert metric["Unit"] in {"Count", "Bytes", "Seconds"}
            assert isinstance(line[metric["Name"]], int | float)
            assert dimensions == [each for each in [known[metric["Name"]].dimension] if each]
            defined.add(metric["Name"])
    assert defined == line.keys() & known.keys()


def test_no_dimension_identifies_an_owner_or_a_document() -> None:
    assert {metric.dimension for metric in EMITTED} == {None, "status", "code"}
    document = a_document(status=READY)
    assert document.owner not in json.dumps(line_of(document))


def test_without_a_namespace_the_line_has_no_metadata_but_the_document_id() -> None:
    document = a_document(status=READY)
    line = line_of(document, namespace="")
    assert "_aws" not in line
    assert line["document_id"] == document.id
