"""Every right of every role, and the scenario that cannot be done without it."""

from collections.abc import Mapping

from tests.journeys import scenarios
from tests.journeys.roles import Permission
from tests.journeys.scenarios import Scenario

_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
_READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_READ_AND_WRITE = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
_END_UPLOAD = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")


def _all(function: str, where: str, *actions: str, scenario: Scenario) -> dict[Permission, Scenario]:
    return {Permission(function, action, where): scenario for action in actions}


def _log(function: str) -> dict[Permission, Scenario]:
    return _all(function, "log", *_LOG, scenario=scenarios.an_invocation_is_logged(function))


_UPLOADS = {
    Permission("Uploads", "s3:PutObject", "staging"): scenarios.a_file_is_taken,
    Permission("Uploads", "s3:ListMultipartUploadParts", "staging"): scenarios.parts_are_listed,
    Permission("Uploads", "s3:AbortMultipartUpload", "staging"): scenarios.an_upload_is_aborted,
    Permission("Uploads", "dynamodb:GetItem", "table"): scenarios.parts_are_listed,
    Permission("Uploads", "dynamodb:PutItem", "table"): scenarios.a_file_is_taken,
    Permission("Uploads", "dynamodb:UpdateItem", "table"): scenarios.a_file_is_taken,
}
_DOCUMENTS = {
    Permission("Documents", "s3:GetObjectVersion", "documents"): scenarios.a_document_is_downloaded,
    Permission("Documents", "dynamodb:GetItem", "table"): scenarios.a_document_is_shown,
    Permission("Documents", "dynamodb:PutItem", "table"): scenarios.a_document_is_deleted,
    Permission("Documents", "dynamodb:Query", "table"): scenarios.documents_are_listed,
}
_OBJECT_CREATED = {
    Permission("Pipeline", "s3:GetObjectVersion", "staging"): scenarios.a_file_is_promoted,
    Permission("Pipeline", "s3:DeleteObjectVersion", "staging"): scenarios.a_file_is_promoted,
    Permission("Pipeline", "s3:PutObject", "documents"): scenarios.a_file_is_promoted,
    Permission("Pipeline", "s3:GetObjectVersion", "documents"): scenarios.a_copy_in_parts_goes_on,
    Permission(
        "Pipeline", "s3:GetObject", "documents"
    ): scenarios.a_copy_that_was_there_already_is_recognised,
    Permission("Pipeline", "s3:ListMultipartUploadParts", "documents"): scenarios.a_copy_in_parts_goes_on,
    Permission(
        "Pipeline", "s3:ListBucket", "bucket"
    ): scenarios.bytes_that_vanished_are_told_from_bytes_that_are_forbidden,
    **_all("Pipeline", "table", *_READ_AND_WRITE, scenario=scenarios.a_file_is_promoted),
    **_all("Pipeline", "arrivals", *_READ_QUEUE, scenario=scenarios.an_arrival_is_worked_off),
    Permission(
        "Pipeline", "sqs:ChangeMessageVisibility", "arrivals"
    ): scenarios.a_failed_arrival_comes_back_soon,
    Permission(
        "Pipeline", "sqs:SendMessage", "arrivals"
    ): scenarios.a_copy_that_ran_out_of_time_is_announced_again,
}
_JANITOR = {
    Permission("Sweeps", "s3:ListBucketVersions", "bucket"): scenarios.a_round_is_made,
    Permission("Sweeps", "s3:ListBucketMultipartUploads", "bucket"): scenarios.a_round_is_made,
    Permission("Sweeps", "dynamodb:Query", "due"): scenarios.a_round_is_made,
    **_all(
        "Sweeps", "table", *_READ_AND_WRITE, "dynamodb:Query", scenario=scenarios.an_abandoned_upload_expires
    ),
    **_all("Sweeps", "staging", *_END_UPLOAD, scenario=scenarios.an_abandoned_upload_expires),
    Permission("Sweeps", "s3:DeleteObjectVersion", "staging"): scenarios.an_old_version_in_staging_is_dropped,
    Permission("Sweeps", "sqs:SendMessage", "arrivals"): scenarios.a_lost_arrival_is_announced,
    Permission("Sweeps", "sqs:SendMessage", "purges"): scenarios.a_purge_is_ordered,
}
_PURGE = {
    Permission("Purge", "s3:ListBucketVersions", "bucket"): scenarios.a_deleted_document_is_purged,
    Permission("Purge", "s3:ListBucketMultipartUploads", "bucket"): scenarios.a_deleted_document_is_purged,
    **_all(
        "Purge",
        "staging",
        *_END_UPLOAD,
        "s3:DeleteObjectVersion",
        scenario=scenarios.a_deleted_document_is_purged,
    ),
    **_all(
        "Purge",
        "documents",
        *_END_UPLOAD,
        "s3:DeleteObjectVersion",
        scenario=scenarios.a_deleted_document_is_purged,
    ),
    **_all("Purge", "table", *_READ_AND_WRITE, scenario=scenarios.a_deleted_document_is_purged),
    **_all("Purge", "purges", *_READ_QUEUE, scenario=scenarios.an_order_to_purge_is_worked_off),
    Permission("Purge", "sqs:ChangeMessageVisibility", "purges"): scenarios.a_failed_purge_comes_back_soon,
}

SCENARIOS: Mapping[Permission, Scenario] = {
    **_UPLOADS,
    **_DOCUMENTS,
    **_OBJECT_CREATED,
    **_JANITOR,
    **_PURGE,
    **_log("Uploads"),
    **_log("Documents"),
    **_log("Pipeline"),
    **_log("Sweeps"),
    **_log("Purge"),
}
