"""Scenarios of the queues: each reader receives, deletes and retries its messages, sends them anew and buries them."""

import json
from typing import Any

from functions.adapters.sqs import SQSMessageQueue
from functions.domain.queues import Message
from functions.messages.batch import MAX_DELIVERIES
from tests.journeys.copy_scenarios import create_copy_task
from tests.journeys.scenario_context import NO_FILE, ScenarioContext, is_allowed
from tests.journeys.wait import wait_until


def read_upload_events(context: ScenarioContext) -> bool:
    return is_read(context, "ObjectCreated", {"Records": []})


def read_results(context: ScenarioContext) -> bool:
    result = {"documentId": NO_FILE.document_id, "owner": "no-owner", "attempt": 1, "versionId": "one"}
    return is_read(context, "PromoteResults", result | {"outcome": "passed"})


def read_copy_tasks(context: ScenarioContext) -> bool:
    return is_read(context, "PromoteTasks", json.loads(create_copy_task(context, NO_FILE, "no-upload")))


def read_purge_tasks(context: ScenarioContext) -> bool:
    return is_read(context, "PurgeTasks", {"owner": "0" * 64, "documentId": "unknown"})


def read_slices(context: ScenarioContext) -> bool:
    return is_read(context, "SweepSlices", {"slice": "staging/0", "turn": -1})


def start_a_sweep(context: ScenarioContext) -> bool:
    with context.event_sources.pause("SweepSlices"):
        context.purge_queue("SweepSlices")
        context.admin.invoke("Sweeps", {"source": "aws.events"})
        enqueued = context.count_messages("SweepSlices", "")
        context.purge_queue("SweepSlices")
    return enqueued > 0


def is_read(context: ScenarioContext, queue: str, body: dict[str, Any]) -> bool:
    """Sends a message. Returns whether it is received and deleted."""
    context.send(queue, json.dumps(body))
    try:
        wait_until(
            lambda: bool(
                context.count_messages(queue, "", "NotVisible") == 0
                or context.roles.find_problem(f"{queue}Queue")
            ),
            "the message is deleted, or may not be read",
        )
        return context.count_messages(queue, "", "NotVisible") == 0
    finally:
        context.purge_queue(queue)


def retry_an_upload_event(context: ScenarioContext) -> bool:
    with context.event_sources.pause():
        return is_retried(context, "Pipeline", "ObjectCreated")


def retry_a_result(context: ScenarioContext) -> bool:
    with context.event_sources.pause("PromoteResults"):
        return is_retried(context, "Pipeline", "PromoteResults")


def retry_a_copy_task(context: ScenarioContext) -> bool:
    with context.event_sources.pause("PromoteTasks"):
        return is_retried(context, "LargeCopy", "PromoteTasks")


def retry_a_purge_task(context: ScenarioContext) -> bool:
    with context.event_sources.pause("PurgeTasks"):
        return is_retried(context, "Purge", "PurgeTasks")


def retry_a_slice(context: ScenarioContext) -> bool:
    with context.event_sources.pause("SweepSlices"):
        return is_retried(context, "Sweeps", "SweepSlices")


def is_retried(context: ScenarioContext, function: str, queue: str) -> bool:
    """Fails a message. With a receive count that no message has, the function makes it visible again at once."""
    sqs, url = context.admin.client("sqs"), context.admin.queue_url(queue)
    context.purge_queue(queue)
    context.send(queue, "not JSON")
    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert not context.handle(function, queue, message["Body"], message["ReceiptHandle"], received="-100")
    is_visible = context.count_messages(queue, "") == 1
    context.purge_queue(queue)
    return is_visible


def send_an_upload_event_anew(context: ScenarioContext) -> bool:
    with context.event_sources.pause():
        return may_send_anew(context, "Pipeline", "ObjectCreated")


def send_a_result_anew(context: ScenarioContext) -> bool:
    with context.event_sources.pause("PromoteResults"):
        return may_send_anew(context, "Pipeline", "PromoteResults")


def send_a_copy_task_anew(context: ScenarioContext) -> bool:
    with context.event_sources.pause("PromoteTasks"):
        return may_send_anew(context, "LargeCopy", "PromoteTasks")


def send_a_purge_task_anew(context: ScenarioContext) -> bool:
    with context.event_sources.pause("PurgeTasks"):
        return may_send_anew(context, "Purge", "PurgeTasks")


def may_send_anew(context: ScenarioContext, function: str, queue: str) -> bool:
    """Runs the adapter with the role's credentials, because the function sends a message anew only after a fault."""
    sqs, url = context.roles.client(function, "sqs"), context.admin.queue_url(queue)
    message = Message(
        id="one", receipt_handle="none", body="not JSON", deliveries=1, first_seen=0, times_sent=1
    )
    may_send = is_allowed(lambda: SQSMessageQueue(sqs, url, url).send_anew(message, 0))
    context.purge_queue(queue)
    return may_send


def bury_an_upload_event(context: ScenarioContext) -> bool:
    return is_buried(context, "Pipeline", "ObjectCreated")


def bury_a_result(context: ScenarioContext) -> bool:
    return is_buried(context, "Pipeline", "PromoteResults")


def bury_a_copy_task(context: ScenarioContext) -> bool:
    return is_buried(context, "LargeCopy", "PromoteTasks")


def bury_a_purge_task(context: ScenarioContext) -> bool:
    return is_buried(context, "Purge", "PurgeTasks")


def bury_a_slice(context: ScenarioContext) -> bool:
    with context.event_sources.pause("SweepSlices"):
        return is_buried(context, "Sweeps", "SweepSlices")


def is_buried(context: ScenarioContext, function: str, queue: str) -> bool:
    """Fails a message for the last time. The function sends it to the dead letters and is done with it."""
    return context.handle(function, queue, "not JSON", received=str(MAX_DELIVERIES))
