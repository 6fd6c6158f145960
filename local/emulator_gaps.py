"""What MiniStack 1.5.33 does differently from AWS on our paths, put right in its own process.

Each gap is one function that replaces one of MiniStack's, and tests/local/test_emulator_gaps.py runs each case
against both: the test fails when our fix breaks, and also when MiniStack has come to do the right thing itself.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import apigateway, lambda_svc, s3

_SIGV4 = "AWS4-HMAC-SHA256"

Response = tuple[int, dict[str, str], bytes]
Headers = dict[str, str]
"""Names are lower case."""

_ms_s3_context = iam_actions.s3_service_context
_ms_enforce = iam_evaluator.enforce
_ms_copy_object = s3._copy_object
_ms_get_object = s3._get_object
_ms_verify_presigned = s3._verify_presigned_sigv4
_ms_cors_headers = apigateway._cors_response_headers
_ms_cors_preflight = apigateway._cors_preflight_response
_ms_proxy_response = lambda_svc.lambda_execute_result_to_api_proxy_response


def close() -> None:
    """Replace the functions, once, before the first request."""
    iam_actions.s3_service_context = _s3_context
    iam_evaluator.enforce = _enforce
    s3._copy_object = _copy_object
    s3._get_object = _get_object
    s3._verify_presigned_sigv4 = _verify_presigned
    apigateway._cors_response_headers = _cors_headers
    apigateway._cors_preflight_response = _cors_preflight
    lambda_svc.lambda_execute_result_to_api_proxy_response = _proxy_response


def _copy_object(bucket_name: str, key: str, headers: Headers) -> Response:
    """AWS honours If-None-Match on the destination: 412 when the key exists.

    AWS also computes the full-object checksum named by x-amz-checksum-algorithm and answers it. MiniStack reads
    only x-amz-sdk-checksum-algorithm, which no SDK sends for a copy, and never answers the value.
    https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
    """
    bucket = s3._ensure_bucket(bucket_name)
    existing = bucket["objects"].get(key) if bucket else None
    if refusal := s3._check_put_preconditions(headers, existing):
        return refusal  # type: ignore[no-any-return]
    algorithm = headers.get("x-amz-checksum-algorithm", "")
    if not algorithm:
        return _ms_copy_object(bucket_name, key, headers)  # type: ignore[no-any-return]
    status, answered, body = _ms_copy_object(
        bucket_name, key, headers | {"x-amz-sdk-checksum-algorithm": algorithm}
    )
    if status == 200:
        value = bucket["objects"][key]["checksums"][algorithm]
        told = {f"Checksum{algorithm}": value, "ChecksumType": "FULL_OBJECT"}
        body = with_elements(body, "CopyObjectResult", told)
    return status, answered, body


def with_elements(body: bytes, root: str, elements: Mapping[str, str]) -> bytes:
    """An XML answer with more in its `root`."""
    end = f"</{root}>"
    added = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
    return body.replace(end.encode(), (added + end).encode())


def _get_object(
    bucket_name: str, key: str, headers: Headers, query: dict[str, Any] | None = None
) -> Response:
    """AWS honours Range and the response-... parameters also when versionId is given; MiniStack then forgets both.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    """
    query = query or {}
    status, answered, body = _ms_get_object(bucket_name, key, headers, query)
    if status != 200 or "versionId" not in query:
        return status, answered, body
    if "range" in headers:
        status, answered, body = _ranged(bucket_name, key, headers["range"], answered, body)
    if status != 416:
        s3._apply_response_overrides(answered, query)
    return status, answered, body


def _ranged(bucket_name: str, key: str, wanted: str, headers: Headers, body: bytes) -> Response:
    span = s3._parse_range(wanted, len(body))
    if span is None:
        refused = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
        return 416, refused, s3._xml_body(s3._range_error_xml(bucket_name, key))
    first, last = span
    # The checksum is of the whole object: an SDK that compared it with a part of the bytes would fail.
    kept = {name: value for name, value in headers.items() if not name.startswith("x-amz-checksum-")}
    sizes = {"Content-Length": str(last - first + 1), "Content-Range": f"bytes {first}-{last}/{len(body)}"}
    return 206, kept | sizes, body[first : last + 1]


def _verify_presigned(method: str, path: str, headers: Headers, query: dict[str, Any]) -> Response | None:
    """AWS refuses an x-amz-... header that the URL's signature does not cover, such as tags or an ACL of one's own.

    https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
    """
    if refusal := _ms_verify_presigned(method, path, headers, query):
        return refusal  # type: ignore[no-any-return]
    signed = s3._qp(query, "X-Amz-SignedHeaders").split(";")
    if signed == [""] or all(name in signed for name in headers if name.startswith("x-amz-")):
        return None
    message = "There were headers present in the request which were not signed"
    return s3._error("AccessDenied", message, 403, path)  # type: ignore[no-any-return]


def _cors_headers(configuration: dict[str, Any], origin: str) -> Headers:
    """A template's AWS::ApiGatewayV2::Api writes AllowOrigins; MiniStack keeps it so and reads allowOrigins."""
    return _ms_cors_headers(_camel_case(configuration), origin)  # type: ignore[no-any-return]


def _cors_preflight(configuration: dict[str, Any], origin: str) -> Response:
    return _ms_cors_preflight(_camel_case(configuration), origin)  # type: ignore[no-any-return]


def _camel_case(configuration: dict[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: value for name, value in configuration.items()}


def _proxy_response(result: dict[str, Any]) -> tuple[dict[str, Any], None]:
    """AWS takes `"body": null` for an empty body, as a redirect has one; MiniStack answers 500."""
    response, _ = _ms_proxy_response(result)
    body = response.get("body")
    return response | {"body": "" if body is None else body}, None


def _s3_context(
    action: str, query: dict[str, Any] | None, path: str = "", headers: Headers | None = None
) -> dict[str, Any]:
    """AWS lets a policy ask how a request was signed and what a write creates. MiniStack has none of these keys, so
    every statement that names one is without effect there: a Deny that hits our own requests would go unnoticed.

    https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
    """
    query, headers = query or {}, headers or {}
    context: dict[str, Any] = _ms_s3_context(action, query, path, headers)
    creation = _creation_context(query, headers) if action == "s3:PutObject" else {}
    return context | _signature_context(query, headers) | creation


def _signature_context(query: dict[str, Any], headers: Headers) -> dict[str, Any]:
    authorization = headers.get("authorization", "")
    if "X-Amz-Signature" in query:
        return _sigv4_context("REST-QUERY-STRING", s3._qp(query, "X-Amz-Date"))
    if authorization.startswith(_SIGV4):
        return _sigv4_context("REST-HEADER", headers.get("x-amz-date", ""))
    return {}


def _enforce(*request: Any, service_context: dict[str, Any] | None = None, **more: Any) -> Any:
    """A form's fields carry its signature, and MiniStack makes a condition key of each; of no other request."""
    context = {key.lower(): value for key, value in (service_context or {}).items()}
    if "s3:x-amz-signature" in context:
        signed = _sigv4_context("POST", context.get("s3:x-amz-date", ""))
        service_context = context | signed | {"s3:ObjectCreationOperation": "true"}
    return _ms_enforce(*request, service_context=service_context, **more)


def _sigv4_context(auth_type: str, date: str) -> dict[str, Any]:
    signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    age = int((datetime.now(UTC) - signed_at).total_seconds() * 1000)
    return {"s3:authType": auth_type, "s3:signatureversion": _SIGV4, "s3:signatureAge": age}


def _creation_context(query: dict[str, Any], headers: Headers) -> dict[str, Any]:
    """Neither starting a multipart upload nor a part of it creates an object."""
    creates = "uploads" not in query and "partNumber" not in query
    conditions = {"s3:if-none-match": headers["if-none-match"]} if "if-none-match" in headers else {}
    return {"s3:ObjectCreationOperation": str(creates).lower(), **conditions}
