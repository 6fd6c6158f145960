"""The queues that functions read and send to. Only functions with boto3 import this module."""

import json
from functools import cache

from functions import clients
from functions.adapters.sqs import (
    SQSMessageQueue,
    SQSPurgeQueue,
    SQSResultQueue,
    SQSSliceQueue,
    SQSTaskQueue,
    SQSUploadEvents,
)
from functions.wiring import settings


@cache
def upload_events() -> SQSUploadEvents:
    return SQSUploadEvents(clients.sqs(), settings().upload_events_url, settings().bucket)


@cache
def purge_queue() -> SQSPurgeQueue:
    return SQSPurgeQueue(clients.sqs(), settings().purge_queue_url)


@cache
def consumed_queue(name: str) -> SQSMessageQueue:
    """The queue with this name, whose messages a function processes."""
    urls = {url.rpartition("/")[2]: (url, letters) for url, letters in json.loads(settings().consumed_queues)}
    return SQSMessageQueue(clients.sqs(), *urls[name])


@cache
def slice_queue() -> SQSSliceQueue:
    return SQSSliceQueue(clients.sqs(), settings().slice_queue_url)


def find_step(queue: str, content: str = "results") -> str | None:
    """Returns the step whose `results` or `tasks` come from the queue with this name, None for another queue."""
    names = {urls[content].rpartition("/")[2]: step for step, urls in _step_queues().items()}
    return names.get(queue)


@cache
def tasks_of(step: str) -> SQSTaskQueue:
    return SQSTaskQueue(clients.sqs(), _step_queues()[step]["tasks"])


@cache
def results_of(step: str) -> SQSResultQueue:
    return SQSResultQueue(clients.sqs(), _step_queues()[step]["results"])


@cache
def _step_queues() -> dict[str, dict[str, str]]:
    queues: dict[str, dict[str, str]] = json.loads(settings().step_queues)
    return queues
