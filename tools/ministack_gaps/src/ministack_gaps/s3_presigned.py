"""Presigned URLs: an Authorization header beside the signature, and x-amz-* headers that the signature does not cover.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
"""

from ministack.services import s3

from ministack_gaps.responses import Headers, Query, Response

_ONE_MECHANISM = (
    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the"
    " Authorization header should be specified"
)
_upstream_verify = s3._verify_presigned_sigv4


def install() -> None:
    """Replaces MiniStack's check of a presigned request."""
    s3._verify_presigned_sigv4 = _verify


def _verify(method: str, path: str, headers: Headers, query: Query) -> Response | None:
    """Returns the error response, or None when the request is valid.

    400 for an Authorization header of any scheme, and 403 for an unsigned x-amz-* header, such as tags.
    """
    if s3._qp(query, "X-Amz-Algorithm") and "authorization" in headers:
        return s3._error("InvalidArgument", _ONE_MECHANISM, 400, path, {"ArgumentName": "Authorization"})  # type: ignore[no-any-return]
    if error := _upstream_verify(method, path, headers, query):
        return error  # type: ignore[no-any-return]
    signed = s3._qp(query, "X-Amz-SignedHeaders").split(";")
    if signed == [""] or all(name in signed for name in headers if name.startswith("x-amz-")):
        return None
    message = "There were headers present in the request which were not signed"
    return s3._error("AccessDenied", message, 403, path)  # type: ignore[no-any-return]
