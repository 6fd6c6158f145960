"""Scenarios of the scanner: one for each permission of the function `scan`, and of `pipeline` for rescans."""

import json
import uuid
from collections.abc import Mapping
from functools import partial

from functions.domain.keys import SCAN_AREA, staging_key
from tests.features.scan.events import scan_event
from tests.journeys import scenarios
from tests.journeys.queue_scenarios import is_buried, is_read, is_retried, may_send_anew
from tests.journeys.roles import Permission
from tests.journeys.scenario_context import NO_FILE, Scenario, ScenarioContext

SCAN, TASKS, VERDICTS = "ScanGuardDutyScan", "ScanTasks", "Verdicts"
PIPELINE, RESULTS = "Pipeline", "ScanResults"
WRITE_QUARANTINE = Permission(PIPELINE, "s3:PutObject", "quarantine")
"""Without it no infected document is rejected, which tests of uploads with malware show."""
_KEY = staging_key("0" * 32, NO_FILE.document_id, SCAN_AREA)


def _verdict(context: ScenarioContext) -> dict[str, object]:
    return scan_event(bucket=context.bucket, key=_KEY)


def _task(context: ScenarioContext) -> dict[str, object]:
    return {
        "documentId": NO_FILE.document_id,
        "owner": "0" * 32,
        "step": "scan",
        "attempt": 1,
        "bucket": context.bucket,
        "key": _KEY,
        "versionId": NO_FILE.version,
        "size": 1,
        "contentType": None,
        "parameters": {},
        "deadline": "2026-11-28T12:00:00+00:00",
    }


def forward_a_verdict(context: ScenarioContext) -> bool:
    with context.event_sources.pause(VERDICTS):
        return context.handle(SCAN, VERDICTS, json.dumps(_verdict(context)))


def request_a_scan(context: ScenarioContext) -> bool:
    with context.event_sources.pause(TASKS):
        return context.handle(SCAN, TASKS, json.dumps(_task(context)))


def reject_a_stored_original(context: ScenarioContext) -> bool:
    """A rescan finds malware in a document that is the original of its bytes."""
    body = f"An original sentence, {uuid.uuid4()}.".encode()
    document_id = context.ada.upload(body, "a.txt", "text/plain", kind="reported")["id"]
    item = context.admin.get_item(document_id)
    result = {
        "documentId": document_id,
        "owner": item["pk"]["S"],
        "attempt": 1,
        "versionId": item["stored_version"]["S"],
        "outcome": "rejected",
        "code": "malware_found",
    }
    with context.event_sources.pause(RESULTS):
        return context.handle(PIPELINE, RESULTS, json.dumps(result))


def read_verdicts(context: ScenarioContext) -> bool:
    return is_read(context, VERDICTS, _verdict(context))


def read_tasks(context: ScenarioContext) -> bool:
    return is_read(context, TASKS, _task(context))


def _retry(context: ScenarioContext, *, queue: str) -> bool:
    with context.event_sources.pause(queue):
        return is_retried(context, SCAN, queue)


def _send_anew(context: ScenarioContext, *, queue: str) -> bool:
    with context.event_sources.pause(queue):
        return may_send_anew(context, SCAN, queue)


def _bury(context: ScenarioContext, *, queue: str) -> bool:
    with context.event_sources.pause(queue):
        return is_buried(context, SCAN, queue)


def _of_queue(queue: str, name: str, read: Scenario) -> dict[Permission, Scenario]:
    return {
        Permission(SCAN, "sqs:ReceiveMessage", name): read,
        Permission(SCAN, "sqs:DeleteMessage", name): read,
        Permission(SCAN, "sqs:GetQueueAttributes", name): read,
        Permission(SCAN, "sqs:ChangeMessageVisibility", name): partial(_retry, queue=queue),
        Permission(SCAN, "sqs:SendMessage", name): partial(_send_anew, queue=queue),
        Permission(SCAN, "sqs:SendMessage", f"dead letters of {name}"): partial(_bury, queue=queue),
    }


PERMISSIONS: Mapping[Permission, Scenario] = {
    Permission(SCAN, "sqs:SendMessage", "results of scan"): forward_a_verdict,
    Permission(SCAN, "guardduty:SendObjectMalwareScan", "*"): request_a_scan,
    **_of_queue(VERDICTS, "verdicts", read_verdicts),
    **_of_queue(TASKS, "tasks of scan", read_tasks),
    Permission(SCAN, "logs:CreateLogStream", "log"): scenarios.log_an_invocation(SCAN),
    Permission(SCAN, "logs:PutLogEvents", "log"): scenarios.log_an_invocation(SCAN),
    Permission(PIPELINE, "dynamodb:DeleteItem", "table"): reject_a_stored_original,
    Permission(PIPELINE, "sqs:SendMessage", "purge tasks"): reject_a_stored_original,
}
