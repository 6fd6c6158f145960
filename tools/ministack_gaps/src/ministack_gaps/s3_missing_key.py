"""GetObject and HeadObject of a missing key: 403 for a role without s3:ListBucket.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
"""

from collections.abc import Callable
from typing import Any

from ministack.services import s3

from ministack_gaps.responses import Response
from ministack_gaps.role_policies import is_caller_allowed


def install() -> None:
    """Wraps GetObject and HeadObject."""
    s3._get_object = _hide_missing(s3._get_object)
    s3._head_object = _hide_missing(s3._head_object)


def _hide_missing(read: Callable[..., Response]) -> Callable[..., Response]:
    """Returns `read` with 403 in place of 404, because a caller that may not list must not learn which keys exist."""

    def read_or_deny(bucket: str, *request: Any, **more: Any) -> Response:
        status, headers, body = read(bucket, *request, **more)
        if status == 404 and not is_caller_allowed("s3:ListBucket", f"arn:aws:s3:::{bucket}"):
            return s3._error("AccessDenied", "Access Denied", 403, f"/{bucket}")  # type: ignore[no-any-return]
        return status, headers, body

    return read_or_deny
