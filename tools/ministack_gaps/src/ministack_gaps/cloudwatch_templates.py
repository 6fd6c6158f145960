"""Resources of a template that MiniStack refuses: composite alarms, anomaly alarms and saved queries of Logs Insights.

MiniStack evaluates none of them. An alarm with `Metrics` keeps the state INSUFFICIENT_DATA.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-logs-querydefinition.html
"""

import uuid
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

_ALARM, _COMPOSITE, _QUERY = (
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::CompositeAlarm",
    "AWS::Logs::QueryDefinition",
)
_queries: dict[str, dict[str, Any]] = {}
"""Id of a saved query -> its properties."""

_upstream_record = provisioners._cw_metric_alarm_record


def install() -> None:
    """Adds the two resource types, and wraps the record of an alarm."""
    provisioners._cw_metric_alarm_record = _record
    handlers = provisioners._RESOURCE_HANDLERS
    handlers[_COMPOSITE] = {"create": _create_composite, "delete": _delete_composite}
    handlers[_QUERY] = {"create": _create_query, "delete": _delete_query}


def _record(name: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Gives an alarm with `Metrics` the first of their metrics, because MiniStack's record has one."""
    metrics = properties.get("Metrics")
    if not metrics:
        return dict(_upstream_record(name, properties))
    stat = next(metric["MetricStat"] for metric in metrics if "MetricStat" in metric)
    single = {"Threshold": 0, **properties, "Metrics": None, **stat["Metric"], "Period": stat["Period"]}
    # An alarm on anomalies has no threshold of its own, and MiniStack requires one.
    return {**_upstream_record(name, single), "Metrics": metrics}


def _create_composite(logical_id: str, properties: dict[str, Any], stack: str) -> tuple[str, dict[str, str]]:
    """Raises ValueError for a rule that names an alarm that does not exist."""
    name = properties.get("AlarmName") or provisioners._physical_name(stack, logical_id, max_len=255)
    status, _, body = cloudwatch._put_composite_alarm({}, {**properties, "AlarmName": name}, False, True)
    if status >= 400:
        raise ValueError(f"{_COMPOSITE}: {body!r}")
    return name, {"Arn": f"arn:aws:cloudwatch:{get_region()}:{get_account_id()}:alarm:{name}"}


def _delete_composite(name: str, _properties: dict[str, Any]) -> None:
    cloudwatch._composite_alarms.pop(name, None)


def _create_query(_logical_id: str, properties: dict[str, Any], _stack: str) -> tuple[str, dict[str, str]]:
    query = str(uuid.uuid4())
    _queries[query] = properties
    return query, {"QueryDefinitionId": query}


def _delete_query(query: str, _properties: dict[str, Any]) -> None:
    _queries.pop(query, None)
