"""Events in the deployed template: a rule of another stack sends them to a queue, with `sequence` in order."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.stack import LocalStack, start_stack
from tests.journeys.api_client import ApiClient
from tests.journeys.files import png
from tests.journeys.wait import wait_until


@pytest.fixture(scope="module")
def events_stack() -> Iterator[LocalStack]:
    with start_stack(events="true") as running:
        yield running


@pytest.fixture(scope="module")
def subscriber(events_stack: LocalStack) -> str:
    """The URL of a queue that a rule on the bus sends every event to."""
    emulator = events_stack.emulator
    sqs, bus = emulator.client("sqs"), emulator.client("events")
    url = str(sqs.create_queue(QueueName="subscriber")["QueueUrl"])
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    name = next(each["Name"] for each in bus.list_event_buses()["EventBuses"] if each["Name"] != "default")
    pattern = json.dumps({"source": ["airlock"]})
    bus.put_rule(Name="documents", EventBusName=name, EventPattern=pattern)
    bus.put_targets(Rule="documents", EventBusName=name, Targets=[{"Id": "queue", "Arn": arn}])
    return url


def receive_until(stack: LocalStack, url: str, last: str) -> list[dict[str, Any]]:
    """Returns the events up to the first of the type `last`."""
    sqs, events = stack.emulator.client("sqs"), list[dict[str, Any]]()

    def receive() -> bool:
        response = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in response.get("Messages", []):
            events.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return any(event["detail-type"] == last for event in events)

    wait_until(receive, f"{last} in the queue")
    return events


def test_a_subscriber_gets_every_change_of_a_document(
    events_stack: LocalStack, subscriber: str, http: httpx.Client
) -> None:
    ada = ApiClient(events_stack.api, events_stack.users[0].access_token, http)
    document_id = ada.upload(png(), "a.png", "image/png")["id"]
    events = receive_until(events_stack, subscriber, "document.ready")
    first = {event["detail"]["sequence"]: event for event in events}
    assert [first[number]["detail-type"] for number in sorted(first)] == [
        "document.created",
        "document.processing",
        "document.ready",
    ]
    assert sorted(first) == [1, 2, 3]
    assert {event["source"] for event in events} == {"airlock"}
    ready = first[3]["detail"]
    assert (ready["id"], ready["bucket"]) == (document_id, events_stack.bucket)
    head = events_stack.emulator.client("s3").head_object(
        Bucket=ready["bucket"], Key=ready["key"], VersionId=ready["versionId"]
    )
    assert head["ContentLength"] == ready["size"]
