"""The maximum size of a request's URL and headers: 8,192 bytes.

https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html (RequestHeaderSectionTooLarge)
"""

from collections.abc import Callable
from urllib.parse import quote, urlencode

from ministack.services import s3

from ministack_gaps.responses import Headers, Query, Response

_MAX_BYTES = 8_192
_Check = Callable[[str, str, Headers, Query], Response | None]


def install() -> None:
    """Wraps the check of a presigned request, which MiniStack calls first for every request."""
    upstream: _Check = s3._verify_presigned_sigv4

    def verify(method: str, path: str, headers: Headers, query: Query) -> Response | None:
        if _measure(method, path, headers, query) > _MAX_BYTES:
            message = "Your request header section exceeds the maximum allowed size."
            limit = {"MaxSizeAllowed": str(_MAX_BYTES)}
            return s3._error("RequestHeaderSectionTooLarge", message, 400, path, limit)  # type: ignore[no-any-return]
        return upstream(method, path, headers, query)

    s3._verify_presigned_sigv4 = verify


def _measure(method: str, path: str, headers: Headers, query: Query) -> int:
    """Returns the bytes of the request line and of the header lines. MiniStack has decoded the query."""
    encoded = urlencode(query, doseq=True, quote_via=quote, safe="-_.~")
    request_line = f"{method} {quote(path)}?{encoded} HTTP/1.1\r\n"
    return len(request_line) + sum(len(f"{name}: {value}\r\n".encode()) for name, value in headers.items())
