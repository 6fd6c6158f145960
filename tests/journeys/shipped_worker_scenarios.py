"""Scenarios of the worker of a step that Airlock ships, one for each permission of its role."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from tests.journeys import queue_scenarios, scenarios
from tests.journeys.roles import Permission
from tests.journeys.scenario_context import (
    IN_A_THOUSAND_YEARS,
    NO_FILE,
    Scenario,
    ScenarioContext,
    StagedFile,
)


def list_permissions(step: str, parameters: Mapping[str, Any]) -> Mapping[Permission, Scenario]:
    """Returns every permission of the worker, with its scenario. `parameters` are those of a task."""
    worker, tasks = step.title(), f"tasks of {step}"
    queue = f"{worker}Tasks"
    do = partial(_do_task, step=step, parameters=parameters)
    read = partial(queue_scenarios.is_read, queue=queue, body=_create_task(NO_FILE, step, parameters))
    log = scenarios.log_an_invocation(worker)
    return {
        Permission(worker, "s3:GetObjectVersion", "staging"): do,
        Permission(worker, "s3:PutObject", f"renditions/*/*/{step}"): do,
        Permission(worker, "sqs:SendMessage", f"results of {step}"): do,
        Permission(worker, "s3:ListBucket", "bucket"): partial(_miss_file, step=step, parameters=parameters),
        Permission(worker, "sqs:ReceiveMessage", tasks): read,
        Permission(worker, "sqs:DeleteMessage", tasks): read,
        Permission(worker, "sqs:GetQueueAttributes", tasks): read,
        Permission(worker, "sqs:ChangeMessageVisibility", tasks): partial(_retry, step=step),
        Permission(worker, "sqs:SendMessage", tasks): partial(_send_anew, step=step),
        Permission(worker, "sqs:SendMessage", f"dead letters of {tasks}"): partial(
            queue_scenarios.is_buried, function=worker, queue=queue
        ),
        Permission(worker, "logs:CreateLogStream", "log"): log,
        Permission(worker, "logs:PutLogEvents", "log"): log,
    }


def _do_task(context: ScenarioContext, step: str, parameters: Mapping[str, Any]) -> bool:
    """Returns whether the worker is done with the task and has sent one result."""
    results = f"{step.title()}Results"
    with context.stage_file() as staged, context.event_sources.pause(results):
        is_done = _handle(context, staged, step, parameters)
        sent = context.count_messages(results, "")
        context.purge_queue(results)
        return is_done and sent == 1


def _miss_file(context: ScenarioContext, step: str, parameters: Mapping[str, Any]) -> bool:
    """Without ListBucket, S3 responds to a version that does not exist with 403."""
    with context.stage_file() as staged:
        context.s3.delete_object(Bucket=context.bucket, Key=staged.key, VersionId=staged.version)
        return _handle(context, staged, step, parameters)


def _retry(context: ScenarioContext, step: str) -> bool:
    with context.event_sources.pause(f"{step.title()}Tasks"):
        return queue_scenarios.is_retried(context, step.title(), f"{step.title()}Tasks")


def _send_anew(context: ScenarioContext, step: str) -> bool:
    with context.event_sources.pause(f"{step.title()}Tasks"):
        return queue_scenarios.may_send_anew(context, step.title(), f"{step.title()}Tasks")


def _handle(context: ScenarioContext, staged: StagedFile, step: str, parameters: Mapping[str, Any]) -> bool:
    task = _create_task(staged, step, parameters) | {"bucket": context.bucket}
    return context.handle(step.title(), f"{step.title()}Tasks", json.dumps(task))


def _create_task(staged: StagedFile, step: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "documentId": staged.document_id,
        "owner": staged.owner,
        "step": step,
        "attempt": 1,
        "bucket": "a-bucket",
        "key": staged.key,
        "versionId": staged.version,
        "size": 1,
        "contentType": "image/png",
        "parameters": parameters,
        "deadline": IN_A_THOUSAND_YEARS,
    }
