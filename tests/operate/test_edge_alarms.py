"""The check of the alarms in us-east-1, on the local AWS."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest

from local.aws import REGION, Emulator, start_emulator
from operate.deployment import Deployment
from operate.doctor.alarms import find_runbook
from operate.doctor.edge_alarms import check_edge_alarms
from operate.doctor.finding import Finding, Inspection
from operate.errors import OperateError

STACK, ALARM, DISTRIBUTION = "Airlock-alarms", "EdgeServerErrors0A1B2C3D", "E2QWRUHAPOMQZL"
RATE = {"Namespace": "AWS/CloudFront", "MetricName": "5xxErrorRate"}
FIRES = {"ComparisonOperator": "GreaterThanOrEqualToThreshold", "EvaluationPeriods": 1, "Threshold": 5}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """The local AWS, which is in us-east-1."""
    with start_emulator(0) as started:
        started.wait_until_ready()
        yield started


@pytest.fixture
def topic(emulator: Emulator) -> str:
    return str(emulator.client("sns").create_topic(Name="edge-alarms")["TopicArn"])


def subscribe(emulator: Emulator, topic: str) -> None:
    emulator.client("sns").subscribe(
        TopicArn=topic, Protocol="https", Endpoint="https://team.example.com", ReturnSubscriptionArn=True
    )


def put_stack(emulator: Emulator, name: str, template: Mapping[str, Any]) -> None:
    client = emulator.client("cloudformation")
    client.delete_stack(StackName=name)
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1})


def deploy(emulator: Emulator, **outputs: str) -> Deployment:
    """Deploys a main stack with these outputs."""
    template = {
        "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    put_stack(emulator, STACK, template)
    session = boto3.Session("local", "local", region_name=REGION)
    return Deployment(stack=STACK, session=session, endpoint=emulator.endpoint)


def deploy_edge(emulator: Emulator, *actions: str) -> None:
    """Deploys a stack of the edge whose only alarm has these actions."""
    alarm = {
        **RATE,
        **FIRES,
        "AlarmName": "edge",
        "AlarmActions": actions,
        "Dimensions": [{"Name": "DistributionId", "Value": "E1API"}],
        "Period": 300,
        "Statistic": "Average",
    }
    resource = {"Type": "AWS::CloudWatch::Alarm", "Properties": alarm}
    put_stack(emulator, f"{STACK}-edge", {"Resources": {ALARM: resource}})


def diagnose(deployment: Deployment) -> list[Finding]:
    return [*check_edge_alarms(Inspection(deployment))]


def test_a_deployment_without_cloudfront_has_no_finding(emulator: Emulator) -> None:
    assert diagnose(deploy(emulator, Bucket="files")) == []


def test_an_alarm_of_the_edge_without_a_target_is_named(emulator: Emulator) -> None:
    deploy_edge(emulator)
    [finding] = diagnose(deploy(emulator, OriginHost="api.example"))
    assert (finding.resource, finding.problem) == ("1 alarms", f"notify nobody: {ALARM}")


def test_a_topic_of_the_edge_needs_a_subscription_of_its_own(emulator: Emulator, topic: str) -> None:
    deploy_edge(emulator, topic)
    deployment = deploy(emulator, OriginHost="api.example")
    [finding] = diagnose(deployment)
    assert finding.resource == topic
    assert "no confirmed subscription" in finding.problem
    subscribe(emulator, topic)
    assert diagnose(deployment) == []


def test_an_alarm_of_the_edge_that_fires_names_its_runbook(emulator: Emulator, topic: str) -> None:
    subscribe(emulator, topic)
    deploy_edge(emulator, topic)
    emulator.client("cloudwatch").set_alarm_state(
        AlarmName="edge", StateValue="ALARM", StateReason="6 % of 1,000 requests"
    )
    [finding] = diagnose(deploy(emulator, OriginHost="api.example"))
    assert finding.problem == "is in alarm: 6 % of 1,000 requests"
    assert finding.remedy == "See docs/runbooks/edge-server-errors.md."


def test_an_edge_that_is_not_deployed_is_an_error(emulator: Emulator) -> None:
    deployment = deploy(emulator, OriginHost="api.example")
    emulator.client("cloudformation").delete_stack(StackName=deployment.edge.stack)
    with pytest.raises(OperateError, match="Airlock-alarms-edge"):
        diagnose(deployment)


def test_an_alarm_on_the_distribution_of_downloads_is_enough(emulator: Emulator) -> None:
    """tests/operate/test_distribution.py has an alarm on an expression, which the local AWS does not keep."""
    deployment = deploy(emulator, DistributionId=DISTRIBUTION)
    [finding] = diagnose(deployment)
    assert (finding.resource, finding.problem) == (DISTRIBUTION, "has no alarm on its errors")
    emulator.client("cloudwatch").put_metric_alarm(
        AlarmName="downloads",
        Dimensions=[{"Name": "DistributionId", "Value": DISTRIBUTION}],
        Period=300,
        Statistic="Average",
        **FIRES,
        **RATE,
    )
    assert diagnose(deployment) == []


@pytest.mark.parametrize(
    ("logical_id", "page"),
    [
        ("EdgeBlockedCommonRules0A1B2C3D", "edge-blocked"),
        ("EdgeThrottledToken0A1B2C3D", "edge-throttled"),
        ("EdgeGuardRefused0A1B2C3D", "edge-guard-refused"),
        ("DeliveryServerErrors0A1B2C3D", "delivery-server-errors"),
    ],
)
def test_alarms_on_rules_share_a_page(logical_id: str, page: str) -> None:
    assert find_runbook(logical_id) == f"docs/runbooks/{page}.md"
