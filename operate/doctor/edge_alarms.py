"""The check of the alarms in us-east-1: those of the edge, and one on the distribution that delivers documents."""

from collections.abc import Iterator, Mapping
from typing import Any

from functions.domain.edge_names import DISTRIBUTION_OUTPUT, ORIGIN_OUTPUT
from operate.doctor.alarms import check_alarms
from operate.doctor.finding import Finding, Inspection


def check_edge_alarms(inspection: Inspection) -> Iterator[Finding]:
    """A deployment without CloudFront has no finding.

    IAM actions: cloudwatch:DescribeAlarms; cloudformation:DescribeStacks, cloudformation:GetTemplate,
    cloudformation:ListStackResources and sns:ListSubscriptionsByTopic in us-east-1.
    """
    outputs, edge = inspection.deployment.outputs, Inspection(inspection.deployment.edge)
    if ORIGIN_OUTPUT in outputs:
        yield from check_alarms(edge)
    if DISTRIBUTION_OUTPUT in outputs and not _has_alarm(edge, outputs[DISTRIBUTION_OUTPUT]):
        remedy = (
            "CloudFront's metrics are in us-east-1: create the alarm there, as docs/edge.md#alarms shows."
        )
        yield Finding(outputs[DISTRIBUTION_OUTPUT], "has no alarm on its errors", remedy)


def _has_alarm(edge: Inspection, distribution: str) -> bool:
    """Returns True if any alarm reads a metric of the distribution."""
    pages = edge.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmTypes=["MetricAlarm"])
    return any(
        {"Name": "DistributionId", "Value": distribution} in _list_dimensions(alarm)
        for page in pages
        for alarm in page["MetricAlarms"]
    )


def _list_dimensions(alarm: Mapping[str, Any]) -> list[Mapping[str, str]]:
    """Returns the dimensions of the metric of an alarm, or of the metrics of its expression."""
    metrics = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each]
    return [dimension for metric in [alarm, *metrics] for dimension in metric.get("Dimensions", [])]
