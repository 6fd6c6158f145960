"""Sweeps. The schedule starts the slices of a sweep, and each slice comes back as a message of the queue `SweepSlices`.

An operator can invoke the function to sweep everything at once (without a payload), and about documents:

    {"redrive": [{"owner": "...", "documentId": "..."}]}   retries these
    {"redriveFailed": {"since": "2026-11-28T10:00:00Z"}}   retries all that failed since then (failed_commands.py)
    {"listFailed": {"code": "attempts_exhausted"}}         returns those with this code
    {"listWaiting": {"step": "review"}}                    returns documents that wait for a person (waiting_commands.py)
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.domain.document import Document
from functions.domain.failed import FailedCursor
from functions.domain.index_pages import IndexCursor, IndexPage
from functions.domain.slices import SliceTask
from functions.log import logger
from functions.messages.batch import BatchConfig, process_batch, queue_name
from functions.messages.failed_commands import describe_failed, parse_failed_command
from functions.messages.operator_commands import InvalidCommandError
from functions.messages.waiting_commands import describe_waiting, parse_find_command, parse_list_command
from functions.services.slices import Skipped
from functions.startup import finish_init
from functions.wiring import queues
from functions.wiring.sweeps import redrive_service, slice_service, sweep_service, waiting_service

_START_RESERVE = 15_000
"""Milliseconds that must be left to begin a slice."""

_RESERVE = 60_000
"""Milliseconds that must be left to handle another group of owners or documents. The next run continues."""

_LIST_LIMIT = 1_000
"""Documents of one response, some 250 kB. Lambda returns up to 6 MB."""

CommandHandler = Callable[[Any, LambdaContext], dict[str, Any]]


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    if "Records" in event:
        return _run_slices(event, context)
    if event.get("source") == "aws.events":
        return _start_slices()
    if name := next((name for name in _COMMANDS if name in event), None):
        return _run_command(_COMMANDS[name], event[name], context)
    return _log_outcomes(sweep_service().sweep(lambda: context.get_remaining_time_in_millis() < _RESERVE))


def _run_command(handler: CommandHandler, command: Any, context: LambdaContext) -> dict[str, Any]:
    """Returns `error` for an invalid command. A caller repeats a command with `cursor` until that is null."""
    try:
        return handler(command, context)
    except InvalidCommandError as error:
        return {"error": str(error)}


def _list_waiting(command: Any, _: LambdaContext) -> dict[str, Any]:
    step, cursor = parse_list_command(command)
    return _describe_page(waiting_service().list(step, cursor, _LIST_LIMIT), describe_waiting)


def _find_waiting(command: Any, _: LambdaContext) -> dict[str, Any]:
    document = waiting_service().find(*parse_find_command(command))
    return {"document": document and describe_waiting(document)}


def _list_failed(command: Any, _: LambdaContext) -> dict[str, Any]:
    failed = parse_failed_command(command)
    page = redrive_service().list_failed(failed.query, failed.cursor, _LIST_LIMIT)
    return _describe_page(page, describe_failed)


def _redrive_failed(command: Any, context: LambdaContext) -> dict[str, Any]:
    failed = parse_failed_command(command)
    result = redrive_service().redrive_failed(
        failed.query,
        failed.cursor,
        lambda: context.get_remaining_time_in_millis() < _RESERVE,
        dry_run=failed.dry_run,
    )
    outcomes = dict(result.outcomes)
    logger.info("redrive", outcomes=outcomes, dry_run=failed.dry_run, finished=result.cursor is None)
    return {"outcomes": outcomes, "cursor": result.cursor and result.cursor.encode()}


def _redrive(command: Any, _: LambdaContext) -> dict[str, Any]:
    redrive = redrive_service().redrive
    return _log_outcomes(Counter(redrive(each["owner"], each["documentId"]) for each in command))


_COMMANDS: Mapping[str, CommandHandler] = {
    "listWaiting": _list_waiting,
    "findWaiting": _find_waiting,
    "listFailed": _list_failed,
    "redriveFailed": _redrive_failed,
    "redrive": _redrive,
}


def _describe_page(
    page: IndexPage[IndexCursor] | IndexPage[FailedCursor], describe: Callable[[Document], dict[str, Any]]
) -> dict[str, Any]:
    return {
        "documents": [describe(document) for document in page.documents],
        "cursor": page.cursor and page.cursor.encode(),
    }


def _log_outcomes(outcomes: Mapping[str, int]) -> dict[str, Any]:
    logger.info("sweep", outcomes=dict(outcomes))
    return dict(outcomes)


def _start_slices() -> dict[str, Any]:
    """Logs how old the sweep of staging is in all its slices. An alarm reads that. The line lacks it if it is unknown."""
    started = slice_service().start()
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
        queue=queues.consumed_queue(queue_name(event)),
    )
    return process_batch(event, config)


def _run_slice(body: str, context: LambdaContext) -> Sequence[str]:
    message = json.loads(body)
    task = SliceTask(message["slice"], message["turn"])
    result = slice_service().run(task, lambda: context.get_remaining_time_in_millis() < _RESERVE)
    if isinstance(result, Skipped):
        return [result]
    logger.info("slice", slice=task.name, outcomes=dict(result.outcomes), finished=result.is_finished)
    return ["finished" if result.is_finished else "paused"]


finish_init(slice_service, redrive_service, wiring.connect)
