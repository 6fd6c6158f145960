"""An AWS account in moto with the bucket, the table and the queues, and the environment of the functions."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlparse

import boto3
from moto import mock_aws
from moto.core.base_backend import BackendDict
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.kms.models import kms_backends
from moto.sqs.models import sqs_backends

from functions import wiring
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.adapters.dynamodb.usage import USAGE, usage_from_item, usage_key
from functions.domain.keys import documents_key, owner_key, staging_key
from functions.domain.steps import PROMOTE
from functions.lambdas import pipeline
from functions.settings import Settings
from functions.wiring import clients
from tests.lambdas.events import (
    EVENTS_QUEUE,
    PURGES_QUEUE,
    SLICES_QUEUE,
    Context,
    notification,
    s3_record,
    sqs_event,
    sqs_message,
)
from tests.moto_resources import create_bucket, create_table
from tests.table_server import table_client, table_server

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

REGION: Final = "eu-west-1"
ACCESS_KEY, SECRET, TOKEN = "ASIAEXAMPLE", "a-secret-of-nobody", "a-session-token-of-nobody"
ISSUER: Final = "https://api.example"
"""The issuer of manifests."""
PUSH_URL: Final = "wss://push.example/live"
STEPS: Final = (PROMOTE,)
"""Steps with a worker: that of this repository, because its kinds.toml defines no other."""
_CLIENTS: Final = (clients.kms, clients.s3, clients.sqs, clients.sqs_of_requests)
"""Clients of boto3, which hold nothing of a deployment but the endpoint and the region."""
_numbers = count(1)
_endpoints: dict[str, str] = {}
"""The environment variables that the clients of `_CLIENTS` were created with."""


@dataclass(frozen=True)
class Account:
    """The account as an operator sees it. Clients use the handlers and the strict S3 front instead."""

    s3: "S3Client"
    dynamodb: "DynamoDBClient"
    sqs: "SQSClient"
    settings: Settings

    @property
    def bucket(self) -> str:
        return self.settings.bucket

    @property
    def step_queues(self) -> dict[str, dict[str, str]]:
        """The URLs of the queues `tasks` and `results` of each step."""
        queues: dict[str, dict[str, str]] = json.loads(self.settings.step_queues)
        return queues

    @property
    def repository(self) -> DynamoDBDocuments:
        return DynamoDBDocuments(table_client(REGION), self.settings.table)

    def environment(self, **changes: Any) -> dict[str, str]:
        """Returns the environment variables of a function, with `changes` to the settings."""
        credentials = {
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_SESSION_TOKEN": TOKEN,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ENDPOINT_URL_DYNAMODB": table_server(),
        }
        return credentials | replace(self.settings, **changes).to_environment()

    def staged_versions(self, subject: str, document_id: str) -> list[str]:
        """Lists version ids, oldest first."""
        return self._versions(staging_key(owner_key(subject), document_id))

    def arrival_event(self, subject: str, document_id: str) -> str:
        """Returns S3's notification of the newest staged version."""
        key = staging_key(owner_key(subject), document_id)
        return notification(s3_record(self.bucket, key, self.staged_versions(subject, document_id)[-1]))

    def stored_versions(self, subject: str, document_id: str) -> list[str]:
        return self._versions(documents_key(owner_key(subject), document_id))

    def attempt(self, subject: str, document_id: str) -> int:
        """Returns the number of the latest attempt at a document."""
        document = self.repository.get(owner_key(subject), document_id)
        assert document is not None
        return document.attempt

    def usage(self, subject: str) -> tuple[int, int]:
        """Returns (reserved bytes, open uploads) of an owner."""
        item = self._usage_item(subject)
        return int(item["reserved_bytes"]["N"]), int(item["open_uploads"]["N"])

    def daily_bytes(self, subject: str) -> int:
        """Returns the bytes that an owner has created today."""
        usage = usage_from_item(self._usage_item(subject), wiring.now())
        return usage.daily_bytes

    def expedite_recounts(self, by: timedelta = timedelta(days=8)) -> None:
        """Makes the recount of every owner with open uploads due earlier, by default at once."""
        for item in self.dynamodb.scan(TableName=self.settings.table)["Items"]:
            if item["sk"]["S"] == USAGE and "next_check_at" in item:
                next_check_at = int(item["next_check_at"]["N"]) - int(by.total_seconds())
                self.dynamodb.put_item(
                    TableName=self.settings.table, Item={**item, "next_check_at": {"N": str(next_check_at)}}
                )

    def items(self) -> list[str]:
        """Returns the whole table as sorted text, to compare two points in time."""
        return sorted(json.dumps(item) for item in self.dynamodb.scan(TableName=self.settings.table)["Items"])

    def snapshot(self) -> tuple[list[str], list[str], list[Any]]:
        """Returns items, open uploads and versions, to compare two points in time."""
        listed = self.s3.list_object_versions(Bucket=self.bucket)
        versions = [(version["Key"], version["VersionId"]) for version in listed.get("Versions", [])]
        return self.items(), self.open_uploads(), versions

    def open_uploads(self) -> list[str]:
        """Lists the ids of multipart uploads that are neither completed nor aborted."""
        listed = self.s3.list_multipart_uploads(Bucket=self.bucket)
        return [upload["UploadId"] for upload in listed.get("Uploads", [])]

    def send(self, body: str, received: int = 1, *, url: str | None = None) -> dict[str, Any]:
        """Sends a message to the queue, by default that of S3's events, and returns it as `receive` does."""
        url = url or self.settings.upload_events_url
        self.sqs.send_message(QueueUrl=url, MessageBody=body)
        return self.receive(url, received)

    def receive(self, url: str, received: int = 1) -> dict[str, Any]:
        """Returns the only visible message of a queue as Lambda receives it, with a real receipt handle."""
        [message] = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        queue = url.rpartition("/")[2]
        return sqs_message(message["Body"], message["ReceiptHandle"], received, queue=queue)

    def visible_again_at(self, message: dict[str, Any]) -> float:
        """Returns the epoch seconds at which a message becomes visible again, read from moto, because SQS has no such call."""
        queue = message["eventSourceARN"].rpartition(":")[2]
        [held] = [
            held
            for held in sqs_backends[DEFAULT_ACCOUNT_ID][REGION].get_queue(queue)._messages
            if held.had_receipt_handle(message["receiptHandle"])
        ]
        return float(held.visible_at / 1000)

    def drain_upload_events(self) -> list[str]:
        """Removes all messages from the queue of S3's events and returns their bodies."""
        return self.drain(self.settings.upload_events_url)

    def drain_purge_tasks(self) -> list[str]:
        """Removes all messages from the queue of purge tasks and returns their bodies."""
        return self.drain(self.settings.purge_queue_url)

    def drain_slices(self) -> list[str]:
        """Removes all messages from the queue of slices and returns their bodies."""
        return self.drain(self.settings.slice_queue_url)

    def drain_tasks(self, step: str) -> list[str]:
        """Removes all messages from the queue of a step's tasks and returns their bodies."""
        return self.drain(self.step_queues[step]["tasks"])

    def drain_results(self, step: str) -> list[str]:
        """Removes all messages from the queue of a step's results and returns their bodies."""
        return self.drain(self.step_queues[step]["results"])

    def drain_dead_letters(self, queue: str = EVENTS_QUEUE) -> list[str]:
        """Removes all messages from the dead-letter queue of a queue and returns their bodies."""
        urls = {_name_of(url): letters for url, letters in json.loads(self.settings.consumed_queues)}
        return self.drain(urls[queue])

    def _usage_item(self, subject: str) -> Any:
        key: Any = usage_key(owner_key(subject))
        return self.dynamodb.get_item(TableName=self.settings.table, Key=key)["Item"]

    def drain_sent_anew(self, queue: str = EVENTS_QUEUE) -> list[str]:
        """Removes the messages that a function has sent anew with a delay, and returns their bodies."""
        [url] = [url for url in self._consumed_urls() if _name_of(url) == queue]
        return [*self.drain(url)] if _end_delays(queue) else []

    def end_delays(self) -> int:
        """Makes the messages that the functions have sent anew visible and returns their number."""
        return sum(_end_delays(_name_of(url)) for url in self._consumed_urls())

    def _consumed_urls(self) -> list[str]:
        return [url for url, _ in json.loads(self.settings.consumed_queues)]

    def drain(self, url: str) -> list[str]:
        """Removes all visible messages from a queue and returns their bodies.

        Removes them in moto itself, because the requests take longer than what a test does with the messages.
        """
        queue = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].get_queue(_name_of(url))
        visible = queue.messages
        for message in visible:
            queue._messages.remove(message)
        return [message.body for message in visible]

    def deliver(self, *bodies: str) -> None:
        """Invokes `pipeline` with these messages and asserts that none fails."""
        event = sqs_event([sqs_message(body) for body in bodies])
        assert pipeline.lambda_handler(event, Context()) == {"batchItemFailures": []}

    def deliver_results(self, step: str, *bodies: str) -> None:
        """Invokes `pipeline` with these messages of the step's results queue and asserts that none fails."""
        queue = self.step_queues[step]["results"].rpartition("/")[2]
        event = sqs_event([sqs_message(body, queue=queue) for body in bodies])
        assert pipeline.lambda_handler(event, Context()) == {"batchItemFailures": []}

    def _versions(self, key: str) -> list[str]:
        listed = self.s3.list_object_versions(Bucket=self.bucket, Prefix=key)
        return [version["VersionId"] for version in reversed(listed.get("Versions", []))]


@contextmanager
def new_account(name: str | None = None) -> Iterator[Account]:
    """Yields an empty account. Clients that were wired for an account with the same `name` keep working."""
    with mock_aws():
        # An enclosing mock keeps what it has, such as the messages of an earlier account.
        BackendDict.reset()
        name = name or str(next(_numbers))
        s3, dynamodb, sqs = _clients()
        bucket, table = f"bucket-{name}", f"documents-{name}"
        create_bucket(bucket, REGION)
        create_table(table, REGION)
        events, purges, slices = map(create_queue, (EVENTS_QUEUE, PURGES_QUEUE, SLICES_QUEUE))
        steps = {step: _create_step_queues(step) for step in STEPS}
        consumed = [
            events,
            purges,
            slices,
            steps[PROMOTE]["tasks"],
            *(urls["results"] for urls in steps.values()),
        ]
        settings = Settings(
            bucket=bucket,
            table=table,
            upload_events_url=events,
            purge_queue_url=purges,
            slice_queue_url=slices,
            consumed_queues=json.dumps(
                [[url, create_queue(f"{_name_of(url)}-dead-letters")] for url in consumed]
            ),
            step_queues=json.dumps(steps),
            manifest=json.dumps({"key": _create_signing_key(), "issuer": ISSUER, "earlierKeys": []}),
            metrics_namespace="Airlock-dev",
            push=True,
            push_url=PUSH_URL,
        )
        yield Account(s3, dynamodb, sqs, settings)


def _end_delays(queue: str) -> int:
    """Makes delayed messages visible and returns their number. SQS has no request for that."""
    held = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[queue]._messages
    delayed = [message for message in held if message.delayed]
    for message in delayed:
        message.delayed_until = 0
    return len(delayed)


def _name_of(url: str) -> str:
    return url.rpartition("/")[2]


def _create_step_queues(name: str) -> dict[str, str]:
    return {"tasks": create_queue(f"{name}-tasks"), "results": create_queue(f"{name}-results")}


def _create_signing_key() -> str:
    """Creates a key in moto itself and returns its ARN."""
    keys = kms_backends[DEFAULT_ACCOUNT_ID][REGION]
    return str(keys.create_key(None, "SIGN_VERIFY", "ECC_NIST_P256", "", None).arn)


def create_queue(name: str) -> str:
    """Creates a queue in moto itself and returns its URL, because a request for each of ten takes longer than most tests."""
    queue = sqs_backends[DEFAULT_ACCOUNT_ID][REGION].create_queue(name, VisibilityTimeout="300")
    return queue.url(urlparse(f"https://sqs.{REGION}.amazonaws.com"))


def forget_wiring() -> None:
    """Clears what `wiring` and `clients` have cached, so that the next call reads the environment as a new process does.

    The session stays, because it holds nothing of a deployment and loading its data files takes longer than a test. So do
    the clients of boto3 while their endpoints are the same.
    """
    _forget_clients_of_other_endpoints()
    if clients.dynamodb.cache_info().currsize:
        clients.dynamodb().close()
    wired = [module for name, module in sys.modules.items() if f"{name}.".startswith("functions.wiring.")]
    for function in [value for module in [*wired, clients] for value in vars(module).values()]:
        if hasattr(function, "cache_clear") and function not in (clients.session, *_CLIENTS):
            function.cache_clear()


def forget_clients() -> None:
    """Clears the clients of boto3 that `forget_wiring` keeps, so that handlers of the session's events apply to new ones."""
    for create in _CLIENTS:
        create.cache_clear()


def _forget_clients_of_other_endpoints() -> None:
    prefixes = ("AWS_ENDPOINT_URL", "AWS_REGION", "AWS_DEFAULT_REGION")
    found = {name: value for name, value in os.environ.items() if name.startswith(prefixes)}
    if found != _endpoints:
        forget_clients()
        _endpoints.clear()
        _endpoints.update(found)


@cache
def _session() -> boto3.Session:
    """Returns the session that all accounts share, because loading its data files takes longer than a test."""
    return boto3.Session(ACCESS_KEY, SECRET, TOKEN, REGION)


@cache
def _clients() -> tuple["S3Client", "DynamoDBClient", "SQSClient"]:
    """Returns clients that are created once, because that is slow. They talk to the mock that is active when called."""
    return _session().client("s3"), _session().client("dynamodb"), _session().client("sqs")
