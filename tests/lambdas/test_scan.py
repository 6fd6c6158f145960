"""The function `scan`: results of GuardDuty go to the results queue of the step, and its tasks ask for another scan."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import Stubber

from functions.domain.queues import TaskQueue
from functions.lambdas import scan
from functions.messages import step_results
from functions.wiring import clients
from functions.wiring.queues import tasks_of
from tests.adapters.test_sqs import TASK
from tests.features.scan.events import scan_event
from tests.lambdas.account import Account
from tests.lambdas.events import Context, sqs_event, sqs_message

VERDICTS, TASKS, RESULTS = "scan-verdicts", "scan-tasks", "scan-results"


@pytest.fixture
def queues(account: Account, deploy: Callable[..., None]) -> dict[str, str]:
    """The URLs of the queues of the step, which is deployed."""
    names = (VERDICTS, TASKS, RESULTS, "letters")
    urls = {name: account.sqs.create_queue(QueueName=name)["QueueUrl"] for name in names}
    deploy(
        scanner="guardduty",
        consumed_queues=json.dumps([[urls[name], urls["letters"]] for name in (VERDICTS, TASKS)]),
        step_queues=json.dumps({"scan": {"tasks": urls[TASKS], "results": urls[RESULTS]}}),
    )
    return urls


def handle(queue: str, *bodies: str) -> list[str]:
    """Invokes the function and returns the ids of the messages that failed."""
    event = sqs_event([sqs_message(body, queue=queue) for body in bodies])
    answer = scan.lambda_handler(event, Context())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def drain(account: Account, url: str) -> list[str]:
    received = account.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
    return [message["Body"] for message in received.get("Messages", [])]


def test_a_verdict_becomes_a_result_that_the_pipeline_takes(account: Account, queues: dict[str, str]) -> None:
    bucket = account.bucket
    events = [scan_event(bucket=bucket), scan_event(bucket=bucket, result="THREATS_FOUND")]
    assert handle(VERDICTS, *map(json.dumps, events)) == []
    results = [step_results.parse(body, "scan") for body in drain(account, queues[RESULTS])]
    assert {(result.outcome.value, result.code) for result in results} == {
        ("passed", None),
        ("rejected", "malware_found"),
    }
    assert {result.version for result in results} == {"v1"}


def test_what_is_no_verdict_sends_nothing(account: Account, queues: dict[str, str]) -> None:
    failed = scan_event(bucket=account.bucket, status="FAILED", result="FAILED")
    assert handle(VERDICTS, json.dumps(failed), json.dumps(scan_event(bucket="another"))) == []
    assert drain(account, queues[RESULTS]) == []


def test_garbage_fails_alone(account: Account, queues: dict[str, str]) -> None:
    good = json.dumps(scan_event(bucket=account.bucket))
    assert len(handle(VERDICTS, "{", good, "{}")) == 2
    assert len(drain(account, queues[RESULTS])) == 1


def task_body(account: Account, queues: dict[str, str]) -> str:
    tasks: TaskQueue = tasks_of("scan")
    tasks.enqueue(replace(TASK, step="scan"))
    [body] = drain(account, queues[TASKS])
    return body


def test_a_task_asks_for_a_scan_of_its_version(account: Account, queues: dict[str, str]) -> None:
    body = task_body(account, queues)
    with Stubber(as_any(clients.guardduty())) as stubber:
        target = {"Bucket": account.bucket, "Key": TASK.key, "VersionId": TASK.version}
        stubber.add_response("send_object_malware_scan", {}, {"S3Object": target})
        assert handle(TASKS, body) == []
        stubber.assert_no_pending_responses()
    assert drain(account, queues[RESULTS]) == []


def test_a_verdict_in_the_queue_of_tasks_is_none(account: Account, queues: dict[str, str]) -> None:
    """Only EventBridge may send to the queue of verdicts."""
    assert len(handle(TASKS, json.dumps(scan_event(bucket=account.bucket)))) == 1
    assert drain(account, queues[RESULTS]) == []


def as_any(client: object) -> Any:
    return client
