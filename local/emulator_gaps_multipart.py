"""What MiniStack 1.5.33 does differently from AWS when an object is made of parts; more in `local.emulator_gaps`.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
"""

import base64
from contextvars import ContextVar
from typing import Any
from xml.etree.ElementTree import ParseError, fromstring

from ministack.services import s3

from local.crc64nvme import crc64nvme, joined
from local.emulator_gaps import Headers, Response, with_elements

_CRC = "CRC64NVME"
_sizes: ContextVar[list[int]] = ContextVar("sizes")
"""Bytes of each part of the upload that is being completed, in their order."""
_NO_UPLOAD: dict[str, Any] = {"parts": {}, "checksum_algorithm": None}

_ms_create = s3._create_multipart_upload
_ms_copy_part = s3._upload_part_copy
_ms_complete = s3._complete_multipart_upload
_ms_composite = s3._composite_checksum

Query = dict[str, Any]


def close() -> None:
    """Replace the functions, once, before the first request."""
    s3._crc64nvme = crc64nvme  # MiniStack's is right, but takes six seconds for one part, and all else waits
    s3._create_multipart_upload = _create
    s3._upload_part_copy = _copy_part
    s3._complete_multipart_upload = _complete
    s3._composite_checksum = _checksum_of_parts


def _create(bucket_name: str, key: str, headers: Headers) -> Response:
    """A CRC-64/NVME is never composite: AWS says so at once."""
    status, answered, body = _ms_create(bucket_name, key, headers)
    if answered.get("x-amz-checksum-algorithm") == _CRC:
        answered["x-amz-checksum-type"] = "FULL_OBJECT"
    return status, answered, body


def _copy_part(bucket_name: str, key: str, query: Query, headers: Headers) -> Response:
    """AWS computes the checksum of a copied part as it does that of a sent one; MiniStack then has none to complete with.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html
    """
    status, answered, body = _ms_copy_part(bucket_name, key, query, headers)
    upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
    if status != 200 or not upload["checksum_algorithm"]:
        return status, answered, body
    algorithm, part = upload["checksum_algorithm"], upload["parts"][int(s3._qp(query, "partNumber"))]
    value = s3._compute_s3_checksum(algorithm, part["body"])
    part["checksums"] = {algorithm: value}
    return status, answered, with_elements(body, "CopyPartResult", {f"Checksum{algorithm}": value})


def _complete(
    bucket_name: str, key: str, body: bytes, query: Query, headers: Headers | None = None
) -> Response:
    """AWS wants each part's checksum again where the object gets a checksum of checksums.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
    """
    upload_id, named = s3._qp(query, "uploadId"), _named(body)
    upload = s3._multipart_uploads.get(upload_id, _NO_UPLOAD)
    algorithm, parts = upload["checksum_algorithm"], upload["parts"]
    if algorithm not in (None, _CRC) and not all(algorithm in checksums for checksums in named.values()):
        message = f"The complete request must include the {algorithm} checksum of each part."
        return s3._error("InvalidRequest", message, 400)  # type: ignore[no-any-return]
    _sizes.set([parts[number]["size"] for number in sorted(named) if number in parts])
    status, answered, told = _ms_complete(bucket_name, key, body, query, headers)
    if status == 200 and algorithm == _CRC:
        s3._buckets[bucket_name]["objects"][key]["checksum_type"] = "FULL_OBJECT"
        told = told.replace(b">COMPOSITE<", b">FULL_OBJECT<")
        s3._completed_multipart_uploads[upload_id]["response"] = status, answered, told
    return status, answered, told


def _named(body: bytes) -> dict[int, set[str]]:
    """Part number -> the algorithms of which the request names a checksum."""
    try:
        parts = fromstring(body).findall("{*}Part")  # noqa: S314 - an SDK on this machine wrote it
    except ParseError:
        return {}
    return {
        int(part.findtext("{*}PartNumber", "0")): {
            child.tag.rpartition("}Checksum")[2] for child in part if "}Checksum" in child.tag
        }
        for part in parts
    }


def _checksum_of_parts(algorithm: str | None, checksums: list[str | None]) -> str | None:
    """AWS joins CRCs of the parts to the CRC of the whole object; MiniStack makes a checksum of checksums of all."""
    if algorithm != _CRC:
        return _ms_composite(algorithm, checksums)  # type: ignore[no-any-return]
    whole = 0
    for value, size in zip(checksums, _sizes.get(), strict=True):
        whole = joined(whole, int.from_bytes(base64.b64decode(value or "")), size)
    return base64.b64encode(whole.to_bytes(8)).decode()
