"""Copies above the single-copy limit: from the task to the result, and back to the pipeline."""

import json
from itertools import chain, repeat
from typing import Any

import httpx

from functions.domain.parts import MAX_OBJECT
from functions.domain.steps import PROMOTE
from functions.lambdas import large_copy
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import COPIES_QUEUE, Context, sqs_event, sqs_message
from tests.lambdas.steps import process_large_document, stage_document


class TimeForNoPart(Context):
    """A context with enough time to start a message, and with none left when its first part is about to be copied."""

    def __init__(self) -> None:
        super().__init__()
        remaining = chain([300_000], repeat(0))
        self.get_remaining_time_in_millis = lambda: next(remaining)  # type: ignore[method-assign]


def task_message(body: str) -> dict[str, Any]:
    return sqs_message(body, queue=COPIES_QUEUE)


def copy(*messages: dict[str, Any], context: Context | None = None) -> list[str]:
    """Invokes `large_copy` and returns the ids of the messages that failed."""
    answer = large_copy.lambda_handler(sqs_event(messages), context or Context())
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def stage_large_document(account: Account, ada: Api, s3: httpx.Client) -> str:
    document_id = stage_document(ada, s3, PNG)
    process_large_document(account, document_id)
    return document_id


def promotion(document: Any) -> tuple[str, str | None]:
    """Returns the status and the detail of the step `promote`."""
    [step] = [step for step in document["steps"] if step["name"] == PROMOTE]
    return step["status"], step.get("detail")


def test_a_large_file_is_copied_by_a_worker_and_then_ready(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_large_document(account, ada, s3)
    waiting = ada.document(document_id)
    assert [step["name"] for step in waiting["steps"]] == ["size", "type", PROMOTE]
    assert (waiting["status"], promotion(waiting)) == ("processing", ("waiting", "Copying a large file."))

    assert copy(*map(task_message, account.drain_tasks(PROMOTE))) == []
    account.deliver_results(PROMOTE, *account.drain_results(PROMOTE))

    ready = ada.document(document_id)
    assert (ready["status"], promotion(ready)) == ("ready", ("passed", None))
    assert s3.get(ada.get(f"/documents/{document_id}/download").json["url"]).content == PNG
    assert account.open_uploads() == []


def test_a_copy_without_time_left_reports_progress_and_comes_again_at_once(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_large_document(account, ada, s3)
    message = account.receive(account.step_queues[PROMOTE]["tasks"])

    assert copy(message, context=TimeForNoPart()) == []

    [result] = account.drain_results(PROMOTE)
    assert json.loads(result)["outcome"] == "progress"
    account.deliver_results(PROMOTE, result)
    assert ada.document(document_id)["status"] == "processing"
    # The received message is not visible for 300 seconds; this one was sent anew.
    assert account.drain_tasks(PROMOTE) == [message["body"]]
    assert copy(task_message(message["body"])) == []
    account.deliver_results(PROMOTE, *account.drain_results(PROMOTE))
    assert ada.document(document_id)["status"] == "ready"


def test_a_task_that_comes_again_after_its_copy_sends_the_same_result(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_large_document(account, ada, s3)
    [task] = account.drain_tasks(PROMOTE)
    assert copy(task_message(task)) == copy(task_message(task)) == []
    first, second = account.drain_results(PROMOTE)
    assert first == second
    account.deliver_results(PROMOTE, first, second)
    assert ada.document(document_id)["status"] == "ready"
    assert len(account.stored_versions("ada", document_id)) == 1


def test_a_message_that_is_no_task_fails_alone(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_large_document(account, ada, s3)
    bad = [task_message(body) for body in ("{", "[]", "{}", '{"documentId": 1}')]
    [task] = account.drain_tasks(PROMOTE)
    assert copy(*bad, task_message(task)) == [message["messageId"] for message in bad]
    account.deliver_results(PROMOTE, *account.drain_results(PROMOTE))
    assert ada.document(document_id)["status"] == "ready"


def test_a_task_whose_bytes_are_gone_is_done(account: Account, ada: Api, s3: httpx.Client) -> None:
    stage_large_document(account, ada, s3)
    [task] = account.drain_tasks(PROMOTE)
    gone = json.loads(task) | {"versionId": "096fKKXTRTtl3on89fVO.nfljtsv6qko"}
    assert copy(task_message(json.dumps(gone))) == []
    assert account.drain_results(PROMOTE) == []


def test_without_time_no_copy_starts(account: Account, ada: Api, s3: httpx.Client) -> None:
    stage_large_document(account, ada, s3)
    message = account.receive(account.step_queues[PROMOTE]["tasks"])
    assert copy(message, context=Context(59_000)) == []
    assert account.drain_tasks(PROMOTE) == [message["body"]]
    assert account.drain_results(PROMOTE) == []


def test_large_parts_need_more_time(account: Account, ada: Api, s3: httpx.Client) -> None:
    stage_large_document(account, ada, s3)
    [task] = account.drain_tasks(PROMOTE)
    largest = task_message(json.dumps(json.loads(task) | {"size": MAX_OBJECT}))
    assert copy(largest, context=Context(200_000)) == []
    [result] = account.drain_results(PROMOTE)
    assert json.loads(result)["outcome"] == "progress"
