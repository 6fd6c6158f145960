"""Scenarios of the worker of the example step, one for each permission of its role."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.journeys.event_sources import EventSources
from tests.journeys.manual_worker import ManualWorker
from tests.journeys.roles import Permission, Roles, is_denied
from tests.journeys.wait import wait_until

WORKER, TASKS, RESULTS = "Wordlist", "WordlistTasks", "WordlistResults"

WorkerScenario = Callable[[Roles, ManualWorker, dict[str, Any]], bool]
"""Takes the task of a document that waits for the step, and returns whether the work was done."""


def do_the_task(_roles: Roles, worker: ManualWorker, task: dict[str, Any]) -> bool:
    """Invokes the deployed worker with the task."""
    message = {"messageId": "one", "body": json.dumps(task)}
    result = worker.admin.invoke(WORKER, {"Records": [message]})
    return result is not None and result["batchItemFailures"] == []


def read_the_task(roles: Roles, worker: ManualWorker, task: dict[str, Any]) -> bool:
    """Returns whether the deployed worker receives the task and deletes it."""
    sqs, url = worker.admin.client("sqs"), worker.admin.queue_url(TASKS)
    sqs.send_message(QueueUrl=url, MessageBody=json.dumps(task))

    def is_read() -> bool:
        return worker.admin.count_messages(url, "", "NotVisible") == 0

    wait_until(
        lambda: is_read() or roles.find_problem(f"{TASKS}Queue") is not None,
        "the task is deleted, or may not be read",
    )
    is_done = is_read()
    sqs.purge_queue(QueueUrl=url)
    return is_done


def extend_the_visibility_timeout(roles: Roles, worker: ManualWorker, task: dict[str, Any]) -> bool:
    """Calls SQS with the role's credentials, because the example needs no more than its queue's timeout."""
    sqs, url = worker.admin.client("sqs"), worker.admin.queue_url(TASKS)
    with EventSources(worker.admin.client("lambda")).pause(TASKS):
        sqs.send_message(QueueUrl=url, MessageBody=json.dumps(task))
        messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20).get("Messages")
        assert messages, "the reader has taken it before it was paused"
        [message] = messages
        target = {"QueueUrl": url, "ReceiptHandle": message["ReceiptHandle"], "VisibilityTimeout": 60}
        is_done = not is_denied(lambda: roles.client(WORKER, "sqs").change_message_visibility(**target))
        sqs.purge_queue(QueueUrl=url)
        return is_done


PERMISSIONS: Mapping[Permission, WorkerScenario] = {
    Permission(WORKER, "s3:GetObjectVersion", "staging"): do_the_task,
    Permission(WORKER, "s3:PutObject", "renditions/*/*/wordlist"): do_the_task,
    Permission(WORKER, "sqs:SendMessage", "results of wordlist"): do_the_task,
    Permission(WORKER, "sqs:ReceiveMessage", "tasks of wordlist"): read_the_task,
    Permission(WORKER, "sqs:DeleteMessage", "tasks of wordlist"): read_the_task,
    Permission(WORKER, "sqs:GetQueueAttributes", "tasks of wordlist"): read_the_task,
    Permission(WORKER, "sqs:ChangeMessageVisibility", "tasks of wordlist"): extend_the_visibility_timeout,
}
