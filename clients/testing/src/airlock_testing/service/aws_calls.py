"""The calls that the functions make with boto3 to SQS, EventBridge and GuardDuty, which moto does not answer here, and faults of S3."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.hooks import BaseEventHooks
from botocore.model import OperationModel

from airlock_testing.service.faults import Fault, Faults

Answer = tuple[AWSResponse, dict[str, Any]]
Respond = Callable[[str, Mapping[str, Any]], dict[str, Any]]


def answer_calls(events: BaseEventHooks, service: str, respond: Respond) -> None:
    """Answers every call to a service with JSON bodies. `events` are those of a session, before it makes clients.

    `respond` gets the operation and the request, and returns the response.
    """

    def answer(model: OperationModel, params: dict[str, Any], **_: Any) -> Any:
        return _to_answer(params, 200, respond(model.name, json.loads(params["body"])))

    events.register(f"before-call.{service}", answer)


def fail_storage_calls(events: BaseEventHooks, faults: Faults) -> None:
    """Answers calls to S3 with 503 while there is that fault. One call is an operation with all its retries."""

    def answer(params: dict[str, Any], **_: Any) -> Any:
        if not faults.take(Fault.STORAGE_SERVICE):
            return None
        error = {"Code": "SlowDown", "Message": "Please reduce your request rate."}
        return _to_answer(params, 503, {"Error": error})

    events.register_first("before-call.s3", answer)


def watch_completed_uploads(events: BaseEventHooks, report: Callable[[str], None]) -> None:
    """Calls `report` with the key of each completed multipart upload."""

    def receive(http_response: AWSResponse, parsed: dict[str, Any], **_: Any) -> None:
        if http_response.status_code == 200 and "Key" in parsed:
            report(parsed["Key"])

    events.register("after-call.s3.CompleteMultipartUpload", receive)


def _to_answer(params: dict[str, Any], status: int, parsed: dict[str, Any]) -> Answer:
    metadata = {"HTTPStatusCode": status, "HTTPHeaders": {}, "RetryAttempts": 0}
    return AWSResponse(params["url"], status, HTTPHeaders(), None), {**parsed, "ResponseMetadata": metadata}
