"""The alarms and the dashboard in us-east-1, and the alarm on downloads in the stack that can have it."""

import json
from typing import Any

import pytest

from infra.edge.alarms import BLOCKED, THROTTLED
from tests.infra.conftest import Variant
from tests.infra.edge_context import WAF
from tests.infra.template import Synthesis, flat
from tools.scan.templates import DELIVERY_KEY

CDN = {"cdn": "true", "deliveryKeys": DELIVERY_KEY}
ALARM = "AWS::CloudWatch::Alarm"


def find(template: dict[str, Any], type_: str) -> dict[str, dict[str, Any]]:
    """Returns the properties of the resources of a type by logical id without its hash."""
    resources = template["Resources"].items()
    return {id[:-8]: flat(each.get("Properties", {})) for id, each in resources if each["Type"] == type_}


def read_dimensions(alarm: dict[str, Any]) -> dict[str, Any]:
    return {each["Name"]: each["Value"] for each in alarm["Dimensions"]}


@pytest.fixture(scope="module")
def edge(variant: Variant) -> Synthesis:
    return variant(**WAF, **CDN, alarmEmail="ops@example.com")


@pytest.fixture(scope="module")
def alarms(edge: Synthesis) -> dict[str, dict[str, Any]]:
    return find(edge.edge, ALARM)


def test_an_alarm_watches_the_errors_of_each_distribution(alarms: dict[str, dict[str, Any]]) -> None:
    ids = {"EdgeServerErrors": "${ApiDistribution}", "DeliveryServerErrors": "Airlock-dev"}
    for name, id in ids.items():
        alarm = alarms[name]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/CloudFront", "5xxErrorRate")
        assert (alarm["Statistic"], alarm["Threshold"]) == ("Average", 5)
        dimensions = read_dimensions(alarm)
        assert dimensions["Region"] == "Global"
        assert id in json.dumps(dimensions["DistributionId"])


def test_an_alarm_watches_each_rule_that_may_block_a_legal_call_and_each_limit(
    edge: Synthesis, alarms: dict[str, dict[str, Any]]
) -> None:
    [acl] = find(edge.edge, "AWS::WAFv2::WebACL").values()
    rules = {rule["VisibilityConfig"]["MetricName"] for rule in acl["Rules"]}
    watched = {}
    for name, rule in {**BLOCKED, **THROTTLED}.items():
        alarm = alarms[f"Edge{name}"]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/WAFV2", "BlockedRequests")
        assert read_dimensions(alarm) == {"WebACL": acl["VisibilityConfig"]["MetricName"], "Rule": rule}
        watched[rule] = alarm["Threshold"]
    assert rules - set(watched) == {
        "UnknownRoutes",
        "LargeBodies",
        "AWSManagedRulesAmazonIpReputationList",
    }
    assert set(watched) < rules
    assert {watched[rule] for rule in THROTTLED.values()} == {1}


def test_every_alarm_notifies_a_topic_of_its_own_region(
    edge: Synthesis, alarms: dict[str, dict[str, Any]]
) -> None:
    assert len(alarms) == 7
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["${NotificationsTopic}"]
        assert alarm["TreatMissingData"] == "notBreaching"
    [subscription] = find(edge.edge, "AWS::SNS::Subscription").values()
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    assert flat(edge.edge["Outputs"]["AlarmTopic"]["Value"]) == "${NotificationsTopic}"
    [policy] = find(edge.edge, "AWS::SNS::TopicPolicy").values()
    principals = [each["Principal"] for each in policy["PolicyDocument"]["Statement"]]
    assert principals == ["*", {"Service": "cloudwatch.amazonaws.com"}]


def test_without_the_edge_the_main_stack_has_the_alarm_on_downloads_where_it_is_in_us_east_1(
    edge: Synthesis, variant: Variant
) -> None:
    template = json.loads(variant(**CDN).text)
    [(id, alarm)] = [
        (id, each) for id, each in template["Resources"].items() if id.startswith("DeliveryServerErrors")
    ]
    expected = {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}
    assert template["Conditions"][alarm["Condition"]] == expected
    assert read_dimensions(flat(alarm["Properties"]))["DistributionId"] == "${DeliveryDistribution}"
    assert id not in json.loads(edge.text)["Resources"], "one alarm is enough"


def test_the_dashboard_shows_the_distribution_and_each_rule(edge: Synthesis) -> None:
    [dashboard] = find(edge.edge, "AWS::CloudWatch::Dashboard").values()
    assert dashboard["DashboardName"] == "Airlock-dev-edge"
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    shown = {
        (metric[0], metric[1]) for widget in widgets for metric in widget["properties"]["metrics"] if metric
    }
    assert shown >= {("AWS/CloudFront", "Requests"), ("AWS/CloudFront", "5xxErrorRate")}
    assert shown >= {("AWS/WAFV2", f"{each}Requests") for each in ("Allowed", "Blocked", "Counted")}
    [acl] = find(edge.edge, "AWS::WAFv2::WebACL").values()
    assert all(rule["Name"] in dashboard["DashboardBody"] for rule in acl["Rules"])
    assert {widget["properties"]["region"] for widget in widgets} == {"${AWS::Region}"}, "its own"
