"""Batches of S3's events: each message succeeds or fails on its own, and only retryable failures return to the queue."""

import json
import threading
import time
from itertools import count
from typing import Any

import httpx
import pytest

from functions.domain.events import ObjectArrived
from functions.domain.keys import owner_key, staging_key
from functions.lambdas import pipeline
from tests.examples import PNG, an_id
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import Context, notification, s3_record, s3_test_event, sqs_event, sqs_message
from tests.lambdas.history import record_event
from tests.lambdas.steps import process_document, stage_document

A_VERSION = "096fKKXTRTtl3on89fVO.nfljtsv6qko"


def handle(*messages: dict[str, Any], remaining: int = 300_000) -> list[str]:
    """Invokes `pipeline` and returns the ids of the messages that failed."""
    answer = pipeline.lambda_handler(sqs_event(messages), Context(remaining))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_nine_messages_are_done_and_the_invalid_one_is_retried(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    ids = [stage_document(ada, s3, PNG) for _ in range(9)]
    messages = [sqs_message(account.arrival_event("ada", document_id)) for document_id in ids]
    poison = account.send('{"Records": [{"eventName": "ObjectCreated:Put"}]}')
    messages.insert(4, poison)

    assert handle(*messages) == [poison["messageId"]]

    assert {ada.document(document_id)["status"] for document_id in ids} == {"ready"}


def created(s3: Any) -> str:
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": s3}]})


@pytest.mark.parametrize(
    "body",
    [
        "not json",
        "[]",
        "1",
        "{}",
        '{"Records": {}}',
        '{"Records": [1]}',
        pytest.param("[" * 100_000, id="nested without end"),
        created(None),
        created({"bucket": {"name": "b"}, "object": []}),
        created({"bucket": {"name": "b"}, "object": {"key": 1}}),
        created({"bucket": {"name": 1}, "object": {"key": "a"}}),
        created({"bucket": {"name": "b"}, "object": {"key": "a", "versionId": 1}}),
    ],
)
def test_a_message_that_is_not_a_notification_is_retried_until_it_is_a_dead_letter(
    account: Account, ada: Api, s3: httpx.Client, body: str
) -> None:
    document_id = stage_document(ada, s3, PNG)
    message = account.send(body)
    assert handle(sqs_message(account.arrival_event("ada", document_id)), message) == [message["messageId"]]
    assert ada.document(document_id)["status"] == "ready"


@pytest.mark.parametrize(
    "name",
    ["ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated", "ObjectTagging:Put", "ObjectRestore:Post"],
)
def test_events_that_create_nothing_are_done(account: Account, ada: Api, s3: httpx.Client, name: str) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    record = s3_record(account.bucket, staging_key(owner_key("ada"), document_id), version, name=name)
    assert handle(sqs_message(notification(record))) == []
    assert ada.document(document_id)["status"] == "pending"


def test_the_test_event_of_s3_is_done(account: Account) -> None:
    assert handle(sqs_message(s3_test_event(account.bucket))) == []


@pytest.mark.parametrize(
    "key",
    [
        "staging/x",
        "staging/../documents/x",
        f"documents/{owner_key('ada')}/{an_id()}",
        f"staging/{owner_key('ada')}/{an_id()}/more",
        f"staging/{owner_key('nobody')}/{an_id()}",
        "staging/ü +%&=.png",
    ],
)
def test_a_key_that_no_record_waits_for_is_done(account: Account, key: str) -> None:
    account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    [listed] = account.s3.list_object_versions(Bucket=account.bucket)["Versions"]
    record = s3_record(account.bucket, key, listed["VersionId"])
    assert handle(sqs_message(notification(record))) == []
    # It is not deleted, because nothing tells where it comes from.
    assert len(account.s3.list_object_versions(Bucket=account.bucket)["Versions"]) == 1


def test_another_bucket_is_done_and_not_looked_at(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    record = s3_record("another-bucket", staging_key(owner_key("ada"), document_id), version)
    assert handle(sqs_message(notification(record))) == []
    assert ada.document(document_id)["status"] == "pending"


@pytest.mark.parametrize("version", [None, "null"])
def test_an_object_without_a_version_is_not_touched(
    account: Account, ada: Api, s3: httpx.Client, version: str | None
) -> None:
    """The stack's bucket is always versioned. Without versions nothing is promoted, and the log has an error."""
    suspended: Any = {"Status": "Suspended"}
    account.s3.put_bucket_versioning(Bucket=account.bucket, VersioningConfiguration=suspended)
    document_id = stage_document(ada, s3, PNG)
    assert account.staged_versions("ada", document_id) == ["null"]
    record = s3_record(account.bucket, staging_key(owner_key("ada"), document_id), version)
    assert handle(sqs_message(notification(record))) == []
    assert ada.document(document_id)["status"] == "pending"


def test_an_event_for_an_object_that_is_gone_is_done(account: Account, ada: Api) -> None:
    document_id = ada.create(PNG)["document"]["id"]
    record = s3_record(account.bucket, staging_key(owner_key("ada"), document_id), A_VERSION)
    assert handle(sqs_message(notification(record))) == []
    assert ada.document(document_id)["status"] == "pending"


def test_the_same_event_twice_changes_nothing(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    message = sqs_message(account.arrival_event("ada", document_id))
    assert handle(message, message) == []
    once = account.items()
    assert handle(message) == []
    assert account.items() == once
    assert len(account.stored_versions("ada", document_id)) == 1


def test_a_version_that_comes_after_the_first_changes_nothing(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    """Only a form allows one. `test_one_file` sends a form twice."""
    document_id = process_document(account, ada, s3, PNG)
    ready, key = ada.document(document_id), staging_key(owner_key("ada"), document_id)
    account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG[::-1])
    account.deliver(account.arrival_event("ada", document_id))
    assert ada.document(document_id) == ready
    assert len(account.stored_versions("ada", document_id)) == 1


@pytest.mark.parametrize("event_version", ["2.1", "2.6", "3.0", "17", None])
def test_the_version_of_the_schema_does_not_matter(
    account: Account, ada: Api, s3: httpx.Client, event_version: str | None
) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    key = staging_key(owner_key("ada"), document_id)
    more: dict[str, Any] = {"eventVersion": event_version, "something": {"new": []}}
    account.deliver(notification(s3_record(account.bucket, key, version, **more)))
    assert ada.document(document_id)["status"] == "ready"


@pytest.mark.parametrize(
    "name", ["ObjectCreated:Post", "ObjectCreated:CompleteMultipartUpload", "s3:ObjectCreated:Put"]
)
def test_every_way_to_create_an_object_counts(
    account: Account, ada: Api, s3: httpx.Client, name: str
) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    key = staging_key(owner_key("ada"), document_id)
    account.deliver(notification(s3_record(account.bucket, key, version, name=name)))
    assert ada.document(document_id)["status"] == "ready"


def test_a_key_may_be_encoded_in_any_way(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    body = account.arrival_event("ada", document_id).replace("staging/", "%73taging%2F")
    account.deliver(body)
    assert ada.document(document_id)["status"] == "ready"


def test_what_the_event_says_of_the_object_is_not_believed(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    record = s3_record(account.bucket, staging_key(owner_key("ada"), document_id), version)
    record["s3"]["object"] |= {"size": 1, "eTag": "0" * 32}
    account.deliver(notification(record))
    assert ada.document(document_id)["size"] == len(PNG)
    assert ada.document(document_id)["status"] == "ready"


def test_many_records_in_one_message_are_all_handled(account: Account, ada: Api, s3: httpx.Client) -> None:
    ids = [stage_document(ada, s3, PNG) for _ in range(2)]
    repository = [json.loads(account.arrival_event("ada", document_id))["Records"][0] for document_id in ids]
    account.deliver(notification(*repository))
    assert {ada.document(document_id)["status"] for document_id in ids} == {"ready"}


def test_a_message_without_time_left_is_sent_anew_and_changes_nothing(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_document(ada, s3, PNG)
    message = account.send(account.arrival_event("ada", document_id))
    account.drain_upload_events()
    assert handle(message, remaining=119_000) == []
    assert account.drain_upload_events() == [message["body"]]
    assert ada.document(document_id)["status"] == "pending"


def test_a_message_whose_document_is_leased_is_sent_anew(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    record_event(account, document_id, ObjectArrived(version))
    body = account.arrival_event("ada", document_id)
    assert handle(sqs_message(body)) == []
    assert account.drain_upload_events() == []
    assert account.drain_sent_anew() == [body]
    assert len(account.staged_versions("ada", document_id)) == 1


@pytest.mark.parametrize(("received", "seconds"), [(1, 5), (2, 10), (4, 40)])
def test_the_retry_delay_doubles_with_each_failure(account: Account, received: int, seconds: int) -> None:
    message = account.send("not json", received)
    before = time.time() - 0.001  # moto counts whole milliseconds
    assert handle(message) == [message["messageId"]]
    assert before + seconds <= account.visible_again_at(message) <= time.time() + seconds


def test_a_message_that_nobody_can_read_goes_to_the_dead_letters_after_five_deliveries(
    account: Account,
) -> None:
    assert handle(sqs_message("not json", received=5)) == []
    assert account.drain_dead_letters() == ["not json"]


def test_a_message_with_an_expired_receipt_is_retried(account: Account) -> None:
    message = sqs_message("not json", receipt_handle="expired")
    assert handle(message) == [message["messageId"]]


class RendezvousContext(Context):
    """A context that returns the remaining time to its first two callers only after both have asked."""

    def __init__(self) -> None:
        super().__init__()
        asked, both = count(), threading.Barrier(2)

        def remaining() -> int:
            if next(asked) < 2:
                both.wait(timeout=60)
            return 300_000

        self.get_remaining_time_in_millis = remaining  # type: ignore[method-assign]


def test_messages_are_processed_concurrently(account: Account, ada: Api, s3: httpx.Client) -> None:
    ids = [stage_document(ada, s3, PNG) for _ in range(2)]
    event = sqs_event([sqs_message(account.arrival_event("ada", document_id)) for document_id in ids])
    assert pipeline.lambda_handler(event, RendezvousContext()) == {"batchItemFailures": []}
    assert {ada.document(document_id)["status"] for document_id in ids} == {"ready"}


def test_messages_of_one_key_are_processed_in_order(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id, other = (stage_document(ada, s3, PNG) for _ in range(2))
    bodies = [account.arrival_event("ada", document_id)] * 5 + [account.arrival_event("ada", other)]
    assert handle(*map(sqs_message, bodies)) == []
    assert len(account.stored_versions("ada", document_id)) == 1
