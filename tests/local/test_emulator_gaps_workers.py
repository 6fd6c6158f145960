"""The limit on the processes of one function: with it in place, and in MiniStack as published, which has none."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.emulator_gaps_workers import WORKERS_PER_FUNCTION
from tests.local.account import Account

_RIGHT_BY_NOW = "MiniStack does this right by now: drop our fix"
_PATIENCE = 60.0
_CODE = """
import os, time

def handler(event, context):
    time.sleep(0.5)
    nested = None
    if event.get("nested"):
        import boto3
        nested = boto3.client("lambda").invoke(FunctionName=context.function_name, Payload=b"{}")["StatusCode"]
    return {"pid": os.getpid(), "nested_status": nested}
"""
_TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
_RIGHTS = {"Effect": "Allow", "Action": ["sqs:*", "lambda:*", "logs:*"], "Resource": "*"}


def test_concurrent_requests_share_a_limited_number_of_workers(closed: Account, as_it_comes: Account) -> None:
    def workers(account: Account) -> int:
        results = _invoke_at_once(account, _function(account), 2 * WORKERS_PER_FUNCTION)
        return len({result["pid"] for result in results})

    assert workers(closed) <= WORKERS_PER_FUNCTION
    assert workers(as_it_comes) > WORKERS_PER_FUNCTION, _RIGHT_BY_NOW


def test_a_function_that_invokes_itself_does_not_wait_for_its_own_caller(closed: Account) -> None:
    results = _invoke_at_once(closed, _function(closed), WORKERS_PER_FUNCTION, nested=True)
    assert [result["nested_status"] for result in results] == [200] * WORKERS_PER_FUNCTION


def test_a_queue_hands_out_no_more_batches_than_there_are_workers(
    closed: Account, as_it_comes: Account
) -> None:
    messages = 2 * WORKERS_PER_FUNCTION

    def most_in_flight(account: Account) -> int:
        """Messages of one batch each that were received at the same time."""
        sqs, lambda_ = account.emulator.client("sqs"), account.emulator.client("lambda")
        url = sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        for _ in range(messages):
            sqs.send_message(QueueUrl=url, MessageBody="{}")
        mapping = lambda_.create_event_source_mapping(
            EventSourceArn=arn,
            FunctionName=_function(account),
            BatchSize=1,
            ScalingConfig={"MaximumConcurrency": messages},
        )
        most = 0
        for waiting, in_flight in _queue_depths(sqs, url):
            most = max(most, in_flight)
            if not waiting + in_flight:
                break
        lambda_.delete_event_source_mapping(UUID=mapping["UUID"])
        return most

    assert 1 < most_in_flight(closed) <= WORKERS_PER_FUNCTION
    assert most_in_flight(as_it_comes) > WORKERS_PER_FUNCTION, _RIGHT_BY_NOW


def _queue_depths(sqs: Any, url: str) -> Iterator[tuple[int, int]]:
    """(waiting, in flight), again and again for a minute."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        yield int(found[names[0]]), int(found[names[1]])
        time.sleep(0.02)
    pytest.fail("the queue is not empty after a minute")


def _function(account: Account) -> str:
    """The name of a new function that takes half a second and returns its process id."""
    iam, name = account.emulator.client("iam"), uuid.uuid4().hex
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(_TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=_policy(_RIGHTS))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", _CODE)
    account.emulator.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.14",
        Role=role,
        Handler="index.handler",
        Timeout=20,
        Code={"ZipFile": code.getvalue()},
    )
    return name


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _invoke_at_once(account: Account, function: str, count: int, **event: bool) -> list[Any]:
    client = account.emulator.client("lambda")

    def invoke(_: int) -> Any:
        return json.loads(client.invoke(FunctionName=function, Payload=json.dumps(event))["Payload"].read())

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(invoke, range(count)))
