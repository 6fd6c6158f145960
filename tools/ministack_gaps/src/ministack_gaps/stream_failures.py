"""The on-failure destination S3 of an event source mapping of a stream: an object with the whole batch.

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
"""

import datetime
import json
import uuid
from collections.abc import Sequence
from typing import Any

from ministack.services import lambda_svc, s3

from ministack_gaps.role_policies import is_function_allowed

_SHARD = "shardId-00000000000000000000-00000000"
_upstream_send = lambda_svc._send_ddb_stream_failure_record


def deliver(
    mapping: dict[str, Any],
    function: dict[str, Any],
    batch: Sequence[dict[str, Any]],
    result: dict[str, Any],
    condition: str,
    invocations: int,
) -> None:
    """Writes the object with the rights of the function's role. Without them the batch is lost, as on AWS."""
    destination = ((mapping.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination", "")
    if ":s3:::" not in destination:
        _upstream_send(mapping, function, batch, mapping["EventSourceArn"], result, condition)
        return
    now = datetime.datetime.now(datetime.UTC)
    key = f"aws/lambda/{mapping['UUID']}/{_SHARD}/{now:%Y/%m/%d/%Y-%m-%dT%H.%M.%S}-{uuid.uuid4()}"
    needed = {"s3:PutObject": f"{destination}/{key}", "s3:ListBucket": destination}
    denied = [action for action, arn in needed.items() if not is_function_allowed(function, action, arn)]
    if denied:
        mapping["LastProcessingResult"] = f"FAILED: the role may not {', '.join(sorted(denied))}"
        return
    body = _describe(mapping, function, batch, result, condition, invocations, now)
    s3._put_object(destination.rpartition(":")[2], key, json.dumps(body).encode(), {})


def _describe(
    mapping: dict[str, Any],
    function: dict[str, Any],
    batch: Sequence[dict[str, Any]],
    result: dict[str, Any],
    condition: str,
    invocations: int,
    now: datetime.datetime,
) -> dict[str, Any]:
    """Returns the invocation record. `payload` is the event of the function as a JSON string."""
    first, last = batch[0]["dynamodb"], batch[-1]["dynamodb"]
    return {
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "functionArn": (function.get("config") or function)["FunctionArn"],
            "condition": condition,
            "approximateInvokeCount": invocations,
        },
        "responseContext": {
            "statusCode": 200,
            "executedVersion": "$LATEST",
            "functionError": result.get("function_error") or "Unhandled",
        },
        "version": "1.0",
        "timestamp": _format(now.timestamp()),
        "DDBStreamBatchInfo": {
            "shardId": _SHARD,
            "startSequenceNumber": first["SequenceNumber"],
            "endSequenceNumber": last["SequenceNumber"],
            "approximateArrivalOfFirstRecord": _format(first["ApproximateCreationDateTime"]),
            "approximateArrivalOfLastRecord": _format(last["ApproximateCreationDateTime"]),
            "batchSize": len(batch),
            "streamArn": mapping["EventSourceArn"],
        },
        "payload": json.dumps({"Records": batch}),
    }


def _format(seconds: float) -> str:
    return datetime.datetime.fromtimestamp(float(seconds), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
