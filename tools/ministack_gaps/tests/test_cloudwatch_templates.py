"""Composite alarms, alarms on anomalies and saved queries, created by CloudFormation."""

import json
import time
import uuid
from typing import Any

from botocore.exceptions import ClientError

from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account

STAT = {"Metric": {"Namespace": "Airlock", "MetricName": "Bytes"}, "Period": 300, "Stat": "Sum"}
ANOMALY = {
    "Type": "AWS::CloudWatch::Alarm",
    "Properties": {
        "ComparisonOperator": "GreaterThanUpperThreshold",
        "EvaluationPeriods": 1,
        "ThresholdMetricId": "band",
        "Metrics": [
            {"Id": "band", "Expression": "ANOMALY_DETECTION_BAND(m, 3)"},
            {"Id": "m", "MetricStat": STAT},
        ],
    },
}
QUERY = {
    "Type": "AWS::Logs::QueryDefinition",
    "Properties": {"Name": "a query", "QueryString": "fields @timestamp"},
}


def create_stack(account: Account, rule: Any) -> tuple[str, dict[str, str]]:
    """Returns the status of a stack with the three resources, and logical id -> physical id."""
    composite = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": rule}}
    resources = {"Anomaly": ANOMALY, "Composite": composite, "Query": QUERY}
    cloudformation, name = account.client("cloudformation"), f"alarms-{uuid.uuid4().hex}"
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    while (status := cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]).endswith(
        "IN_PROGRESS"
    ):
        time.sleep(0.02)
    listed = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return status, {each["LogicalResourceId"]: each.get("PhysicalResourceId", "") for each in listed}


def test_a_template_creates_them(closed: Account) -> None:
    status, ids = create_stack(closed, {"Fn::Sub": 'ALARM("${Anomaly}")'})
    assert status == "CREATE_COMPLETE"
    described = closed.client("cloudwatch").describe_alarms(
        AlarmNames=[ids["Anomaly"], ids["Composite"]], AlarmTypes=["MetricAlarm", "CompositeAlarm"]
    )
    assert [each["AlarmName"] for each in described["MetricAlarms"]] == [ids["Anomaly"]]
    assert [each["AlarmRule"] for each in described["CompositeAlarms"]] == [f'ALARM("{ids["Anomaly"]}")']
    assert ids["Query"]


def test_a_rule_that_names_no_alarm_fails_the_stack(closed: Account) -> None:
    status, _ = create_stack(closed, 'ALARM("no-such-alarm")')
    assert status != "CREATE_COMPLETE"


def test_upstream_refuses_them(published: Account) -> None:
    try:
        create_stack(published, {"Fn::Sub": 'ALARM("${Anomaly}")'})
    except ClientError:
        return
    raise AssertionError(FIXED_UPSTREAM)
