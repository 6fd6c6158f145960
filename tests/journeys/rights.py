"""Every right of every role, and the duty that cannot be done without it."""

from collections.abc import Mapping

from tests.journeys import duties
from tests.journeys.duties import Duty
from tests.journeys.roles import Right

_LOG = ("logs:CreateLogStream", "logs:PutLogEvents")
_READ_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
_READ_AND_WRITE = ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem")
_END_UPLOAD = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")


def _all(function: str, where: str, *actions: str, duty: Duty) -> dict[Right, Duty]:
    return {Right(function, action, where): duty for action in actions}


def _log(function: str) -> dict[Right, Duty]:
    return _all(function, "log", *_LOG, duty=duties.an_invocation_is_logged(function))


_UPLOADS = {
    Right("Uploads", "s3:PutObject", "staging"): duties.a_file_is_taken,
    Right("Uploads", "s3:ListMultipartUploadParts", "staging"): duties.parts_are_listed,
    Right("Uploads", "s3:AbortMultipartUpload", "staging"): duties.an_upload_is_aborted,
    Right("Uploads", "dynamodb:GetItem", "table"): duties.parts_are_listed,
    Right("Uploads", "dynamodb:PutItem", "table"): duties.a_file_is_taken,
    Right("Uploads", "dynamodb:UpdateItem", "table"): duties.a_file_is_taken,
}
_DOCUMENTS = {
    Right("Documents", "s3:GetObjectVersion", "documents"): duties.a_document_is_downloaded,
    Right("Documents", "dynamodb:GetItem", "table"): duties.a_document_is_shown,
    Right("Documents", "dynamodb:PutItem", "table"): duties.a_document_is_deleted,
    Right("Documents", "dynamodb:Query", "table"): duties.documents_are_listed,
}
_OBJECT_CREATED = {
    Right("Pipeline", "s3:GetObjectVersion", "staging"): duties.a_file_is_promoted,
    Right("Pipeline", "s3:DeleteObjectVersion", "staging"): duties.a_file_is_promoted,
    Right("Pipeline", "s3:PutObject", "documents"): duties.a_file_is_promoted,
    Right("Pipeline", "s3:GetObjectVersion", "documents"): duties.a_copy_in_parts_goes_on,
    Right("Pipeline", "s3:GetObject", "documents"): duties.a_copy_that_was_there_already_is_recognised,
    Right("Pipeline", "s3:ListMultipartUploadParts", "documents"): duties.a_copy_in_parts_goes_on,
    Right(
        "Pipeline", "s3:ListBucket", "bucket"
    ): duties.bytes_that_vanished_are_told_from_bytes_that_are_forbidden,
    **_all("Pipeline", "table", *_READ_AND_WRITE, duty=duties.a_file_is_promoted),
    **_all("Pipeline", "arrivals", *_READ_QUEUE, duty=duties.an_arrival_is_worked_off),
    Right("Pipeline", "sqs:ChangeMessageVisibility", "arrivals"): duties.a_failed_arrival_comes_back_soon,
    Right("Pipeline", "sqs:SendMessage", "arrivals"): duties.a_copy_that_ran_out_of_time_is_announced_again,
}
_JANITOR = {
    Right("Sweeps", "s3:ListBucketVersions", "bucket"): duties.a_round_is_made,
    Right("Sweeps", "s3:ListBucketMultipartUploads", "bucket"): duties.a_round_is_made,
    Right("Sweeps", "dynamodb:Query", "due"): duties.a_round_is_made,
    **_all("Sweeps", "table", *_READ_AND_WRITE, "dynamodb:Query", duty=duties.an_abandoned_upload_expires),
    **_all("Sweeps", "staging", *_END_UPLOAD, duty=duties.an_abandoned_upload_expires),
    Right("Sweeps", "s3:DeleteObjectVersion", "staging"): duties.an_old_version_in_staging_is_dropped,
    Right("Sweeps", "sqs:SendMessage", "arrivals"): duties.a_lost_arrival_is_announced,
    Right("Sweeps", "sqs:SendMessage", "purges"): duties.a_purge_is_ordered,
}
_PURGE = {
    Right("Purge", "s3:ListBucketVersions", "bucket"): duties.a_deleted_document_is_purged,
    Right("Purge", "s3:ListBucketMultipartUploads", "bucket"): duties.a_deleted_document_is_purged,
    **_all(
        "Purge",
        "staging",
        *_END_UPLOAD,
        "s3:DeleteObjectVersion",
        duty=duties.a_deleted_document_is_purged,
    ),
    **_all(
        "Purge",
        "documents",
        *_END_UPLOAD,
        "s3:DeleteObjectVersion",
        duty=duties.a_deleted_document_is_purged,
    ),
    **_all("Purge", "table", *_READ_AND_WRITE, duty=duties.a_deleted_document_is_purged),
    **_all("Purge", "purges", *_READ_QUEUE, duty=duties.an_order_to_purge_is_worked_off),
    Right("Purge", "sqs:ChangeMessageVisibility", "purges"): duties.a_failed_purge_comes_back_soon,
}

DUTIES: Mapping[Right, Duty] = {
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
