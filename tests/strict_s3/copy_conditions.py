"""The preconditions of a copy, which moto ignores: CopySourceIfMatch, and IfNoneMatch on the destination.

S3 API Reference, CopyObject and UploadPartCopy. Event handlers are botocore's public way to stand before a call.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

import boto3
from botocore.exceptions import ClientError
from botocore.hooks import BaseEventHooks
from botocore.model import OperationModel

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def enforce_copy_conditions(events: BaseEventHooks) -> Callable[[], None]:
    """Makes CopyObject and UploadPartCopy raise ClientError 412 PreconditionFailed where S3's do.

    `events` are those of a client (`client.meta.events`), or of a session and so of every client that it makes from
    then on. `mock_aws` has to be active. The handlers run last, so that a test's own handlers see each call first. What
    they need to know they ask through another client, so that a test's handlers see no call but its own.
    The answer undoes it.
    """
    conditions = _CopyConditions(_asking_client())
    handlers: dict[str, Callable[..., None]] = {}
    for operation in ("CopyObject", "UploadPartCopy"):
        handlers[f"before-parameter-build.s3.{operation}"] = conditions.remember
        handlers[f"before-call.s3.{operation}"] = conditions.check
    for event, handler in handlers.items():
        events.register_last(event, handler)

    def undo() -> None:
        for event, handler in handlers.items():
            events.unregister(event, handler)

    return undo


def _asking_client() -> "S3Client":
    return _session().client(
        "s3", region_name="us-east-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )


@cache
def _session() -> boto3.Session:
    """One for all: a session keeps the service's data files, and reading them takes most of a client's making."""
    return boto3.Session()


class _CopyConditions:
    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    def remember(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        """Before the call the bucket may be in the host or in the path; here both are still parameters."""
        context["copy_destination"] = {"Bucket": params["Bucket"], "Key": params["Key"]}

    def check(self, model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        headers = params["headers"]
        wanted = headers.get("x-amz-copy-source-if-match")
        source = self._etag(_parse_source(headers["x-amz-copy-source"])) if wanted else None
        if wanted and source and wanted.strip('"') != source.strip('"'):
            raise _precondition_failed("x-amz-copy-source-If-Match", model.name)
        if headers.get("If-None-Match") == "*" and self._etag(context["copy_destination"]):
            raise _precondition_failed("If-None-Match", model.name)

    def _etag(self, which: dict[str, Any]) -> str | None:
        """None for no object (404), also under a delete marker, and for a delete marker named by version (405)."""
        try:
            return self._s3.head_object(**which)["ETag"]
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (404, 405):
                return None
            raise


def _parse_source(copy_source: str) -> dict[str, Any]:
    path, _, query = copy_source.partition("?")
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    version = parse_qs(query).get("versionId")
    return {"Bucket": bucket, "Key": key} | ({"VersionId": version[0]} if version else {})


def _precondition_failed(condition: str, operation: str) -> ClientError:
    message = f"At least one of the pre-conditions you specified did not hold ({condition})"
    return ClientError(
        {
            "Error": {"Code": "PreconditionFailed", "Message": message},
            "ResponseMetadata": {
                "HTTPStatusCode": 412,
                "HTTPHeaders": {},
                "HostId": "",
                "RequestId": "",
                "RetryAttempts": 0,
            },
        },
        operation,
    )
