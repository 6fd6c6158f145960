"""Batches of workers' results: the queue says which step speaks, and a garbage result never makes a document ready."""

import json
import time
from typing import Any

import httpx
import pytest

from functions import wiring
from functions.domain.keys import owner_key
from functions.domain.steps import PROMOTE
from functions.lambdas import pipeline
from tests.examples import PNG, an_id
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import COPIES_QUEUE, EVENTS_QUEUE, Context, sqs_event, sqs_message
from tests.lambdas.history import HOUR, rewrite
from tests.lambdas.steps import process_large_document, stage_document

FACTS = {"sha256": None, "storedVersion": "096fKKXTRTtl3on89fVO.nfljtsv6qko"}


@pytest.fixture
def document_id(account: Account, ada: Api, s3: httpx.Client) -> str:
    """A document that waits for the worker of the step `promote`."""
    document_id = stage_document(ada, s3, PNG)
    process_large_document(account, document_id)
    return document_id


def result(account: Account, document_id: str, **changes: Any) -> str:
    """The result that makes the document ready, with `changes`."""
    [version] = account.staged_versions("ada", document_id)
    values = {"documentId": document_id, "owner": owner_key("ada"), "attempt": 1, "versionId": version}
    return json.dumps(values | {"outcome": "passed", "facts": FACTS} | changes)


def handle(*messages: dict[str, Any], remaining: int = 300_000) -> list[str]:
    """Invokes `pipeline` and returns the ids of the messages that failed."""
    answer = pipeline.lambda_handler(sqs_event(messages), Context(remaining))
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_result_ends_the_step_of_its_queue_whatever_its_body_says(
    account: Account, ada: Api, document_id: str
) -> None:
    account.deliver_results(PROMOTE, result(account, document_id, step="scan"))
    assert ada.document(document_id)["status"] == "ready"


def test_a_result_in_another_queue_says_nothing(account: Account, ada: Api, document_id: str) -> None:
    for queue in (EVENTS_QUEUE, COPIES_QUEUE):
        message = sqs_message(result(account, document_id, step=PROMOTE), queue=queue)
        assert handle(message) == [message["messageId"]]
    with pytest.raises(KeyError):
        handle(sqs_message(result(account, document_id, step=PROMOTE), queue="unknown-results"))
    assert ada.document(document_id)["status"] == "processing"


def test_a_garbage_result_fails_alone_and_returns_to_its_own_queue(
    account: Account, ada: Api, document_id: str
) -> None:
    url = account.step_queues[PROMOTE]["results"]
    garbage = account.send("not json", url=url)
    good = sqs_message(result(account, document_id), queue=url.rpartition("/")[2])
    before = time.time() - 0.001  # moto counts whole milliseconds
    assert handle(garbage, good) == [garbage["messageId"]]
    assert before + 5 <= account.visible_again_at(garbage) <= time.time() + 5
    assert ada.document(document_id)["status"] == "ready"


@pytest.mark.parametrize(
    "change",
    [
        {"versionId": "another"},
        {"attempt": 2},
        {"attempt": 0},
        {"documentId": an_id()},
        {"owner": owner_key("grace")},
        {"facts": {}},
        {"facts": {"storedVersion": None}},
        {"facts": {"storedVersion": 1}},
        {"outcome": "progress"},
        {"outcome": "unavailable"},
    ],
    ids=str,
)
def test_a_result_of_another_version_attempt_or_document_or_without_the_copy_changes_no_status(
    account: Account, ada: Api, document_id: str, change: dict[str, Any]
) -> None:
    account.deliver_results(PROMOTE, result(account, document_id, **change))
    assert ada.document(document_id)["status"] == "processing"
    assert ada.get(f"/documents/{document_id}/download").problem == (409, "not_ready")


def test_a_rejection_releases_the_reservation(account: Account, ada: Api, document_id: str) -> None:
    rejection: dict[str, Any] = {"outcome": "rejected", "facts": {}}
    account.deliver_results(PROMOTE, result(account, document_id, **rejection))
    document = ada.document(document_id)
    assert (document["status"], document["reason"]) == ("rejected", "step_rejected")
    assert account.usage("ada") == (0, 0)


def test_progress_shows_its_detail_and_moves_the_deadline(
    account: Account, ada: Api, document_id: str
) -> None:
    account.deliver_results(PROMOTE, result(account, document_id, outcome="progress", detail="Half done."))
    [*_, step] = ada.document(document_id)["steps"]
    assert (step["name"], step["status"], step["detail"]) == (PROMOTE, "waiting", "Half done.")


def test_a_result_twice_or_after_the_end_changes_nothing(
    account: Account, ada: Api, document_id: str
) -> None:
    body = result(account, document_id)
    account.deliver_results(PROMOTE, body, body)
    ready = ada.document(document_id)
    account.deliver_results(PROMOTE, body, result(account, document_id, outcome="rejected", facts={}))
    assert ada.document(document_id) == ready
    ada.delete(document_id)
    deleted = ada.document(document_id)
    account.deliver_results(PROMOTE, body)
    assert ada.document(document_id) == deleted


def test_a_result_of_a_leased_document_is_sent_anew(account: Account, ada: Api, document_id: str) -> None:
    rewrite(account, document_id, lease_until=wiring.now() + HOUR)
    url = account.step_queues[PROMOTE]["results"]
    message = account.send(result(account, document_id), url=url)
    assert handle(message) == []
    assert account.drain_sent_anew(url.rpartition("/")[2]) == [message["body"]]
    assert ada.document(document_id)["status"] == "processing"


def test_a_result_without_time_left_is_sent_anew(account: Account, ada: Api, document_id: str) -> None:
    message = account.send(result(account, document_id), url=account.step_queues[PROMOTE]["results"])
    account.drain_results(PROMOTE)
    assert handle(message, remaining=119_000) == []
    assert account.drain_results(PROMOTE) == [message["body"]]
    assert ada.document(document_id)["status"] == "processing"


def test_results_of_one_document_are_processed_in_order(account: Account, ada: Api, document_id: str) -> None:
    """An event of the same document in another batch waits for the lease."""
    bodies = [
        result(account, document_id, outcome="progress", detail=f"{number} parts.") for number in range(9)
    ]
    account.deliver_results(PROMOTE, *bodies)
    assert ada.document(document_id)["steps"][-1]["detail"] == "8 parts."
