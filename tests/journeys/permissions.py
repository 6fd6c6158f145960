"""Every permission of every role, and the scenario that fails without it."""

from collections.abc import Mapping

from tests.journeys import copy_scenarios, queue_scenarios, scenarios
from tests.journeys.roles import Permission
from tests.journeys.scenario_context import Scenario

_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
_READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_RETRY = "sqs:ChangeMessageVisibility"
_SEND = "sqs:SendMessage"
_READ_AND_WRITE = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
_ABORT_UPLOAD = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_PURGE = (*_ABORT_UPLOAD, "s3:DeleteObjectVersion")


def _all(function: str, resource: str, *actions: str, scenario: Scenario) -> dict[Permission, Scenario]:
    return {Permission(function, action, resource): scenario for action in actions}


def _log(function: str) -> dict[Permission, Scenario]:
    return _all(function, "log", *_LOG, scenario=scenarios.log_an_invocation(function))


_UPLOADS = {
    Permission("Uploads", "s3:PutObject", "staging"): scenarios.upload_a_file,
    Permission("Uploads", "s3:ListMultipartUploadParts", "staging"): scenarios.list_parts,
    Permission("Uploads", "s3:AbortMultipartUpload", "staging"): scenarios.abort_an_upload,
    Permission("Uploads", "dynamodb:GetItem", "table"): scenarios.list_parts,
    Permission("Uploads", "dynamodb:BatchGetItem", "table"): scenarios.find_an_original,
    Permission("Uploads", "dynamodb:PutItem", "table"): scenarios.upload_a_file,
    Permission("Uploads", "dynamodb:UpdateItem", "table"): scenarios.upload_a_file,
}
_DOCUMENTS = {
    Permission("Documents", "s3:GetObjectVersion", "documents"): scenarios.download_a_document,
    Permission("Documents", "s3:GetObjectVersion", "renditions"): scenarios.download_a_rendition,
    Permission("Documents", "dynamodb:GetItem", "table"): scenarios.get_a_document,
    Permission("Documents", "dynamodb:PutItem", "table"): scenarios.delete_a_document,
    Permission("Documents", "dynamodb:DeleteItem", "table"): scenarios.release_a_digest,
    Permission("Documents", "dynamodb:Query", "table"): scenarios.list_documents,
}
_PIPELINE = {
    Permission("Pipeline", "s3:GetObjectVersion", "staging"): scenarios.promote_a_file,
    Permission("Pipeline", "s3:DeleteObjectVersion", "staging"): scenarios.promote_a_file_in_parts,
    Permission("Pipeline", "s3:PutObject", "documents"): scenarios.promote_a_file,
    Permission("Pipeline", "s3:GetObjectVersion", "documents"): scenarios.read_a_copy_back,
    Permission("Pipeline", "s3:GetObject", "documents"): scenarios.accept_an_existing_copy,
    Permission("Pipeline", "s3:ListBucket", "bucket"): scenarios.distinguish_missing_from_forbidden_bytes,
    **_all("Pipeline", "table", *_READ_AND_WRITE[:2], scenario=scenarios.promote_a_file),
    Permission("Pipeline", "dynamodb:UpdateItem", "table"): scenarios.count_an_upload_as_arrived,
    **_all("Pipeline", "upload events", *_READ_QUEUE, scenario=queue_scenarios.read_upload_events),
    **_all("Pipeline", "upload events", _RETRY, scenario=queue_scenarios.retry_an_upload_event),
    Permission("Pipeline", _SEND, "upload events"): queue_scenarios.send_an_upload_event_anew,
    Permission("Pipeline", _SEND, "dead letters of upload events"): queue_scenarios.bury_an_upload_event,
    **_all("Pipeline", "results of promote", *_READ_QUEUE, scenario=queue_scenarios.read_results),
    **_all("Pipeline", "results of promote", _RETRY, scenario=queue_scenarios.retry_a_result),
    Permission("Pipeline", _SEND, "results of promote"): queue_scenarios.send_a_result_anew,
    Permission("Pipeline", _SEND, "dead letters of results of promote"): queue_scenarios.bury_a_result,
    Permission("Pipeline", _SEND, "tasks of promote"): copy_scenarios.enqueue_a_large_copy,
}
_LARGE_COPY = {
    Permission("LargeCopy", "s3:GetObjectVersion", "staging"): copy_scenarios.copy_a_large_file,
    Permission("LargeCopy", "s3:PutObject", "documents"): copy_scenarios.copy_a_large_file,
    Permission("LargeCopy", "s3:ListMultipartUploadParts", "documents"): copy_scenarios.copy_a_large_file,
    Permission("LargeCopy", "s3:GetObjectVersion", "documents"): copy_scenarios.copy_a_large_file,
    Permission("LargeCopy", "s3:GetObject", "documents"): copy_scenarios.find_a_finished_large_copy,
    Permission("LargeCopy", "s3:ListBucket", "bucket"): (
        copy_scenarios.distinguish_missing_from_forbidden_bytes
    ),
    Permission("LargeCopy", _SEND, "results of promote"): copy_scenarios.copy_a_large_file,
    **_all("LargeCopy", "tasks of promote", *_READ_QUEUE, scenario=queue_scenarios.read_copy_tasks),
    **_all("LargeCopy", "tasks of promote", _RETRY, scenario=queue_scenarios.retry_a_copy_task),
    Permission("LargeCopy", _SEND, "tasks of promote"): queue_scenarios.send_a_copy_task_anew,
    Permission("LargeCopy", _SEND, "dead letters of tasks of promote"): queue_scenarios.bury_a_copy_task,
}
_SWEEPS = {
    Permission("Sweeps", "s3:ListBucketVersions", "bucket"): scenarios.sweep,
    Permission("Sweeps", "s3:ListBucketMultipartUploads", "bucket"): scenarios.sweep,
    Permission("Sweeps", "dynamodb:Query", "due"): scenarios.sweep,
    Permission("Sweeps", "dynamodb:Query", "failed"): scenarios.list_failed_documents,
    **_all("Sweeps", "table", *_READ_AND_WRITE, "dynamodb:Query", scenario=scenarios.expire_an_upload),
    **_all("Sweeps", "staging", *_ABORT_UPLOAD, scenario=scenarios.expire_an_upload),
    Permission("Sweeps", "s3:DeleteObjectVersion", "staging"): scenarios.delete_a_staged_version,
    Permission("Sweeps", "dynamodb:BatchGetItem", "table"): scenarios.delete_a_staged_version,
    Permission("Sweeps", "s3:DeleteObjectVersion", "renditions"): scenarios.delete_an_orphaned_rendition,
    Permission("Sweeps", _SEND, "upload events"): scenarios.republish_a_lost_event,
    Permission("Sweeps", _SEND, "purge tasks"): scenarios.enqueue_a_purge,
    Permission("Sweeps", _SEND, "slices"): queue_scenarios.start_a_sweep,
    **_all("Sweeps", "slices", *_READ_QUEUE, scenario=queue_scenarios.read_slices),
    Permission("Sweeps", _RETRY, "slices"): queue_scenarios.retry_a_slice,
    Permission("Sweeps", _SEND, "dead letters of slices"): queue_scenarios.bury_a_slice,
}
_PURGES = {
    Permission("Purge", "s3:ListBucketVersions", "bucket"): scenarios.purge_a_document,
    Permission("Purge", "s3:ListBucketMultipartUploads", "bucket"): scenarios.purge_a_document,
    **_all("Purge", "staging", *_PURGE, scenario=scenarios.purge_a_document),
    **_all("Purge", "renditions", *_PURGE, scenario=scenarios.purge_a_document),
    **_all("Purge", "documents", *_PURGE, scenario=scenarios.purge_a_document),
    Permission("Purge", "s3:DeleteObjectVersion", "quarantine"): scenarios.purge_infected_bytes,
    **_all("Purge", "table", *_READ_AND_WRITE, scenario=scenarios.purge_a_document),
    **_all("Purge", "purge tasks", *_READ_QUEUE, scenario=queue_scenarios.read_purge_tasks),
    **_all("Purge", "purge tasks", _RETRY, scenario=queue_scenarios.retry_a_purge_task),
    Permission("Purge", _SEND, "purge tasks"): queue_scenarios.send_a_purge_task_anew,
    Permission("Purge", _SEND, "dead letters of purge tasks"): queue_scenarios.bury_a_purge_task,
}

SCENARIOS: Mapping[Permission, Scenario] = {
    **_UPLOADS,
    **_DOCUMENTS,
    **_PIPELINE,
    **_LARGE_COPY,
    **_SWEEPS,
    **_PURGES,
    **_log("Uploads"),
    **_log("Documents"),
    **_log("Pipeline"),
    **_log("LargeCopy"),
    **_log("Sweeps"),
    **_log("Purge"),
}
