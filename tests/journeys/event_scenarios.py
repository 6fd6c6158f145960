"""The permissions of the functions `publish` and `block_owner`, and the scenario that fails without each."""

import json
from collections.abc import Mapping
from typing import Any

from tests.journeys.admin_client import AdminClient
from tests.journeys.files import png
from tests.journeys.roles import Permission
from tests.journeys.scenario_context import Scenario, ScenarioContext
from tests.journeys.scenarios import log_an_invocation
from tests.journeys.wait import wait_until

PUBLISH, BLOCK = "EventsPublish", "BlockSuspiciousBlock"
_STREAM = ":dynamodb:"


class Failures:
    """The bucket of what could not be published, and the mapping that fills it."""

    def __init__(self, admin: AdminClient) -> None:
        self._s3, self._lambda = admin.client("s3"), admin.client("lambda")
        names = [each["Name"] for each in self._s3.list_buckets()["Buckets"]]
        [self.bucket] = [name for name in names if "-eventsfailures" in name]
        mappings = self._lambda.list_event_source_mappings()["EventSourceMappings"]
        [self._mapping] = [each["UUID"] for each in mappings if _STREAM in each["EventSourceArn"]]

    def list_keys(self) -> list[str]:
        return [each["Key"] for each in self._s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def read(self) -> list[dict[str, Any]]:
        bodies = [self._s3.get_object(Bucket=self.bucket, Key=key)["Body"].read() for key in self.list_keys()]
        return [json.loads(body) for body in bodies]

    def delete_all(self) -> None:
        for key in self.list_keys():
            self._s3.delete_object(Bucket=self.bucket, Key=key)

    def set_retries(self, number: int) -> None:
        """-1 stands for no limit."""
        self._lambda.update_event_source_mapping(UUID=self._mapping, MaximumRetryAttempts=number)

    def read_result(self) -> str:
        return str(self._lambda.get_event_source_mapping(UUID=self._mapping)["LastProcessingResult"])


def publish_a_change(context: ScenarioContext) -> bool:
    """Invokes the function with the record of a document."""
    created = context.ada.create(png(), "a.png", "image/png")
    item = context.admin.get_item(created["document"]["id"])
    record = {"dynamodb": {"SequenceNumber": "1", "NewImage": item}}
    result = context.admin.invoke(PUBLISH, {"Records": [record]})
    return result is not None and result["batchItemFailures"] == []


def read_the_stream(context: ScenarioContext) -> bool:
    """Waits for the event of a new document."""
    return _is_published(context, _create(context))


def keep_a_failure(context: ScenarioContext) -> bool:
    """Denies the bus to the function, so that a change that may not be tried again goes to the bucket.

    The change is a single write. The create of a document also writes the usage of its owner, which is published without an
    event: read in a batch of its own, it would end well, and its result would replace that of the failure.
    """
    failures = Failures(context.admin)
    failures.delete_all()
    document_id = _create(context)
    assert _is_published(context, document_id)
    failures.set_retries(0)
    try:
        with context.roles.remove(Permission(PUBLISH, "events:PutEvents", "bus")):
            context.admin.update_item(document_id, title="changed")
            wait_until(
                lambda: bool(failures.list_keys()) or failures.read_result().startswith("FAILED:"),
                "the change is in the bucket, or may not be written there",
            )
        return bool(failures.list_keys())
    finally:
        failures.set_retries(-1)
        failures.delete_all()


def _create(context: ScenarioContext) -> str:
    return str(context.ada.create(png(), "a.png", "image/png")["document"]["id"])


def _is_published(context: ScenarioContext, document_id: str) -> bool:
    """Waits for the event in the queue `subscriber`, which a rule sends every event to."""
    sqs = context.admin.client("sqs")
    url = sqs.get_queue_url(QueueName="subscriber")["QueueUrl"]

    def has_come() -> bool:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=1)
        return any(document_id in message["Body"] for message in received.get("Messages", []))

    wait_until(
        lambda: bool(context.roles.find_problem(_STREAM)) or has_come(),
        "the stream is read, or may not be read",
    )
    return context.roles.find_problem(_STREAM) is None


def block_an_owner(context: ScenarioContext) -> bool:
    """Invokes the function with the event of an owner whom nobody else uses. It returns nothing, or fails."""
    name = context.admin.function_name(BLOCK)
    event = {"detail": {"owner": "e" * 32, "counter": "creates"}}
    response = context.admin.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return "FunctionError" not in response


SCENARIOS: Mapping[Permission, Scenario] = {
    **{
        Permission(function, action, "log"): log_an_invocation(function)
        for function in (PUBLISH, BLOCK)
        for action in ("logs:CreateLogStream", "logs:PutLogEvents")
    },
    Permission(BLOCK, "dynamodb:UpdateItem", "table"): block_an_owner,
    **{
        Permission(PUBLISH, f"dynamodb:{action}", "stream"): read_the_stream
        for action in ("DescribeStream", "GetRecords", "GetShardIterator")
    },
    Permission(PUBLISH, "dynamodb:ListStreams", "*"): read_the_stream,
    Permission(PUBLISH, "events:PutEvents", "bus"): publish_a_change,
    **{
        Permission(PUBLISH, f"s3:{action}", "failures"): keep_a_failure
        for action in ("PutObject", "ListBucket")
    },
}
