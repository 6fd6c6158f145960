"""Quotas of CloudFront, in bytes.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html
"""

from collections.abc import Iterable

from edge_proxy.errors import error_page

MAX_URL = 8_192
MAX_REQUEST = 20_480
"""Request line and headers."""
MAX_CACHEABLE_RESPONSE = 50 * 1000**3
"""Largest body of a response to GET where caching is on. The documentation says 50 GB; this is its smaller reading."""


def check_request_size(url: str, headers: Iterable[tuple[str, str]]) -> None:
    """Raises EdgeError 413 for a longer URL or request.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html#RequestS3MaxRequestStringLength
    """
    total = len(url) + sum(len(name) + len(value) + 4 for name, value in headers)
    if len(url) > MAX_URL or total > MAX_REQUEST:
        raise error_page(413, "The request or its URL is too long.")


def check_response_size(content_length: int | None, *, is_cached: bool) -> None:
    """Raises EdgeError 502 for a body that is too large to be cached.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RangeGETs.html#cache-large-objects-with-range-requests
    """
    if is_cached and content_length is not None and content_length > MAX_CACHEABLE_RESPONSE:
        raise error_page(502, "The response of the origin is too large; request ranges of it.")
