"""The stack with the account's root key: what only the owner of the deployment can see and do."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from functions.domain.codes import Code
from local.stack import LocalStack
from tests.journeys.rules import disable_rule
from tests.journeys.wait import wait_until

_FUNCTION = re.compile(r"-([A-Z]\w*?)(?:Function)?[0-9A-F]{8}-")
"""The construct in the name that CloudFormation gives a function. The id of the construct inside it is `Function`."""
_ATTEMPTS = 3
_UNAVAILABLE = Code.STORAGE_UNAVAILABLE.value
_PAST = "2020-01-01T00:00:00+00:00"


class SweepFailedError(Exception):
    """The function `sweeps` failed. The message is its response."""


@dataclass(frozen=True)
class AdminClient:
    stack: LocalStack

    def client(self, service: str) -> Any:
        """Returns a boto3 client with the root key."""
        return self.stack.emulator.client(service)

    def list_open_uploads(self, document_id: str) -> list[dict[str, Any]]:
        """Returns what ListMultipartUploads lists of this document, under any key."""
        listed = self.client("s3").list_multipart_uploads(Bucket=self.stack.bucket)
        return [upload for upload in listed.get("Uploads", []) if upload["Key"].endswith(document_id)]

    def get_item(self, document_id: str) -> dict[str, Any]:
        """Returns the record of a document as an item of DynamoDB."""
        pages = self.client("dynamodb").get_paginator("scan").paginate(TableName=self.stack.table)
        items = (item for page in pages for item in page["Items"])
        [item] = [item for item in items if item["sk"]["S"] == f"DOC#{document_id}"]
        return dict(item)

    def get_usage(self, document_id: str) -> dict[str, int]:
        """Returns reserved_bytes and open_uploads of the document's owner."""
        item = self._get_usage_item(document_id)
        return {name: int(item[name]["N"]) for name in ("reserved_bytes", "open_uploads")}

    def update_item(self, document_id: str, **attributes: str | int) -> None:
        """Overwrites attributes of a record without any condition."""
        changes = {
            name: {"N": str(value)} if isinstance(value, int) else {"S": value}
            for name, value in attributes.items()
        }
        self._put_item(self.get_item(document_id) | changes)

    def make_due(self, document_id: str) -> None:
        """Moves the times of a record into the past, because the emulator has the real clock."""
        record, usage = self.get_item(document_id), self._get_usage_item(document_id)
        times = {"upload_deadline", "lease_until", "purge_after"} & record.keys()
        due = {"next_check_at": 0} if "next_check_at" in record else {}
        self.update_item(document_id, **due, **dict.fromkeys(times, _PAST))
        if "next_check_at" in usage:
            self._put_item(usage | {"next_check_at": {"N": "0"}})

    def end_wait(self, document_id: str) -> None:
        """Ends the time for which a step of the document waits, so that the next sweep runs the step again."""
        record = self.get_item(document_id)
        past = {"resume_at": {"S": _PAST}}
        steps = [step["M"] | (past if "resume_at" in step["M"] else {}) for step in record["steps"]["L"]]
        self._put_item(record | {"steps": {"L": [{"M": step} for step in steps]}})
        self.make_due(document_id)

    def end_lifetime(self, document_id: str) -> None:
        """Does the same, and moves the create into the past, so that an upload with parts is not extended any more."""
        self.update_item(document_id, created_at=_PAST)
        self.make_due(document_id)

    def expire_urls(self, document_id: str) -> None:
        """Moves the history of a record into the past, so that every URL to upload has expired long ago."""
        entries = self.get_item(document_id)["history"]["L"]
        past = [{"M": entry["M"] | {"at": {"S": _PAST}}} for entry in entries]
        self._put_item(self.get_item(document_id) | {"history": {"L": past}})

    def lose_event(self) -> None:
        """Waits for the event of S3 and deletes it. The reader of the queue must be paused."""
        url = self.queue_url("ObjectCreated")
        wait_until(lambda: self.count_messages(url, "") > 0, "S3 has sent its event")
        self.client("sqs").purge_queue(QueueUrl=url)
        assert self.count_messages(url, "") == 0

    def invoke(self, function: str, event: dict[str, Any] | None = None) -> Any:
        """Invokes a function by the name of its construct. Returns its result, or None if it failed."""
        response = self._invoke(function, event or {})
        return None if "FunctionError" in response else json.loads(response["Payload"].read())

    @contextmanager
    def pause_schedule(self) -> Iterator[None]:
        """Keeps the schedule from sweeping, which it does every 15 minutes, and waits for the slices that it has begun."""
        events, queue = self.client("events"), self.queue_url("SweepSlices")
        [rule] = [each["Name"] for each in events.list_rules()["Rules"] if "Sweeps" in each["Name"]]
        with disable_rule(events, rule):
            wait_until(lambda: self.count_messages(queue, "", "NotVisible") == 0, "no slice is left")
            yield

    def sweep(self) -> dict[str, int]:
        """Runs one sweep and returns its outcomes. Raises SweepFailedError.

        A sweep fails while the table or the bucket does not respond in time, which a busy machine causes. It is then repeated,
        as the schedule does.
        """
        for _ in range(_ATTEMPTS):
            response = self._invoke("Sweeps", {})
            payload = response["Payload"].read().decode()
            if "FunctionError" not in response or _UNAVAILABLE not in payload:
                break
        if "FunctionError" in response:
            raise SweepFailedError(payload)
        outcomes: dict[str, int] = json.loads(payload)
        return outcomes

    def sweep_records(self) -> dict[str, int]:
        """Does the same, without the deleted versions, because the URLs of earlier tests expire at any time."""
        return {outcome: number for outcome, number in self.sweep().items() if outcome != "deleted_version"}

    @contextmanager
    def override_settings(self, function: str, **changes: object) -> Iterator[None]:
        """Changes environment variables of a function for a while."""
        lambda_, name = self.client("lambda"), self.function_name(function)
        before = lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        after = before | {variable: str(value) for variable, value in changes.items()}
        lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": after})
        try:
            yield
        finally:
            lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": before})

    def reset_daily_quota(self, document_id: str) -> None:
        """Deletes what the owner of this document has created today from the usage."""
        usage = self._get_usage_item(document_id)
        self._put_item(
            {name: value for name, value in usage.items() if not name.startswith(("files#", "bytes#"))}
        )

    def function_name(self, construct: str) -> str:
        return self.list_functions()[construct]

    def list_functions(self) -> dict[str, str]:
        """Returns the name of each function by that of its construct."""
        listed = self.client("lambda").list_functions()["Functions"]
        names = [str(function["FunctionName"]) for function in listed]
        return {match[1]: name for name in names if (match := _FUNCTION.search(name))}

    def api_id(self) -> str:
        """Returns the id of the HTTP API, whatever is in front of it."""
        apis = self.client("apigatewayv2").get_apis()["Items"]
        [id] = [str(each["ApiId"]) for each in apis if each["ProtocolType"] == "HTTP"]
        return id

    def queue_url(self, construct: str) -> str:
        """Returns the URL of a queue. Its dead-letter queue has another name."""
        urls = self.client("sqs").list_queues()["QueueUrls"]
        [url] = [str(url) for url in urls if f"{construct}Queue" in url]
        return url

    def queue_arn(self, construct: str) -> str:
        url = self.queue_url(construct)
        found = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return str(found["Attributes"]["QueueArn"])

    def count_messages(self, url: str, *kinds: str) -> int:
        """Counts the messages of a queue. A kind is "" for visible messages or "NotVisible"."""
        names = [f"ApproximateNumberOfMessages{kind}" for kind in kinds]
        counts = self.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(counts[name]) for name in names)

    def _invoke(self, function: str, event: dict[str, Any]) -> Any:
        return self.client("lambda").invoke(
            FunctionName=self.function_name(function), Payload=json.dumps(event)
        )

    def _get_usage_item(self, document_id: str) -> dict[str, Any]:
        key = {"pk": self.get_item(document_id)["pk"], "sk": {"S": "USAGE"}}
        return dict(self.client("dynamodb").get_item(TableName=self.stack.table, Key=key)["Item"])

    def _put_item(self, item: dict[str, Any]) -> None:
        self.client("dynamodb").put_item(TableName=self.stack.table, Item=item)
