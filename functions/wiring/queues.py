"""The queues that functions read and send to. Each is built on first use, because boto3 costs a cold start."""

import json
from functools import cache
from typing import TYPE_CHECKING

from functions.wiring import clients, settings

if TYPE_CHECKING:
    from functions.adapters import sqs


@cache
def upload_events() -> "sqs.SQSUploadEvents":
    from functions.adapters.sqs import SQSUploadEvents

    return SQSUploadEvents(clients.sqs(), settings().upload_events_url, settings().bucket)


@cache
def purge_queue() -> "sqs.SQSPurgeQueue":
    from functions.adapters.sqs import SQSPurgeQueue

    return SQSPurgeQueue(clients.sqs(), settings().purge_queue_url)


@cache
def consumed_queue(name: str) -> "sqs.SQSMessageQueue":
    """The queue with this name, whose messages a function processes."""
    from functions.adapters.sqs import SQSMessageQueue

    urls = {url.rpartition("/")[2]: (url, letters) for url, letters in json.loads(settings().consumed_queues)}
    return SQSMessageQueue(clients.sqs(), *urls[name])


@cache
def slice_queue() -> "sqs.SQSSliceQueue":
    from functions.adapters.sqs import SQSSliceQueue

    return SQSSliceQueue(clients.sqs(), settings().slice_queue_url)


def find_step(queue: str, content: str = "results") -> str | None:
    """Returns the step whose `results` or `tasks` come from the queue with this name, None for another queue."""
    names = {urls[content].rpartition("/")[2]: step for step, urls in _step_queues().items()}
    return names.get(queue)


def task_url(step: str) -> str:
    """Returns the URL of the queue with the tasks of a step."""
    return _step_queues()[step]["tasks"]


@cache
def tasks_of(step: str) -> "sqs.SQSTaskQueue":
    from functions.adapters.sqs import SQSTaskQueue

    return SQSTaskQueue(clients.sqs(), task_url(step))


@cache
def results_of(step: str) -> "sqs.SQSResultQueue":
    from functions.adapters.sqs import SQSResultQueue

    return SQSResultQueue(clients.sqs(), _step_queues()[step]["results"])


@cache
def _step_queues() -> dict[str, dict[str, str]]:
    queues: dict[str, dict[str, str]] = json.loads(settings().step_queues)
    return queues
