"""Condition keys of S3 policies: how a request was signed, and whether a write creates an object.

MiniStack has none of these keys, so a statement that names one has no effect: a Deny that matches our own requests would go
unnoticed.

https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
"""

from datetime import UTC, datetime
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import s3

from ministack_gaps.responses import Headers, Query

_SIGV4 = "AWS4-HMAC-SHA256"

_upstream_context = iam_actions.s3_service_context
_upstream_enforce = iam_evaluator.enforce


def install() -> None:
    """Replaces MiniStack's evaluation context of S3 requests."""
    iam_actions.s3_service_context = _s3_context
    iam_evaluator.enforce = _enforce


def _s3_context(
    action: str, query: Query | None, path: str = "", headers: Headers | None = None
) -> dict[str, Any]:
    """Returns the values of MiniStack's condition keys and of those that it lacks."""
    query, headers = query or {}, headers or {}
    context: dict[str, Any] = _upstream_context(action, query, path, headers)
    creation = _creation_keys(query, headers) if action == "s3:PutObject" else {}
    return context | _signature_keys(query, headers) | creation


def _signature_keys(query: Query, headers: Headers) -> dict[str, Any]:
    authorization = headers.get("authorization", "")
    if "X-Amz-Signature" in query:
        return _sigv4_keys("REST-QUERY-STRING", s3._qp(query, "X-Amz-Date"))
    if authorization.startswith(_SIGV4):
        return _sigv4_keys("REST-HEADER", headers.get("x-amz-date", ""))
    return {}


def _enforce(*request: Any, service_context: dict[str, Any] | None = None, **more: Any) -> Any:
    """Adds the keys of a POST form. Only a form has an `x-amz-signature` key, because MiniStack makes one of each field."""
    context = {key.lower(): value for key, value in (service_context or {}).items()}
    if "s3:x-amz-signature" in context:
        signature = _sigv4_keys("POST", context.get("s3:x-amz-date", ""))
        service_context = context | signature | {"s3:ObjectCreationOperation": "true"}
    return _upstream_enforce(*request, service_context=service_context, **more)


def _sigv4_keys(auth_type: str, date: str) -> dict[str, Any]:
    """`s3:signatureAge` is in milliseconds."""
    signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    age = int((datetime.now(UTC) - signed_at).total_seconds() * 1000)
    return {"s3:authType": auth_type, "s3:signatureversion": _SIGV4, "s3:signatureAge": age}


def _creation_keys(query: Query, headers: Headers) -> dict[str, Any]:
    """CreateMultipartUpload and UploadPart are PutObject to a policy, but create no object."""
    creates = "uploads" not in query and "partNumber" not in query
    conditions = {"s3:if-none-match": headers["if-none-match"]} if "if-none-match" in headers else {}
    return {"s3:ObjectCreationOperation": str(creates).lower(), **conditions}
