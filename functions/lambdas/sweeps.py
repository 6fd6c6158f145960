"""Sweeps. The schedule starts the slices of a sweep, and each slice comes back as a message of the queue `SweepSlices`.

An operator can invoke the function to sweep everything at once (without a payload), and about documents:

    {"redrive": [{"owner": "...", "documentId": "..."}]}   retries these
    {"redriveFailed": {"since": "2026-11-28T10:00:00Z"}}   retries all that failed since then (failed_orders.py)
    {"listFailed": {"code": "attempts_exhausted"}}         returns those with this code
    {"listWaiting": {"step": "review"}}                    returns documents that wait for a person (waiting_orders.py)
"""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.domain.document import Document
from functions.domain.slices import SliceTask
from functions.log import logger
from functions.messages.batch import BatchConfig, process_batch, queue_name
from functions.messages.failed_orders import FailedOrder, InvalidOrderError, parse_failed_order
from functions.messages.waiting_orders import (
    InvalidWaitingOrderError,
    describe_waiting,
    is_waiting_order,
    parse_waiting_order,
)
from functions.services.slices import Skipped
from functions.startup import finish_init

_START_RESERVE = 15_000
"""Milliseconds that must be left to begin a slice."""

_RESERVE = 60_000
"""Milliseconds that must be left to handle another group of owners or documents. The next run continues."""

_LIST_LIMIT = 1_000
"""Failed documents of one response, some 250 kB. Lambda returns up to 6 MB."""


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "Records" in event:
        return _run_slices(event, context)
    if event.get("source") == "aws.events":
        return _start_slices()
    if is_waiting_order(event):
        return _follow_waiting_order(event)
    if "redriveFailed" in event or "listFailed" in event:
        return _follow_order(event, context)
    if "redrive" in event:
        redrive = wiring.redrive_service().redrive
        outcomes = Counter(redrive(order["owner"], order["documentId"]) for order in event["redrive"])
    else:
        outcomes = wiring.sweep_service().sweep(lambda: context.get_remaining_time_in_millis() < _RESERVE)
    logger.info("sweep", outcomes=dict(outcomes))
    return dict(outcomes)


def _follow_order(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Returns `error` for an invalid order. A caller repeats the order with `cursor` until that is null."""
    try:
        if "listFailed" in event:
            return _list_failed(parse_failed_order(event["listFailed"]))
        order = parse_failed_order(event["redriveFailed"])
    except InvalidOrderError as error:
        return {"error": str(error)}
    service = wiring.redrive_service()
    result = service.redrive_failed(
        order.query,
        order.cursor,
        lambda: context.get_remaining_time_in_millis() < _RESERVE,
        dry_run=order.dry_run,
    )
    outcomes = dict(result.outcomes)
    logger.info("redrive", outcomes=outcomes, dry_run=order.dry_run, finished=result.cursor is None)
    return {"outcomes": outcomes, "cursor": result.cursor and result.cursor.encode()}


def _list_failed(order: FailedOrder) -> dict[str, Any]:
    page = wiring.redrive_service().list_failed(order.query, order.cursor, _LIST_LIMIT)
    return {
        "documents": [_describe_failed(document) for document in page.documents],
        "cursor": page.cursor and page.cursor.encode(),
    }


def _describe_failed(document: Document) -> dict[str, Any]:
    return {
        "owner": document.owner,
        "documentId": document.id,
        "kind": document.kind,
        "code": document.reason,
        "size": document.size,
        "failedAt": document.failed_at and document.failed_at.isoformat(),
    }


def _follow_waiting_order(event: dict[str, Any]) -> dict[str, Any]:
    """Returns `error` for an invalid order. A caller repeats a list with `cursor` until that is null."""
    try:
        order = parse_waiting_order(event)
    except InvalidWaitingOrderError as error:
        return {"error": str(error)}
    service = wiring.waiting_service()
    if order.document is not None:
        document = service.find(order.step, *order.document)
        return {"document": document and describe_waiting(document)}
    page = service.list(order.step, order.cursor, _LIST_LIMIT)
    return {
        "documents": [describe_waiting(document) for document in page.documents],
        "cursor": page.cursor and page.cursor.encode(),
    }


def _start_slices() -> dict[str, Any]:
    """Logs how old the sweep of staging is in all its slices. An alarm reads that. The line lacks it if it is unknown."""
    started = wiring.slice_service().start()
    line: dict[str, Any] = {"slices": len(started.names)}
    if started.staging_age is not None:
        line["staging_age"] = int(started.staging_age.total_seconds())
    logger.info("sweep_started", **line)
    return line


def _run_slices(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    config = BatchConfig(
        handler=lambda body: _run_slice(body, context),
        group_key=lambda body: body,
        has_time=lambda: context.get_remaining_time_in_millis() >= _START_RESERVE,
        queue=wiring.consumed_queue(queue_name(event)),
    )
    return process_batch(event, config)


def _run_slice(body: str, context: LambdaContext) -> Sequence[str]:
    message = json.loads(body)
    task = SliceTask(message["slice"], message["turn"])
    result = wiring.slice_service().run(task, lambda: context.get_remaining_time_in_millis() < _RESERVE)
    if isinstance(result, Skipped):
        return [result]
    logger.info("slice", slice=task.name, outcomes=dict(result.outcomes), finished=result.is_finished)
    return ["finished" if result.is_finished else "paused"]


finish_init(wiring.slice_service, wiring.redrive_service, wiring.connect)
