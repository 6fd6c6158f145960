"""Multipart uploads: CRC-64/NVME of the full object, checksums of copied parts, and checksums in the complete request.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

import base64
from contextvars import ContextVar
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring

from awscrt.checksums import combine_crc64nvme, crc64nvme
from ministack.services import s3

from ministack_gaps.responses import Headers, Query, Response, append_elements

_CRC = "CRC64NVME"
_part_sizes: ContextVar[list[int]] = ContextVar("part_sizes")
"""Sizes in bytes of the parts of the upload that is being completed, in order of their numbers."""
_NO_UPLOAD: dict[str, Any] = {"parts": {}, "checksum_algorithm": None}

_upstream_create = s3._create_multipart_upload
_upstream_copy_part = s3._upload_part_copy
_upstream_complete = s3._complete_multipart_upload
_upstream_composite = s3._composite_checksum


def install() -> None:
    """Replaces MiniStack's multipart operations, and its CRC-64/NVME, whose loop over bytes takes seconds for one part."""
    s3._crc64nvme = crc64nvme
    s3._create_multipart_upload = _create
    s3._upload_part_copy = _copy_part
    s3._complete_multipart_upload = _complete
    s3._composite_checksum = _checksum_of_parts


def _create(bucket_name: str, key: str, headers: Headers) -> Response:
    """Returns the checksum type FULL_OBJECT for CRC-64/NVME, which has no other."""
    status, response_headers, body = _upstream_create(bucket_name, key, headers)
    if response_headers.get("x-amz-checksum-algorithm") == _CRC:
        response_headers["x-amz-checksum-type"] = "FULL_OBJECT"
    return status, response_headers, body


def _copy_part(bucket_name: str, key: str, query: Query, headers: Headers) -> Response:
    """Computes the checksum of a copied part; without it MiniStack cannot complete the upload.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
    """
    status, response_headers, body = _upstream_copy_part(bucket_name, key, query, headers)
    upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
    if status != 200 or not upload["checksum_algorithm"]:
        return status, response_headers, body
    algorithm, part = upload["checksum_algorithm"], upload["parts"][int(s3._qp(query, "partNumber"))]
    value = s3._compute_s3_checksum(algorithm, part["body"])
    part["checksums"] = {algorithm: value}
    body = append_elements(body, "CopyPartResult", {f"Checksum{algorithm}": value})
    return status, response_headers, body


def _complete(
    bucket_name: str, key: str, body: bytes, query: Query, headers: Headers | None = None
) -> Response:
    """Requires each part's checksum in the request where the object gets a composite checksum.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
    """
    upload_id, requested = s3._qp(query, "uploadId"), _requested_parts(body)
    upload = s3._multipart_uploads.get(upload_id, _NO_UPLOAD)
    algorithm, parts = upload["checksum_algorithm"], upload["parts"]
    if algorithm not in (None, _CRC) and not all(algorithm in names for names in requested.values()):
        message = f"The complete request must include the {algorithm} checksum of each part."
        return s3._error("InvalidRequest", message, 400)  # type: ignore[no-any-return]
    _part_sizes.set([parts[number]["size"] for number in sorted(requested) if number in parts])
    status, response_headers, result = _upstream_complete(bucket_name, key, body, query, headers)
    if status == 200 and algorithm == _CRC:
        s3._buckets[bucket_name]["objects"][key]["checksum_type"] = "FULL_OBJECT"
        result = result.replace(b">COMPOSITE<", b">FULL_OBJECT<")
        s3._completed_multipart_uploads[upload_id]["response"] = status, response_headers, result
    return status, response_headers, result


def _requested_parts(body: bytes) -> dict[int, set[str]]:
    """Returns part number -> algorithms of which the request gives a checksum."""
    try:
        parts = fromstring(body).findall("{*}Part")  # noqa: S314 - from an SDK on this machine
    except ParseError:
        return {}
    return {
        int(part.findtext("{*}PartNumber", "0")): {
            child.tag.rpartition("}Checksum")[2] for child in part if "}Checksum" in child.tag
        }
        for part in parts
    }


def _checksum_of_parts(algorithm: str | None, checksums: list[str | None]) -> str | None:
    """Combines the CRCs of the parts into that of the object; MiniStack makes a checksum of checksums for every algorithm."""
    if algorithm != _CRC:
        return _upstream_composite(algorithm, checksums)  # type: ignore[no-any-return]
    whole = 0
    for value, size in zip(checksums, _part_sizes.get(), strict=True):
        whole = combine_crc64nvme(whole, int.from_bytes(base64.b64decode(value or "")), size)
    return base64.b64encode(whole.to_bytes(8)).decode()
