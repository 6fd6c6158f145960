"""CloudWatch metrics that the functions emit as log lines in the Embedded Metric Format (EMF), without a request.

No dimension is an owner, a document or a kind, because each combination of values is a billed metric.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from functions.domain.document import Document, Status
from functions.domain.steps import BUILT_IN

Unit = Literal["Count", "Bytes", "Seconds"]

OBJECTIVE_SECONDS = 10
"""Time from the arrival of the bytes until the document is ready, for 99 % of the documents that the objective covers."""
OBJECTIVE_BYTES = 100_000_000
"""Size from which a document is not covered by the objective."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric. `dimension` is the name of its only dimension, None for a metric without."""

    name: str
    unit: Unit
    dimension: str | None = None


DOCUMENTS = Metric("Documents", "Count", "status")
REJECTIONS = Metric("Rejections", "Count", "code")
ALL_REJECTIONS = Metric("AllRejections", "Count")
"""0 or 1 for each document, so that the sum counts and the average is the share of rejected documents."""
BYTES = Metric("Bytes", "Bytes")
READY_SECONDS = Metric("ReadySeconds", "Seconds")
MISSED_OBJECTIVE = Metric("MissedObjective", "Count")
"""0 or 1 for each document that the objective covers, so that the average is the share of misses."""

EMITTED = (DOCUMENTS, REJECTIONS, ALL_REJECTIONS, BYTES, READY_SECONDS, MISSED_OBJECTIVE)


def build_line(
    namespace: str, document: Document, arrived_at: datetime | None, now: datetime
) -> dict[str, Any]:
    """Returns the fields of the log line about a document that is ready, rejected or failed.

    Without `arrived_at`, the time of arrival is when the pipeline first took the document. Without a namespace the line
    has no metrics.
    """
    seconds = _seconds_since(arrived_at or _first_processed_at(document), now)
    fields: dict[str, Any] = {
        "document_id": document.id,
        "kind": document.kind,
        "status": document.status.value,
        **({"code": document.reason} if document.reason else {}),
    }
    values = _values(document, seconds)
    embedded = {"_aws": _directives(namespace, [*values], now)} if namespace else {}
    return {**fields, **{metric.name: value for metric, value in values.items()}, **embedded}


def _values(document: Document, seconds: float) -> dict[Metric, float]:
    is_rejected = document.status is Status.REJECTED
    values: dict[Metric, float] = {DOCUMENTS: 1, ALL_REJECTIONS: int(is_rejected), BYTES: document.size}
    if is_rejected:
        values[REJECTIONS] = 1
    if document.status is Status.READY:
        values[READY_SECONDS] = seconds
    if _is_covered(document):
        is_missed = document.status is not Status.READY or seconds > OBJECTIVE_SECONDS
        values[MISSED_OBJECTIVE] = int(is_missed)
    return values


def _is_covered(document: Document) -> bool:
    """True for a small document, unless it is rejected or a step with a worker, such as a person, has taken its time."""
    is_small = document.size < OBJECTIVE_BYTES and document.status is not Status.REJECTED
    return is_small and all(step.name in BUILT_IN for step in document.steps)


def _directives(namespace: str, metrics: Sequence[Metric], now: datetime) -> Mapping[str, Any]:
    """Returns the member `_aws`: one directive for each set of dimensions."""
    by_dimension: dict[str | None, list[Metric]] = {}
    for metric in metrics:
        by_dimension.setdefault(metric.dimension, []).append(metric)
    directives = [
        {
            "Namespace": namespace,
            "Dimensions": [[dimension] if dimension else []],
            "Metrics": [{"Name": metric.name, "Unit": metric.unit} for metric in group],
        }
        for dimension, group in by_dimension.items()
    ]
    return {"Timestamp": int(now.timestamp() * 1000), "CloudWatchMetrics": directives}


def _first_processed_at(document: Document) -> datetime | None:
    return next((entry.at for entry in document.history if entry.status is Status.PROCESSING), None)


def _seconds_since(earlier: datetime | None, now: datetime) -> float:
    return round(max(0.0, (now - earlier).total_seconds()), 3) if earlier else 0.0
