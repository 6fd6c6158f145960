"""What happens around a function only as its role allows: its queues, its log, and what S3 says of missing objects.

Each gap twice: closed as AWS has it, and still open in MiniStack as it comes. When the second fails, drop the fix.
"""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import boto3

from local.aws import DIRECT, REGION
from tests.local.account import Account, error_code

_RIGHT_BY_NOW = "MiniStack does this right by now: drop our fix"
_FUNCTION = "Namer"
"""Its role has no rights at all."""


def _wait_for(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 60
    while not (found := condition()):
        assert time.monotonic() < deadline, "nothing happens"
        time.sleep(0.05)
    return found


def _result_of_reading(account: Account) -> str:
    """What the event source mapping says once there was a message in its queue."""
    sqs, lambda_ = account.emulator.client("sqs"), account.emulator.client("lambda")
    name = uuid.uuid4().hex
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    mapping = lambda_.create_event_source_mapping(EventSourceArn=arn, FunctionName=_FUNCTION)["UUID"]
    sqs.send_message(QueueUrl=url, MessageBody="{}")

    def result() -> str:
        said: str = lambda_.get_event_source_mapping(UUID=mapping)["LastProcessingResult"]
        return "" if said.startswith("No records") else said

    found: str = _wait_for(result)
    lambda_.delete_event_source_mapping(UUID=mapping)
    return found


def test_a_queue_is_read_with_the_rights_of_the_functions_role(closed: Account, as_it_comes: Account) -> None:
    assert _result_of_reading(closed) == (
        "PROBLEM: the role may not sqs:DeleteMessage, sqs:GetQueueAttributes, sqs:ReceiveMessage"
    )
    assert not _result_of_reading(as_it_comes).startswith("PROBLEM"), _RIGHT_BY_NOW


def test_a_log_is_written_with_the_rights_of_the_functions_role(
    closed: Account, as_it_comes: Account
) -> None:
    def lines(account: Account) -> int:
        account.emulator.client("lambda").invoke(FunctionName=_FUNCTION, Payload=b'{"rawPath": "/name"}')
        logs = account.emulator.client("logs")
        groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
        return sum(len(logs.filter_log_events(logGroupName=group)["events"]) for group in groups)

    assert lines(closed) == 0
    assert lines(as_it_comes) > 0, _RIGHT_BY_NOW


def test_what_is_missing_is_forbidden_for_a_role_that_may_not_list(
    closed: Account, as_it_comes: Account
) -> None:
    def code(account: Account, *actions: str) -> str | None:
        s3 = _role(account, "s3:GetObject", *actions)
        return error_code(s3.head_object, Bucket=account.bucket(), Key="nothing")

    assert code(closed) == "403"
    assert code(closed, "s3:ListBucket") == "404"
    assert code(as_it_comes) == "404", _RIGHT_BY_NOW


def _role(account: Account, *actions: str) -> Any:
    """S3 for somebody who may do this and nothing else."""
    iam, name = account.emulator.client("iam"), uuid.uuid4().hex
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(document))["Role"]["Arn"]
    rights = document | {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=json.dumps(rights))
    session = account.emulator.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    return boto3.client(
        "s3",
        endpoint_url=account.emulator.endpoint,
        region_name=REGION,
        aws_access_key_id=session["AccessKeyId"],
        aws_secret_access_key=session["SecretAccessKey"],
        aws_session_token=session["SessionToken"],
        config=DIRECT,
    )
