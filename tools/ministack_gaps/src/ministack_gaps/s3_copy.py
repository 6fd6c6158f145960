"""CopyObject: If-None-Match on the destination, the requested checksum, and what REPLACE does not carry over.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
"""

from ministack.services import s3

from ministack_gaps.responses import Headers, Response, append_elements

_upstream_copy_object = s3._copy_object


def install() -> None:
    """Replaces MiniStack's CopyObject."""
    s3._copy_object = _copy_object


def _copy_object(bucket_name: str, key: str, headers: Headers) -> Response:
    """Returns 412 when If-None-Match is `*` and the key exists; otherwise copies and returns the full-object checksum.

    MiniStack computes a checksum only for x-amz-sdk-checksum-algorithm, which no SDK sends with a copy. With the directive
    REPLACE, it keeps the source's Content-Encoding and Content-Type unless the request has its own.
    """
    bucket = s3._ensure_bucket(bucket_name)
    existing = bucket["objects"].get(key) if bucket else None
    if precondition_failed := s3._check_put_preconditions(headers, existing):
        return precondition_failed  # type: ignore[no-any-return]
    algorithm = headers.get("x-amz-checksum-algorithm", "")
    sent = headers | ({"x-amz-sdk-checksum-algorithm": algorithm} if algorithm else {})
    if headers.get("x-amz-metadata-directive", "").upper() == "REPLACE":
        sent = _without_source_metadata(sent)
    status, response_headers, body = _upstream_copy_object(bucket_name, key, sent)
    if status == 200 and algorithm:
        value = bucket["objects"][key]["checksums"][algorithm]
        checksum = {f"Checksum{algorithm}": value, "ChecksumType": "FULL_OBJECT"}
        body = append_elements(body, "CopyObjectResult", checksum)
    return status, response_headers, body


def _without_source_metadata(headers: Headers) -> Headers:
    """Returns the headers with values for what MiniStack would otherwise take from the source."""
    defaults = {"content-encoding": "", "content-type": "binary/octet-stream"}
    return defaults | headers
