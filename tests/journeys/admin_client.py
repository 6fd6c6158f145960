"""What only the owner of the deployment can see and do, with the account's root key."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local.stack import LocalStack

_PATIENCE = 60.0
_LONG_AGO = "2020-01-01T00:00:00+00:00"


@dataclass(frozen=True)
class AdminClient:
    running: LocalStack

    def client(self, service: str) -> Any:
        return self.running.emulator.client(service)

    def open_uploads(self, document_id: str) -> list[dict[str, Any]]:
        """What ListMultipartUploads says, anywhere in the bucket."""
        listed = self.client("s3").list_multipart_uploads(Bucket=self.running.bucket)
        return [upload for upload in listed.get("Uploads", []) if upload["Key"].endswith(document_id)]

    def record(self, document_id: str) -> dict[str, Any]:
        """The item, as DynamoDB writes it."""
        scanned = self.client("dynamodb").scan(TableName=self.running.table)
        [item] = [item for item in scanned["Items"] if item["sk"]["S"] == f"DOC#{document_id}"]
        return dict(item)

    def usage(self, document_id: str) -> dict[str, int]:
        """What the owner of this document holds: reserved_bytes and open_uploads."""
        item = self._usage(document_id)
        return {name: int(item[name]["N"]) for name in ("reserved_bytes", "open_uploads")}

    def change(self, document_id: str, **attributes: str | int) -> None:
        """Write into the record, past everything that guards it."""
        new = {
            name: {"N": str(value)} if isinstance(value, int) else {"S": value}
            for name, value in attributes.items()
        }
        self._put(self.record(document_id) | new)

    def let_time_pass(self, document_id: str) -> None:
        """The record's times lie in the past now; nothing else can age it, for the emulator has the real clock."""
        record, owner = self.record(document_id), self._usage(document_id)
        times = {"upload_deadline", "lease_until", "purge_after"} & record.keys()
        due = {"next_check_at": 0} if "next_check_at" in record else {}
        self.change(document_id, **due, **dict.fromkeys(times, _LONG_AGO))
        if "next_check_at" in owner:
            self._put(owner | {"next_check_at": {"N": "0"}})

    def lose_an_arrival(self) -> None:
        """Wait until S3 has told the queue, and forget it. Only while event_sources are paused."""
        sqs, queue = self.client("sqs"), self._arrivals_queue()
        deadline = time.monotonic() + _PATIENCE
        while not self._waiting(sqs, queue):
            assert time.monotonic() < deadline, "S3 tells the queue nothing"
            time.sleep(0.02)
        sqs.purge_queue(QueueUrl=queue)
        assert not self._waiting(sqs, queue)

    def sweep(self) -> dict[str, int]:
        """One round of the janitor; the counts of what it did."""
        answer = self.client("lambda").invoke(FunctionName=self.function("Sweeps"))
        assert "FunctionError" not in answer, answer["Payload"].read()
        done: dict[str, int] = json.loads(answer["Payload"].read())
        return done

    @contextmanager
    def settings(self, construct: str, **changed: object) -> Iterator[None]:
        """One function with other environment variables for a while."""
        lambda_, name = self.client("lambda"), self.function(construct)
        was = lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        now = was | {variable: str(value) for variable, value in changed.items()}
        lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": now})
        try:
            yield
        finally:
            lambda_.update_function_configuration(FunctionName=name, Environment={"Variables": was})

    def forget_today(self, document_id: str) -> None:
        """The owner of this document has created nothing today: the daily quota is as it was."""
        usage = self._usage(document_id)
        self._put({name: value for name, value in usage.items() if not name.startswith(("files#", "bytes#"))})

    def function(self, construct: str) -> str:
        listed = self.client("lambda").list_functions()["Functions"]
        [name] = [
            function["FunctionName"]
            for function in listed
            if f"-{construct}Function" in function["FunctionName"]
        ]
        return str(name)

    def _arrivals_queue(self) -> str:
        urls = self.client("sqs").list_queues()["QueueUrls"]
        [url] = [url for url in urls if "ObjectCreatedQueue" in url]
        return str(url)

    def _usage(self, document_id: str) -> dict[str, Any]:
        """The item of the document's owner."""
        key = {"pk": self.record(document_id)["pk"], "sk": {"S": "USAGE"}}
        return dict(self.client("dynamodb").get_item(TableName=self.running.table, Key=key)["Item"])

    def _put(self, item: dict[str, Any]) -> None:
        self.client("dynamodb").put_item(TableName=self.running.table, Item=item)

    def _waiting(self, sqs: Any, queue: str) -> int:
        name = "ApproximateNumberOfMessages"
        return int(sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name])
