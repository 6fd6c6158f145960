"""Streams: failed records are delivered again or go to a bucket, and are read with the rights of the function's role."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from ministack_gaps.execution_role import PROBLEM
from tools.ministack_gaps.tests.account import FIXED_UPSTREAM, Account

READ = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")
WRITE = ("s3:PutObject", "s3:ListBucket")
REPORTS = """
def handler(event, context):
    failed = [each["dynamodb"] for each in event["Records"] if "fail" in each["dynamodb"]["NewImage"]]
    return {"batchItemFailures": [{"itemIdentifier": failed[0]["SequenceNumber"]}] if failed else []}
"""
RAISES = """
def handler(event, context):
    if any("fail" in each["dynamodb"]["NewImage"] for each in event["Records"]):
        raise ValueError
"""
_PATIENCE = 60.0


def wait_for(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + _PATIENCE
    while not (found := condition()):
        assert time.monotonic() < deadline, "the condition does not become true"
        time.sleep(0.05)
    return found


class Stream:
    """A table whose stream a function reads. No batch is tried again. Failures go to a bucket."""

    def __init__(self, account: Account, code: str, *actions: str) -> None:
        self._account = account
        self._table, self._bucket = f"table-{uuid.uuid4().hex}", account.create_bucket()
        self._dynamodb, self._lambda = account.client("dynamodb"), account.client("lambda")
        created = self._dynamodb.create_table(
            TableName=self._table,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
        )
        self._stream = created["TableDescription"]["LatestStreamArn"]
        self._function = account.create_function(code, *actions)

    def write(self, *names: str) -> None:
        """Writes an item for each name. The function fails on `fail`."""
        for name in names:
            attribute = {"fail" if name == "fail" else "good": {"BOOL": True}}
            self._dynamodb.put_item(TableName=self._table, Item={"pk": {"S": name}} | attribute)

    def read(self) -> str:
        """Creates the mapping. Returns its id."""
        id: str = self._lambda.create_event_source_mapping(
            EventSourceArn=self._stream,
            FunctionName=self._function,
            StartingPosition="TRIM_HORIZON",
            FunctionResponseTypes=["ReportBatchItemFailures"],
            BisectBatchOnFunctionError=True,
            MaximumRetryAttempts=0,
            DestinationConfig={"OnFailure": {"Destination": f"arn:aws:s3:::{self._bucket}"}},
        )["UUID"]
        return id

    def result(self, mapping: str) -> str:
        found: str = self._lambda.get_event_source_mapping(UUID=mapping)["LastProcessingResult"]
        # The text is complete a moment after its first word.
        return "" if found.startswith("No records") or found == "FAILED" else found

    def failures(self) -> list[tuple[str, dict[str, Any]]]:
        """Returns key and content of each object in the bucket."""
        s3 = self._account.s3
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=self._bucket).get("Contents", [])]
        return [(key, json.loads(s3.get_object(Bucket=self._bucket, Key=key)["Body"].read())) for key in keys]


def names(record: dict[str, Any]) -> list[str]:
    """Returns the keys of the items in the payload of an object."""
    event = json.loads(record["payload"])
    return [each["dynamodb"]["Keys"]["pk"]["S"] for each in event["Records"]]


def test_what_follows_the_first_failed_record_goes_to_the_bucket(closed: Account, published: Account) -> None:
    stream = Stream(closed, REPORTS, *READ, *WRITE)
    stream.write("a", "b", "fail", "c")
    mapping = stream.read()
    [(key, found)] = wait_for(stream.failures)
    assert key.startswith(f"aws/lambda/{mapping}/shardId-")
    assert names(found) == ["fail", "c"]
    assert found["requestContext"]["condition"] == "RetryAttemptsExhausted"
    assert found["DDBStreamBatchInfo"]["batchSize"] == 2

    upstream = Stream(published, REPORTS)
    upstream.write("fail")
    id = upstream.read()
    assert wait_for(lambda: upstream.result(id)) == "OK - 1 records", FIXED_UPSTREAM


def test_a_batch_on_which_the_function_raises_is_halved(closed: Account) -> None:
    stream = Stream(closed, RAISES, *READ, *WRITE)
    stream.write("a", "b", "fail", "c")
    stream.read()
    [(_, found)] = wait_for(stream.failures)
    assert names(found) == ["fail"]


def test_a_stream_is_read_with_the_rights_of_the_role(closed: Account, published: Account) -> None:
    for action in READ:
        stream = Stream(closed, REPORTS, *(each for each in READ if each != action))
        stream.write("a")
        mapping = stream.read()
        assert wait_for(lambda: stream.result(mapping)) == f"{PROBLEM}the role may not {action}"  # noqa: B023
    upstream = Stream(published, REPORTS)
    upstream.write("a")
    id = upstream.read()
    assert wait_for(lambda: upstream.result(id)) == "OK - 1 records", FIXED_UPSTREAM


def test_without_the_right_to_write_the_bucket_a_failure_is_lost(closed: Account) -> None:
    stream = Stream(closed, REPORTS, *READ, "s3:ListBucket")
    stream.write("fail")
    mapping = stream.read()
    assert wait_for(lambda: stream.result(mapping)) == "FAILED: the role may not s3:PutObject"
    assert stream.failures() == []
