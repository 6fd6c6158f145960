"""The queue and the rule of `events tail` on moto: they exist while somebody listens, and only the rule may send."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from operate.deployment import Deployment
from operate.event_tail import listen

BUS = "Airlock-live-documents"


@pytest.fixture
def deployment(session: boto3.Session) -> Iterator[Deployment]:
    """A stack with an event bus."""
    template = {
        "Resources": {"Bus": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "any"}}},
        "Outputs": {"EventBus": {"Value": BUS}},
    }
    session.client("cloudformation").create_stack(StackName="Airlock-live", TemplateBody=json.dumps(template))
    session.client("events").create_event_bus(Name=BUS)
    yield Deployment(stack="Airlock-live", session=session)
    session.client("events").delete_event_bus(Name=BUS)
    session.client("cloudformation").delete_stack(StackName="Airlock-live")


def list_rules(deployment: Deployment) -> list[dict[str, Any]]:
    return list(deployment.client("events").list_rules(EventBusName=BUS)["Rules"])


def list_queues(deployment: Deployment) -> list[str]:
    found = deployment.client("sqs").list_queues(QueueNamePrefix="Airlock-live-tail-")
    return list(found.get("QueueUrls", []))


def test_a_rule_sends_events_to_the_queue_and_nobody_else_may(deployment: Deployment) -> None:
    sqs, events = deployment.client("sqs"), deployment.client("events")
    with listen(deployment) as queue:
        [rule] = list_rules(deployment)
        [target] = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=BUS)["Targets"]
        found = sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])["Attributes"]
    assert json.loads(rule["EventPattern"]) == {"source": ["airlock"]}
    assert target["Arn"] == found["QueueArn"]
    [statement] = json.loads(found["Policy"])["Statement"]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": rule["Arn"]}}
    assert statement["Action"] == "sqs:SendMessage"


def test_nothing_is_left_after_the_end_or_an_error(deployment: Deployment) -> None:
    with listen(deployment):
        assert (len(list_rules(deployment)), len(list_queues(deployment))) == (1, 1)
    assert (list_rules(deployment), list_queues(deployment)) == ([], [])
    with pytest.raises(KeyboardInterrupt), listen(deployment):
        raise KeyboardInterrupt
    assert (list_rules(deployment), list_queues(deployment)) == ([], [])


def test_an_event_is_deleted_once_it_is_taken(deployment: Deployment) -> None:
    with listen(deployment) as queue:
        for number in range(2):
            queue.client.send_message(QueueUrl=queue.url, MessageBody=json.dumps({"detail": number}))
        events = queue.events()
        assert sorted(next(events)["detail"] for _ in range(2)) == [0, 1]
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = queue.client.get_queue_attributes(QueueUrl=queue.url, AttributeNames=names)["Attributes"]
    assert sum(int(found[name]) for name in names) == 1
