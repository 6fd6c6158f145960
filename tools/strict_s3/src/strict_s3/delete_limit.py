"""The limit of DeleteObjects, which moto ignores: a request names at most 1,000 versions.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from typing import Any

from botocore.exceptions import ClientError
from botocore.hooks import BaseEventHooks

MAX_OBJECTS = 1_000


def enforce_delete_limit(events: BaseEventHooks) -> None:
    """Makes DeleteObjects raise ClientError 400 MalformedXML where S3 does.

    `events` are those of a client (`client.meta.events`), or of a session and then of every client that it creates later.
    """
    events.register_last("before-parameter-build.s3.DeleteObjects", _check)


def _check(params: dict[str, Any], **_: Any) -> None:
    if len(params["Delete"]["Objects"]) > MAX_OBJECTS:
        message = "The XML you provided was not well-formed or did not validate against our published schema"
        response: Any = {
            "Error": {"Code": "MalformedXML", "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": 400},
        }
        raise ClientError(response, "DeleteObjects")
