"""Compares a body with the length and the digests in its headers: Content-Length, Content-MD5 and x-amz-checksum-*.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
"""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable, Mapping

from awscrt.checksums import crc32c, crc64nvme

from strict_s3.errors import S3Error
from strict_s3.request import S3Request

_PREFIX = "x-amz-checksum-"
_NOT_A_DIGEST = {"algorithm"}
"""Suffixes of `x-amz-checksum-` that are parameters of CopyObject."""

DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "crc32": lambda data: zlib.crc32(data).to_bytes(4),
    "crc32c": lambda data: crc32c(data).to_bytes(4),
    "crc64nvme": lambda data: crc64nvme(data).to_bytes(8),
    "sha1": lambda data: hashlib.sha1(data).digest(),  # noqa: S324 - S3 offers it
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
}
"""Algorithm in lower case -> digest of some bytes."""


def require_content_length(request: S3Request) -> None:
    """Raises S3Error 411 for a PUT or POST without Content-Length, also with chunked encoding."""
    if request.method not in ("PUT", "POST"):
        return
    if "content-length" not in request.headers or "transfer-encoding" in request.headers:
        raise S3Error(411, "MissingContentLength", "You must provide the Content-Length HTTP header.")


def check_body(request: S3Request) -> None:
    """Raises S3Error unless the body has the length and the digests that the headers give."""
    headers = request.headers
    if int(headers.get("content-length", 0)) != len(request.body):
        message = "You did not provide the number of bytes specified by the Content-Length HTTP header."
        raise S3Error(400, "IncompleteBody", message)
    _check_content_sha256(headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), request.body)
    if "content-md5" in headers:
        _check_md5(headers["content-md5"], request.body)
    # In a POST (CompleteMultipartUpload) x-amz-checksum-* is the checksum of the object, not of the body.
    if request.method == "PUT":
        check_checksum(headers, request.body)


def check_checksum(fields: Mapping[str, str], data: bytes) -> None:
    """Compares `data` with the x-amz-checksum-* among headers or form fields, if there is one. Raises S3Error."""
    algorithm = find_checksum_algorithm(fields)
    if algorithm is None:
        return
    if algorithm not in DIGESTS:
        raise S3Error(501, "NotImplemented", f"strict_s3 cannot compute {algorithm}.")
    expected = DIGESTS[algorithm](data)
    value = _decode(fields[_PREFIX + algorithm])
    if len(value) != len(expected):
        raise S3Error(400, "InvalidRequest", f"Value for {_PREFIX}{algorithm} header is invalid.")
    if value != expected:
        message = f"The {algorithm.upper()} you specified did not match the calculated checksum."
        raise S3Error(400, "BadDigest", message)


def find_checksum_algorithm(fields: Mapping[str, str]) -> str | None:
    """Returns the algorithm of x-amz-checksum-*, in lower case. Raises S3Error when there are several."""
    algorithms = {name.removeprefix(_PREFIX) for name in fields if name.startswith(_PREFIX)} - _NOT_A_DIGEST
    if len(algorithms) > 1:
        message = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        raise S3Error(400, "InvalidRequest", message)
    return next(iter(algorithms), None)


def _check_content_sha256(value: str, body: bytes) -> None:
    if value == "UNSIGNED-PAYLOAD":
        return
    if value.startswith("STREAMING-"):
        raise S3Error(501, "NotImplemented", "strict_s3 does not read aws-chunked bodies.")
    if value != hashlib.sha256(body).hexdigest():
        message = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise S3Error(400, "XAmzContentSHA256Mismatch", message)


def _check_md5(encoded: str, body: bytes) -> None:
    value = _decode(encoded)
    if len(value) != 16:
        raise S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
    if value != hashlib.md5(body).digest():  # noqa: S324 - as the header's name says
        message = "The Content-MD5 you specified did not match what we received."
        raise S3Error(400, "BadDigest", message)


def _decode(text: str) -> bytes:
    """Decodes base64; returns no bytes when the text is not base64."""
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
