"""`doctor` on the local stack: it finds nothing, and names each of many sabotages."""

import pytest

from local.aws import ROOT
from local.stack import LocalStack
from operate.commands.doctor import diagnose
from operate.deployment import Deployment
from operate.doctor.alarms import find_runbook
from operate.doctor.checks import CHECKS
from operate.template import read_template
from tests.journeys.operator import open_deployment
from tests.journeys.sabotages import SABOTAGES, Sabotage, put_alarm, put_composite_alarm

ELSEWHERE = {"clock", "key", "scanner", "audit", "event-failures", "delivery", "edge", "edge-alarms"}
"""Checks of what this stack does not have; those of scanner, audit, events, delivery and the edge have tests of their own."""


@pytest.fixture(scope="module")
def deployment(stack: LocalStack, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """The deployment, whose alarms notify somebody and whose dead letters are read."""
    opened = open_deployment(stack, tmp_path_factory.mktemp("operator"))
    sqs = opened.client("sqs")
    for url in sqs.list_queues()["QueueUrls"]:
        if "DeadLetters" in url:
            sqs.purge_queue(QueueUrl=url)
    subscribe_team(opened)
    return opened


def subscribe_team(deployment: Deployment) -> None:
    """Makes every alarm notify a topic that somebody has subscribed to."""
    sns, cloudwatch = deployment.client("sns"), deployment.client("cloudwatch")
    topic = sns.create_topic(Name="team")["TopicArn"]
    described = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    alarms, composites = described["MetricAlarms"], described["CompositeAlarms"]
    for alarm in alarms:
        put_alarm(cloudwatch, alarm, alarm["AlarmActions"] or [topic])
    for alarm in composites:
        put_composite_alarm(cloudwatch, alarm, alarm["AlarmActions"] or [topic])
    queue = "arn:aws:sqs:us-east-1:000000000000:team"
    deployment.client("sqs").create_queue(QueueName="team")
    for arn in {topic, *(action for alarm in [*alarms, *composites] for action in alarm["AlarmActions"])}:
        sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda sabotage: sabotage.id)
def test_a_sabotage_is_named(deployment: Deployment, sabotage: Sabotage) -> None:
    with sabotage.apply(deployment):
        [findings] = diagnose(deployment, [sabotage.check]).values()
    assert any(sabotage.problem in finding.problem for finding in findings), findings
    assert all(finding.remedy for finding in findings)


def test_nothing_is_found_when_every_sabotage_is_undone(deployment: Deployment) -> None:
    # The local AWS has no stack in us-east-1. tests/operate is about those checks.
    found = diagnose(deployment, [name for name in CHECKS if not name.startswith("edge")])
    assert {name: findings for name, findings in found.items() if findings} == {}
    assert {sabotage.check for sabotage in SABOTAGES} >= CHECKS.keys() - ELSEWHERE


def test_every_alarm_has_a_runbook(deployment: Deployment) -> None:
    template = read_template(deployment)
    alarms = template.list_resources("AWS::CloudWatch::Alarm")
    composites = template.list_resources("AWS::CloudWatch::CompositeAlarm")
    pages = {find_runbook(alarm.logical_id) for alarm in [*alarms, *composites]}
    assert len(pages) > 8
    assert [page for page in pages if not (ROOT / page).exists()] == []
