"""The limit of worker processes per function, under concurrent requests and under a long queue."""

import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ministack_gaps import WORKERS_PER_FUNCTION
from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account

_PATIENCE = 60.0
_CODE = """
import os, time

def handler(event, context):
    time.sleep(2)
    nested = None
    if event.get("nested"):
        import boto3
        nested = boto3.client("lambda").invoke(FunctionName=context.function_name, Payload=b"{}")["StatusCode"]
    return {"pid": os.getpid(), "nested_status": nested}
"""


def test_concurrent_requests_share_a_limited_number_of_workers(closed: Account, published: Account) -> None:
    def workers(account: Account) -> int:
        results = _invoke_at_once(account, account.create_function(_CODE), WORKERS_PER_FUNCTION + 2)
        return len({result["pid"] for result in results})

    assert workers(closed) <= WORKERS_PER_FUNCTION
    assert workers(published) > WORKERS_PER_FUNCTION, FIXED_UPSTREAM


def test_a_function_that_invokes_itself_does_not_wait_for_its_own_caller(closed: Account) -> None:
    results = _invoke_at_once(
        closed, closed.create_function(_CODE, "lambda:InvokeFunction"), WORKERS_PER_FUNCTION, nested=True
    )
    assert [result["nested_status"] for result in results] == [200] * WORKERS_PER_FUNCTION


def test_a_poller_receives_no_more_batches_than_there_are_workers(
    closed: Account, published: Account
) -> None:
    messages = WORKERS_PER_FUNCTION + 2

    def most_in_flight(account: Account) -> int:
        """Returns the maximum number of messages that were received and not yet deleted; each is a batch."""
        sqs, lambda_ = account.client("sqs"), account.client("lambda")
        url = sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        for _ in range(messages):
            sqs.send_message(QueueUrl=url, MessageBody="{}")
        mapping = lambda_.create_event_source_mapping(
            EventSourceArn=arn,
            FunctionName=account.create_function(_CODE, "sqs:*"),
            BatchSize=1,
            ScalingConfig={"MaximumConcurrency": messages},
        )
        most = 0
        for visible, in_flight in _queue_depths(sqs, url):
            most = max(most, in_flight)
            if not visible + in_flight:
                break
        lambda_.delete_event_source_mapping(UUID=mapping["UUID"])
        return most

    assert 1 < most_in_flight(closed) <= WORKERS_PER_FUNCTION
    assert most_in_flight(published) > WORKERS_PER_FUNCTION, FIXED_UPSTREAM


def _queue_depths(sqs: Any, url: str) -> Iterator[tuple[int, int]]:
    """Yields (visible, in flight) until a minute is over, then fails."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        yield int(found[names[0]]), int(found[names[1]])
        time.sleep(0.02)
    pytest.fail("the queue is not empty after a minute")


def _invoke_at_once(account: Account, function: str, count: int, **event: bool) -> list[Any]:
    client = account.client("lambda")

    def invoke(_: int) -> Any:
        return json.loads(client.invoke(FunctionName=function, Payload=json.dumps(event))["Payload"].read())

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(invoke, range(count)))
