"""Messages to the queues of S3's events and of documents to purge."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from functions.adapters.sqs import SQSPurgeQueue, SQSUploadEvents
from functions.domain.errors import Unavailable
from tests.moto_account import REGION

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

KEY = "staging/a b/ü+1%2F"


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


def test_a_message_can_be_made_visible_at_once(sqs: "SQSClient", url: str) -> None:
    SQSUploadEvents(sqs, url, "a-bucket").republish(KEY, "v1")
    [message] = sqs.receive_message(QueueUrl=url, VisibilityTimeout=600)["Messages"]
    assert "Messages" not in sqs.receive_message(QueueUrl=url)
    SQSUploadEvents(sqs, url, "a-bucket").retry_in(message["ReceiptHandle"], 0)
    assert len(sqs.receive_message(QueueUrl=url)["Messages"]) == 1


def test_a_throttled_queue_is_unavailable(sqs: "SQSClient") -> None:
    upload_events = SQSUploadEvents(sqs, "https://queue", "a-bucket")
    with Stubber(sqs) as stubber:
        stubber.add_client_error("send_message", "ThrottlingException")
        with pytest.raises(Unavailable):
            upload_events.republish(KEY, "v1")


def test_an_error_of_the_visibility_change_is_ignored(sqs: "SQSClient") -> None:
    with Stubber(sqs) as stubber:
        stubber.add_client_error("change_message_visibility", "ReceiptHandleIsInvalid")
        SQSUploadEvents(sqs, "https://queue", "a-bucket").retry_in("handle", 0)
        stubber.assert_no_pending_responses()


def test_a_purge_task_contains_owner_and_document_id(sqs: "SQSClient", url: str) -> None:
    SQSPurgeQueue(sqs, url).enqueue("an-owner", "an-id")
    [message] = sqs.receive_message(QueueUrl=url)["Messages"]
    assert json.loads(message["Body"]) == {"owner": "an-owner", "documentId": "an-id"}
