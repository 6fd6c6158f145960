"""CopyObject: If-None-Match on the destination, and the checksum that x-amz-checksum-algorithm asks for.

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

    MiniStack computes a checksum only for x-amz-sdk-checksum-algorithm, which no SDK sends with a copy.
    """
    bucket = s3._ensure_bucket(bucket_name)
    existing = bucket["objects"].get(key) if bucket else None
    if precondition_failed := s3._check_put_preconditions(headers, existing):
        return precondition_failed  # type: ignore[no-any-return]
    algorithm = headers.get("x-amz-checksum-algorithm", "")
    if not algorithm:
        return _upstream_copy_object(bucket_name, key, headers)  # type: ignore[no-any-return]
    with_algorithm = headers | {"x-amz-sdk-checksum-algorithm": algorithm}
    status, response_headers, body = _upstream_copy_object(bucket_name, key, with_algorithm)
    if status == 200:
        value = bucket["objects"][key]["checksums"][algorithm]
        checksum = {f"Checksum{algorithm}": value, "ChecksumType": "FULL_OBJECT"}
        body = append_elements(body, "CopyObjectResult", checksum)
    return status, response_headers, body
