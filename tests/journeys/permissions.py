"""Every permission of every role, and the scenario that fails without it."""

from collections.abc import Mapping

from tests.journeys import scenarios
from tests.journeys.roles import Permission
from tests.journeys.scenarios import Scenario

_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
_READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
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
    Permission("Uploads", "dynamodb:PutItem", "table"): scenarios.upload_a_file,
    Permission("Uploads", "dynamodb:UpdateItem", "table"): scenarios.upload_a_file,
}
_DOCUMENTS = {
    Permission("Documents", "s3:GetObjectVersion", "documents"): scenarios.download_a_document,
    Permission("Documents", "dynamodb:GetItem", "table"): scenarios.get_a_document,
    Permission("Documents", "dynamodb:PutItem", "table"): scenarios.delete_a_document,
    Permission("Documents", "dynamodb:Query", "table"): scenarios.list_documents,
}
_PIPELINE = {
    Permission("Pipeline", "s3:GetObjectVersion", "staging"): scenarios.promote_a_file,
    Permission("Pipeline", "s3:DeleteObjectVersion", "staging"): scenarios.promote_a_file,
    Permission("Pipeline", "s3:PutObject", "documents"): scenarios.promote_a_file,
    Permission("Pipeline", "s3:GetObjectVersion", "documents"): scenarios.resume_a_copy_in_parts,
    Permission("Pipeline", "s3:GetObject", "documents"): scenarios.accept_an_existing_copy,
    Permission("Pipeline", "s3:ListMultipartUploadParts", "documents"): scenarios.resume_a_copy_in_parts,
    Permission("Pipeline", "s3:ListBucket", "bucket"): scenarios.distinguish_missing_from_forbidden_bytes,
    **_all("Pipeline", "table", *_READ_AND_WRITE, scenario=scenarios.promote_a_file),
    **_all("Pipeline", "upload events", *_READ_QUEUE, scenario=scenarios.read_upload_events),
    Permission("Pipeline", "sqs:ChangeMessageVisibility", "upload events"): scenarios.retry_an_upload_event,
    Permission("Pipeline", "sqs:SendMessage", "upload events"): scenarios.republish_a_paused_copy,
}
_SWEEPS = {
    Permission("Sweeps", "s3:ListBucketVersions", "bucket"): scenarios.sweep,
    Permission("Sweeps", "s3:ListBucketMultipartUploads", "bucket"): scenarios.sweep,
    Permission("Sweeps", "dynamodb:Query", "due"): scenarios.sweep,
    **_all("Sweeps", "table", *_READ_AND_WRITE, "dynamodb:Query", scenario=scenarios.expire_an_upload),
    **_all("Sweeps", "staging", *_ABORT_UPLOAD, scenario=scenarios.expire_an_upload),
    Permission("Sweeps", "s3:DeleteObjectVersion", "staging"): scenarios.delete_an_orphaned_version,
    Permission("Sweeps", "sqs:SendMessage", "upload events"): scenarios.republish_a_lost_event,
    Permission("Sweeps", "sqs:SendMessage", "purge tasks"): scenarios.enqueue_a_purge,
}
_PURGES = {
    Permission("Purge", "s3:ListBucketVersions", "bucket"): scenarios.purge_a_document,
    Permission("Purge", "s3:ListBucketMultipartUploads", "bucket"): scenarios.purge_a_document,
    **_all("Purge", "staging", *_PURGE, scenario=scenarios.purge_a_document),
    **_all("Purge", "documents", *_PURGE, scenario=scenarios.purge_a_document),
    **_all("Purge", "table", *_READ_AND_WRITE, scenario=scenarios.purge_a_document),
    **_all("Purge", "purge tasks", *_READ_QUEUE, scenario=scenarios.read_purge_tasks),
    Permission("Purge", "sqs:ChangeMessageVisibility", "purge tasks"): scenarios.retry_a_purge_task,
}

SCENARIOS: Mapping[Permission, Scenario] = {
    **_UPLOADS,
    **_DOCUMENTS,
    **_PIPELINE,
    **_SWEEPS,
    **_PURGES,
    **_log("Uploads"),
    **_log("Documents"),
    **_log("Pipeline"),
    **_log("Sweeps"),
    **_log("Purge"),
}
