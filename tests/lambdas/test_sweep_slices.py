"""The function `sweeps` as its schedule and its queue invoke it."""

import httpx

from functions import wiring
from functions.domain.slices import list_slices
from functions.lambdas import sweeps
from functions.wiring.sweeps import slice_service
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import SLICES_QUEUE, Context, sqs_event, sqs_message
from tests.lambdas.history import expire
from tests.lambdas.steps import stage_document

SCHEDULED = {"version": "0", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
"""The event of an EventBridge rule with a schedule (Amazon EventBridge User Guide)."""


def start() -> int | None:
    """Starts a sweep and returns the age of staging in seconds, if it is known."""
    line = sweeps.lambda_handler(SCHEDULED, Context())
    assert line["slices"] == len(list_slices(wiring.now()))
    return line.get("staging_age")


def deliver(account: Account) -> int:
    """Delivers every message of the queue of slices until it is empty. Returns the number of messages."""
    delivered = 0
    while bodies := account.drain_slices():
        for body in bodies:
            result = sweeps.lambda_handler(sqs_event([sqs_message(body, queue=SLICES_QUEUE)]), Context())
            assert result == {"batchItemFailures": []}
        delivered += len(bodies)
    return delivered


def test_a_scheduled_sweep_finds_what_is_due_and_what_is_staged(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    expired = ada.create(PNG)["document"]["id"]
    expire(account, expired)
    lost = stage_document(ada, s3, PNG)
    expire(account, lost)
    start()
    assert deliver(account) == len(list_slices(wiring.now()))
    assert ada.document(expired)["status"] == "expired"
    account.deliver(*account.drain_upload_events())
    assert ada.document(lost)["status"] == "ready"


def test_a_start_says_how_old_the_sweep_of_staging_is_once_every_slice_has_begun(account: Account) -> None:
    assert start() is None
    deliver(account)
    assert start() in range(60)


def test_a_message_that_is_no_slice_is_retried(account: Account) -> None:
    event = sqs_event([sqs_message("{", queue=SLICES_QUEUE)])
    assert len(sweeps.lambda_handler(event, Context())["batchItemFailures"]) == 1


def test_a_slice_that_another_run_holds_is_sent_anew(account: Account) -> None:
    service = slice_service()
    record = service.records.get("staging/0")
    service.records.replace(record, record.claim(wiring.now()))
    body = '{"slice": "staging/0", "turn": 0}'
    event = sqs_event([sqs_message(body, queue=SLICES_QUEUE)])
    assert sweeps.lambda_handler(event, Context()) == {"batchItemFailures": []}
    assert account.drain_sent_anew(SLICES_QUEUE) == [body]
