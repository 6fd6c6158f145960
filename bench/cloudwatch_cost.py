"""Dollars a month for the alarms and metrics of a deployment with default context, counted in its synthesised template.

The dashboard is free, because an account has three of up to 50 metrics. The free tier of alarms and metrics, ten of each, is
not subtracted.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.prices import ALARM_METRIC_MONTH, COMPOSITE_ALARM_MONTH, METRIC_MONTH
from functions.domain.document import Status
from functions.domain.metrics import DOCUMENTS, EMITTED, REJECTIONS
from infra.build import build
from infra.bundle import WITHOUT_BUNDLING

CODES = 5
"""Reasons for rejections that occur in a month. Each is a metric."""
_BAND = 3
"""Metrics that an alarm on an anomaly counts for: its metric and both edges of its band."""


def price_observability() -> dict[str, float]:
    """Returns the dollars a month for alarms and for metrics."""
    with TemporaryDirectory() as folder:
        assembly = build(WITHOUT_BUNDLING, outdir=folder).synth()
        template = json.loads(Path(assembly.stacks[0].template_full_path).read_text("utf-8"))
    resources = template["Resources"].values()
    alarms = sum(_count_metrics(each) for each in _of_type(resources, "AWS::CloudWatch::Alarm"))
    composites = len(_of_type(resources, "AWS::CloudWatch::CompositeAlarm"))
    filters = len(_of_type(resources, "AWS::Logs::MetricFilter"))
    return {
        "alarms": alarms * ALARM_METRIC_MONTH + composites * COMPOSITE_ALARM_MONTH,
        "metrics": (_count_emitted() + filters) * METRIC_MONTH,
    }


def _of_type(resources: Iterable[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [each for each in resources if each["Type"] == kind]


def _count_metrics(alarm: Mapping[str, Any]) -> int:
    properties = alarm["Properties"]
    if "ThresholdMetricId" in properties:
        return _BAND
    return sum("MetricStat" in each for each in properties.get("Metrics", [])) or 1


def _count_emitted() -> int:
    """Returns the number of metrics that the functions emit; each value of a dimension is one."""
    ends = (Status.READY, Status.REJECTED, Status.FAILED)
    values = {DOCUMENTS: len(ends), REJECTIONS: CODES}
    return sum(values.get(metric, 1) for metric in EMITTED)
