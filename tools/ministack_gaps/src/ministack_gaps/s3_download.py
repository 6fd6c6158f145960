"""GetObject with versionId: Range and the response-* parameters.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from ministack.services import s3

from ministack_gaps.responses import Headers, Query, Response

_upstream_get_object = s3._get_object


def install() -> None:
    """Replaces MiniStack's GetObject."""
    s3._get_object = _get_object


def _get_object(bucket_name: str, key: str, headers: Headers, query: Query | None = None) -> Response:
    """Applies Range and response-* to a version too; MiniStack ignores both when versionId is given."""
    query = query or {}
    status, response_headers, body = _upstream_get_object(bucket_name, key, headers, query)
    if status != 200 or "versionId" not in query:
        return status, response_headers, body
    if "range" in headers:
        status, response_headers, body = _slice(bucket_name, key, headers["range"], response_headers, body)
    if status != 416:
        s3._apply_response_overrides(response_headers, query)
    return status, response_headers, body


def _slice(bucket_name: str, key: str, byte_range: str, headers: Headers, body: bytes) -> Response:
    span = s3._parse_range(byte_range, len(body))
    if span is None:
        unsatisfiable = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
        return 416, unsatisfiable, s3._xml_body(s3._range_error_xml(bucket_name, key))
    first, last = span
    # The checksum covers the whole object: an SDK that compared it with a part of the bytes would fail.
    kept = {name: value for name, value in headers.items() if not name.startswith("x-amz-checksum-")}
    sizes = {"Content-Length": str(last - first + 1), "Content-Range": f"bytes {first}-{last}/{len(body)}"}
    return 206, kept | sizes, body[first : last + 1]
