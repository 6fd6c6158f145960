"""The preconditions of a copy, which moto ignores: CopySourceIfMatch, and IfNoneMatch on the destination.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
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


def enforce_copy_conditions(events: BaseEventHooks, s3: "S3Client | None" = None) -> Callable[[], None]:
    """Makes CopyObject and UploadPartCopy raise ClientError 412 PreconditionFailed where S3 does.

    `events` are those of a client (`client.meta.events`), or of a session and then of every client that it creates later.
    `mock_aws` must be active. The handlers run last, so that a test's own handlers see each call first. They send HeadObject
    through `s3`, by default a client of their own, which a test's handlers do not see. Returns a function that removes the
    handlers.
    """
    conditions = _CopyConditions(s3 or _create_client())
    handlers: dict[str, Callable[..., None]] = {}
    for operation in ("CopyObject", "UploadPartCopy"):
        handlers[f"before-parameter-build.s3.{operation}"] = conditions.record_destination
        handlers[f"before-call.s3.{operation}"] = conditions.check
    for event, handler in handlers.items():
        events.register_last(event, handler)

    def remove() -> None:
        for event, handler in handlers.items():
            events.unregister(event, handler)

    return remove


def _create_client() -> "S3Client":
    return _session().client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106
    )


@cache
def _session() -> boto3.Session:
    """Returns the same session always: it caches the service's data files, and reading them takes most of a client's creation."""
    return boto3.Session()


class _CopyConditions:
    def __init__(self, s3: "S3Client") -> None:
        self._s3 = s3

    def record_destination(self, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        """Keeps bucket and key, which are parameters here only: before the call the bucket may be in the host or in the path."""
        context["copy_destination"] = {"Bucket": params["Bucket"], "Key": params["Key"]}

    def check(self, model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        """Raises ClientError when a precondition fails."""
        headers = params["headers"]
        expected = headers.get("x-amz-copy-source-if-match")
        source = self._find_etag(_parse_source(headers["x-amz-copy-source"])) if expected else None
        if expected and source and expected.strip('"') != source.strip('"'):
            raise _precondition_failed("x-amz-copy-source-If-Match", model.name)
        if headers.get("If-None-Match") == "*" and self._find_etag(context["copy_destination"]):
            raise _precondition_failed("If-None-Match", model.name)

    def _find_etag(self, target: dict[str, Any]) -> str | None:
        """Returns None for a missing object or a current delete marker (404), and for a delete marker's version (405)."""
        try:
            return self._s3.head_object(**target)["ETag"]
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
