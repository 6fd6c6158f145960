"""Queues that are polled and logs that are written with the rights of a function's role."""

import time
import uuid
from collections.abc import Callable
from typing import Any

from ministack_gaps.execution_role import PROBLEM
from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account

_CODE = """
def handler(event, context):
    print("a line")
"""
_PATIENCE = 60.0


def _wait_for(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + _PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "the condition does not become true"
        time.sleep(0.05)
    return found


def _result_of_polling(account: Account, *actions: str) -> str:
    """Returns LastProcessingResult after a message was sent; `actions` are those of the function's role."""
    sqs, lambda_ = account.client("sqs"), account.client("lambda")
    url = sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    function = account.create_function(_CODE, *actions)
    mapping = lambda_.create_event_source_mapping(EventSourceArn=arn, FunctionName=function)["UUID"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")

    def result() -> str:
        found: str = lambda_.get_event_source_mapping(UUID=mapping)["LastProcessingResult"]
        return "" if found.startswith("No records") else found

    found: str = _wait_for(result)
    lambda_.delete_event_source_mapping(UUID=mapping)
    return found


def test_a_queue_is_polled_with_the_rights_of_the_role(closed: Account, published: Account) -> None:
    assert _result_of_polling(closed) == (
        f"{PROBLEM}the role may not sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage"
    )
    assert not _result_of_polling(published).startswith(PROBLEM), FIXED_UPSTREAM


def test_a_queue_is_polled_when_the_role_may(closed: Account) -> None:
    actions = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    assert _result_of_polling(closed, *actions) == "OK - 1 records"


def test_a_role_that_may_receive_but_not_delete_is_reported(closed: Account) -> None:
    found = _result_of_polling(closed, "sqs:ReceiveMessage", "sqs:GetQueueAttributes")
    assert found == f"{PROBLEM}the role may not sqs:DeleteMessage"


def test_a_log_is_written_with_the_rights_of_the_role(closed: Account, published: Account) -> None:
    def lines(account: Account, *actions: str) -> int:
        function = account.create_function(_CODE, *actions)
        account.client("lambda").invoke(FunctionName=function, Payload=b"{}")
        logs, group = account.client("logs"), f"/aws/lambda/{function}"
        groups = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        return sum(len(logs.filter_log_events(logGroupName=group)["events"]) for _ in groups)

    assert lines(closed) == 0
    assert lines(closed, "logs:CreateLogStream", "logs:PutLogEvents") > 0
    assert lines(published) > 0, FIXED_UPSTREAM
