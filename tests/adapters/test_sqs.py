"""Messages to the queues: S3's events, documents to purge, tasks and results of steps."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.stub import ANY, Stubber
from moto import mock_aws

from functions.adapters.sqs import (
    SQSMessageQueue,
    SQSPurgeQueue,
    SQSResultQueue,
    SQSTaskQueue,
    SQSUploadEvents,
)
from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.queues import Message
from functions.domain.tasks import Task, TaskOutcome, TaskResult
from functions.messages import step_results, step_tasks
from tests.examples import NOW, OWNER, an_id
from tests.moto_account import REGION
from tests.repository_steps import rendition_facts

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

KEY = "staging/a b/ü+1%2F"


TASK = Task(
    document_id=an_id(),
    owner=OWNER,
    step="check",
    attempt=3,
    bucket="a-bucket",
    key=KEY,
    version="v1",
    size=1 << 45,
    content_type="text/csv",
    parameters={"words": ["secret", "Schlüssel"], "limit": 5, "strict": False},
    deadline=NOW,
)
RESULT = TaskResult(
    document_id=an_id(),
    owner=OWNER,
    step="render",
    attempt=3,
    version="v1",
    outcome=TaskOutcome.PASSED,
    detail="Zwei Größen",
    facts={"renditions": {"thumb": rendition_facts(width=3)}, "score": 0.25, "none": None, "n": {"a": [1]}},
)


@pytest.fixture
def sqs() -> "Iterator[SQSClient]":
    with mock_aws():
        yield boto3.client("sqs", region_name=REGION)


@pytest.fixture
def url(sqs: "SQSClient") -> str:
    return sqs.create_queue(QueueName="a-queue")["QueueUrl"]


def test_a_republished_event_has_the_form_of_s3s_event(sqs: "SQSClient", url: str) -> None:
    SQSUploadEvents(sqs, url, "a-bucket").republish(KEY, "v1")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    [record] = json.loads(message["Body"])["Records"]
    assert record["eventName"].startswith("ObjectCreated:")
    assert record["s3"]["bucket"] == {"name": "a-bucket"}
    assert record["s3"]["object"] == {"key": "staging/a+b/%C3%BC%2B1%252F", "versionId": "v1"}


def receive_message(sqs: "SQSClient", url: str) -> "MessageTypeDef":
    [message] = sqs.receive_message(
        QueueUrl=url, MessageAttributeNames=["All"], AttributeNames=["All"], VisibilityTimeout=600
    )["Messages"]
    return message


def a_message(received: "MessageTypeDef", **changes: Any) -> Message:
    values = {"deliveries": 1, "first_seen": 1_777_896_000.25, "times_sent": 1} | changes
    return Message(id="1", receipt_handle=received["ReceiptHandle"], body=received["Body"], **values)


def test_a_message_can_be_made_visible_at_once(sqs: "SQSClient", url: str) -> None:
    SQSUploadEvents(sqs, url, "a-bucket").republish(KEY, "v1")
    received = receive_message(sqs, url)
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    SQSMessageQueue(sqs, url, "https://dead-letters").hide(a_message(received), 0)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


def test_a_message_that_is_sent_anew_keeps_its_body_and_the_time_when_it_was_first_seen(
    sqs: "SQSClient", url: str
) -> None:
    SQSUploadEvents(sqs, url, "a-bucket").republish(KEY, "v1")
    received = receive_message(sqs, url)
    SQSMessageQueue(sqs, url, "https://dead-letters").send_anew(a_message(received, times_sent=3), 0)
    again = receive_message(sqs, url)
    attributes = {name: value.get("StringValue") for name, value in again["MessageAttributes"].items()}
    assert again["Body"] == received["Body"]
    assert attributes == {"firstSeen": "1777896000250", "timesSent": "4"}


def test_a_message_that_is_sent_anew_comes_after_its_delay(sqs: "SQSClient") -> None:
    with Stubber(sqs) as stubber:
        expected = {
            "QueueUrl": "https://queue",
            "MessageBody": "a",
            "DelaySeconds": 40,
            "MessageAttributes": ANY,
        }
        stubber.add_response("send_message", {}, expected)
        message = a_message({"Body": "a", "ReceiptHandle": "handle"})
        SQSMessageQueue(sqs, "https://queue", "https://dead-letters").send_anew(message, 40)
        stubber.assert_no_pending_responses()


def test_a_buried_message_is_in_the_dead_letters(sqs: "SQSClient", url: str) -> None:
    letters = sqs.create_queue(QueueName="dead-letters")["QueueUrl"]
    message = a_message({"Body": "a", "ReceiptHandle": "handle"})
    SQSMessageQueue(sqs, url, letters).bury(message)
    assert receive(sqs, letters) == "a"


def test_a_throttled_queue_is_unavailable(sqs: "SQSClient") -> None:
    upload_events = SQSUploadEvents(sqs, "https://queue", "a-bucket")
    with Stubber(sqs) as stubber:
        stubber.add_client_error("send_message", "ThrottlingException")
        with pytest.raises(Unavailable):
            upload_events.republish(KEY, "v1")


def test_an_error_of_the_visibility_change_is_ignored(sqs: "SQSClient") -> None:
    with Stubber(sqs) as stubber:
        stubber.add_client_error("change_message_visibility", "ReceiptHandleIsInvalid")
        message = a_message({"Body": "a", "ReceiptHandle": "handle"})
        SQSMessageQueue(sqs, "https://queue", "https://dead-letters").hide(message, 0)
        stubber.assert_no_pending_responses()


def test_a_purge_task_contains_owner_and_document_id(sqs: "SQSClient", url: str) -> None:
    SQSPurgeQueue(sqs, url).enqueue("an-owner", "an-id")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == {"owner": "an-owner", "documentId": "an-id"}


def receive(sqs: "SQSClient", url: str) -> str:
    """Returns the body of the only message."""
    [message] = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    return message["Body"]


@pytest.mark.parametrize(
    "task", [TASK, replace(TASK, content_type=None, parameters={})], ids=["full", "bare"]
)
def test_a_task_is_read_from_the_queue_unchanged(sqs: "SQSClient", url: str, task: Task) -> None:
    SQSTaskQueue(sqs, url).enqueue(task)
    assert step_tasks.parse(receive(sqs, url)) == task


def test_the_names_of_a_task_are_those_of_the_contract(sqs: "SQSClient", url: str) -> None:
    SQSTaskQueue(sqs, url).enqueue(TASK)
    assert json.loads(receive(sqs, url)) == {
        "documentId": an_id(),
        "owner": OWNER,
        "step": "check",
        "attempt": 3,
        "bucket": "a-bucket",
        "key": KEY,
        "versionId": "v1",
        "size": 1 << 45,
        "contentType": "text/csv",
        "parameters": {"words": ["secret", "Schlüssel"], "limit": 5, "strict": False},
        "deadline": "2026-05-04T12:00:00+00:00",
    }


@pytest.mark.parametrize(
    "result",
    [
        RESULT,
        replace(RESULT, outcome=TaskOutcome.REJECTED, code=Code.STEP_REJECTED.value, facts={}),
        replace(RESULT, outcome=TaskOutcome.PROGRESS, detail=None, facts={}),
        replace(RESULT, outcome=TaskOutcome.UNAVAILABLE, attempt=0, facts={}),
    ],
    ids=lambda result: result.outcome.value,
)
def test_a_result_is_read_from_the_queue_of_its_step_unchanged(
    sqs: "SQSClient", url: str, result: TaskResult
) -> None:
    SQSResultQueue(sqs, url).send(result)
    assert step_results.parse(receive(sqs, url), "render") == result


def test_a_result_leaves_out_what_it_does_not_say(sqs: "SQSClient", url: str) -> None:
    SQSResultQueue(sqs, url).send(replace(RESULT, detail=None, facts={}))
    assert set(json.loads(receive(sqs, url))) == {
        "documentId",
        "owner",
        "step",
        "attempt",
        "versionId",
        "outcome",
    }


def test_a_queue_that_cannot_be_reached_is_unavailable(sqs: "SQSClient") -> None:
    with Stubber(sqs) as stubber:
        for _ in range(2):
            stubber.add_client_error("send_message", "ServiceUnavailable", http_status_code=503)
        with pytest.raises(Unavailable):
            SQSTaskQueue(sqs, "https://queue").enqueue(TASK)
        with pytest.raises(Unavailable):
            SQSResultQueue(sqs, "https://queue").send(RESULT)
