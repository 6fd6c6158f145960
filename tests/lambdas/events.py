"""Lambda events as AWS documents them: HTTP API payload 2.0, SQS messages, and S3's notifications inside these."""

import json
import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any
from urllib.parse import quote_plus, urlencode

from aws_lambda_powertools.utilities.typing import LambdaContext

_numbers = count(1)


class Context(LambdaContext):
    """The context of an invocation; `remaining` is the time left in milliseconds."""

    def __init__(self, remaining: int = 300_000) -> None:
        self._function_name = "a-function"
        self._function_version = "$LATEST"
        self._memory_limit_in_mb = 512
        self._invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:a-function"
        self._aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"
        # Powertools declares it a static method, which nothing but its module can be.
        self.get_remaining_time_in_millis = lambda: remaining  # type: ignore[method-assign]


EVENTS_QUEUE, PURGES_QUEUE = "object-created", "purges"
COPIES_QUEUE, SLICES_QUEUE = "promote-tasks", "slices"
"""Names of the queues of S3's events, of purge tasks, of large copies and of slices to sweep."""


def http_event(
    route: str,
    path: str,
    *,
    claims: Mapping[str, str] | None,
    headers: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    body: str | None = None,
    base64: bool = False,
) -> dict[str, Any]:
    """Returns an event for a route key such as `GET /documents/{id}`. Without `claims` the route is public.

    API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs", payload format 2.0.
    """
    method = route.split()[0]
    request_id = f"JKJaXmPLvHcESHA{next(_numbers)}="
    context: dict[str, Any] = {
        "accountId": "123456789012",
        "apiId": "api-id",
        "domainName": "api-id.execute-api.eu-west-1.amazonaws.com",
        "domainPrefix": "api-id",
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "192.0.2.1",
            "userAgent": "a browser",
        },
        "requestId": request_id,
        "routeKey": route,
        "stage": "$default",
        "time": "04/May/2026:12:00:00 +0000",
        "timeEpoch": 1_777_896_000_000,
    }
    if claims is not None:
        context["authorizer"] = {"jwt": {"claims": dict(claims), "scopes": None}}
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": urlencode(query or {}),
        "headers": {name.lower(): value for name, value in (headers or {}).items()},
        "requestContext": context,
        "isBase64Encoded": base64,
    }
    # The gateway leaves out keys without a value.
    parameters = _path_parameters(route, path)
    optional = {"queryStringParameters": query, "pathParameters": parameters, "body": body}
    return event | {name: value for name, value in optional.items() if value}


def _path_parameters(route: str, path: str) -> dict[str, str]:
    match = re.fullmatch(route_pattern(route), path)
    return match.groupdict() if match else {}


def route_pattern(route: str) -> str:
    """Returns the regular expression of the paths that the gateway sends to `route`."""
    return re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route.split()[1])


def s3_record(
    bucket: str, key: str, version: str | None, *, name: str = "ObjectCreated:Put", **more: Any
) -> Any:
    """Returns one record of S3's notification with a form-encoded key; `more` is added to the record.

    S3 user guide, "Event message structure".
    """
    entry = {
        "key": quote_plus(key, safe="/"),
        "size": 1024,
        "eTag": "d41d8cd98f00b204e9800998ecf8427e",
        "versionId": version,
        "sequencer": "0055AED6DCD90281E5",
    }
    return {
        "eventVersion": "2.5",
        "eventSource": "aws:s3",
        "awsRegion": "eu-west-1",
        "eventTime": "2026-05-04T12:00:00.000Z",
        "eventName": name,
        "userIdentity": {"principalId": "AWS:AROAEXAMPLE:uploads"},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRj"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "arrivals",
            "bucket": {
                "name": bucket,
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": f"arn:aws:s3:::{bucket}",
            },
            "object": {name: value for name, value in entry.items() if value is not None},
        },
    } | more


def notification(*records: Any) -> str:
    return json.dumps({"Records": records})


def s3_test_event(bucket: str) -> str:
    """Returns the event that S3 sends once when a notification is configured."""
    return json.dumps(
        {
            "Service": "Amazon S3",
            "Event": "s3:TestEvent",
            "Time": "2026-05-04T12:00:00.000Z",
            "Bucket": bucket,
            "RequestId": "5582815E1AEA5ADF",
            "HostId": "8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR",
        }
    )


def sqs_event(messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {"Records": list(messages)}


def sqs_message(
    body: str, receipt_handle: str = "none", received: int = 1, *, queue: str = EVENTS_QUEUE
) -> dict[str, Any]:
    """Returns a message; `received` counts deliveries, this one included. Lambda developer guide, "Using Lambda with Amazon SQS"."""
    return {
        "messageId": f"059f36b4-87a3-44ab-83d2-{next(_numbers):012}",
        "receiptHandle": receipt_handle,
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": str(received),
            "SentTimestamp": "1777896000000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1777896000100",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": f"arn:aws:sqs:eu-west-1:123456789012:{queue}",
        "awsRegion": "eu-west-1",
    }
