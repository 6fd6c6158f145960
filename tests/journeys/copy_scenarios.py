"""Scenarios of the function `large_copy`, with small files, because their size makes no difference to it."""

import json

from functions.adapters.s3.objects import S3ObjectStore
from functions.adapters.sqs import SQSTaskQueue
from functions.domain.storage import CopyRequest, StoredObject
from functions.messages import step_tasks
from tests.journeys.scenario_context import (
    IN_A_THOUSAND_YEARS,
    NO_FILE,
    ScenarioContext,
    StagedFile,
    is_allowed,
)


def enqueue_a_large_copy(context: ScenarioContext) -> bool:
    """Runs the adapter with the role's credentials, because the function does so only above 5 GiB."""
    with context.event_sources.pause("PromoteTasks"):
        sqs, url = context.roles.client("Pipeline", "sqs"), context.admin.queue_url("PromoteTasks")
        task = step_tasks.parse(create_copy_task(context, NO_FILE, "no-upload"))
        may_send = is_allowed(lambda: SQSTaskQueue(sqs, url).enqueue(task))
        context.purge_queue("PromoteTasks")
        return may_send


def copy_a_large_file(context: ScenarioContext) -> bool:
    """The size of the file makes no difference to the worker."""
    with context.stage_file() as staged, context.event_sources.pause("PromoteResults"):
        return _is_copied(context, staged, _start_copy(context, staged))


def find_a_finished_large_copy(context: ScenarioContext) -> bool:
    """As after a crash between the copy and its result."""
    with context.stage_file() as staged, context.event_sources.pause("PromoteResults"):
        upload_id = _start_copy(context, staged)
        context.s3.abort_multipart_upload(Bucket=context.bucket, Key=staged.stored_key, UploadId=upload_id)
        context.copy(staged)
        return _is_copied(context, staged, upload_id)


def distinguish_missing_from_forbidden_bytes(context: ScenarioContext) -> bool:
    with context.stage_file() as staged:
        context.s3.delete_object(Bucket=context.bucket, Key=staged.key, VersionId=staged.version)
        return _handle_copy_task(context, staged, "no-upload")


def _is_copied(context: ScenarioContext, staged: StagedFile, upload_id: str) -> bool:
    """Returns whether the worker is done with the task and has sent one result."""
    is_done = _handle_copy_task(context, staged, upload_id)
    sent = context.count_messages("PromoteResults", "")
    context.purge_queue("PromoteResults")
    return is_done and sent == 1


def _handle_copy_task(context: ScenarioContext, staged: StagedFile, upload_id: str) -> bool:
    return context.handle("LargeCopy", "PromoteTasks", create_copy_task(context, staged, upload_id))


def _start_copy(context: ScenarioContext, staged: StagedFile) -> str:
    """Starts the copy, as the pipeline does before it enqueues the task. Returns its upload id."""
    source = StoredObject(staged.version, 1, "any", None, None)
    request = CopyRequest(staged.key, source, staged.stored_key, "image/png")
    return S3ObjectStore(context.s3, context.bucket).start_copy(request)


def create_copy_task(context: ScenarioContext, staged: StagedFile, upload_id: str) -> str:
    """Returns a task of the step `promote` as JSON."""
    return json.dumps(
        {
            "documentId": staged.document_id,
            "owner": staged.owner,
            "step": "promote",
            "attempt": 1,
            "bucket": context.bucket,
            "key": staged.key,
            "versionId": staged.version,
            "size": 1,
            "contentType": "image/png",
            "parameters": {"uploadId": upload_id},
            "deadline": IN_A_THOUSAND_YEARS,
        }
    )
