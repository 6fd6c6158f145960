"""Whether the body is the one that the headers announce: its length, Content-MD5 and x-amz-checksum-*.

Codes are those of the S3 API Reference, "Error responses"; algorithms those of the user guide, "Checking
object integrity". CRC-32C and CRC-64/NVME are not in the standard library, so they are computed here.
"""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable, Mapping

from tests.strict_s3.errors import S3Error
from tests.strict_s3.request import S3Request

_PREFIX = "x-amz-checksum-"
_NOT_A_DIGEST = {"algorithm"}  # of CopyObject


def _reflected_crc(polynomial: int, width: int) -> Callable[[bytes], bytes]:
    """A CRC whose polynomial is given bit-reversed, with all ones before and after; `width` in bits."""
    ones = (1 << width) - 1
    table = list(range(256))
    for _ in range(8):
        table = [(value >> 1) ^ (polynomial if value & 1 else 0) for value in table]

    def checksum(data: bytes) -> bytes:
        value = ones
        for byte in data:
            value = table[(value ^ byte) & 0xFF] ^ (value >> 8)
        return (value ^ ones).to_bytes(width // 8, "big")

    return checksum


DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "crc32": lambda data: zlib.crc32(data).to_bytes(4, "big"),
    "crc32c": _reflected_crc(0x82F63B78, 32),
    "crc64nvme": _reflected_crc(0x9A6C9329AC4BC9B5, 64),
    "sha1": lambda data: hashlib.sha1(data).digest(),
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
}


def check_length_is_known(request: S3Request) -> None:
    """411 for a PUT or POST without Content-Length; chunked encoding is no way around it."""
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
    # On a POST (complete) x-amz-checksum-* is about the whole object, not about this body.
    if request.method == "PUT":
        check_checksum(headers, request.body)


def check_checksum(given: Mapping[str, str], data: bytes) -> None:
    """Compares `data` with the one x-amz-checksum-* among `given` (headers or form fields), if any."""
    algorithm = checksum_algorithm(given)
    if algorithm is None:
        return
    if algorithm not in DIGESTS:
        raise S3Error(501, "NotImplemented", f"The strict front cannot compute {algorithm}.")
    expected = DIGESTS[algorithm](data)
    value = _decoded(given[_PREFIX + algorithm])
    if len(value) != len(expected):
        raise S3Error(400, "InvalidRequest", f"Value for {_PREFIX}{algorithm} header is invalid.")
    if value != expected:
        message = f"The {algorithm.upper()} you specified did not match the calculated checksum."
        raise S3Error(400, "BadDigest", message)


def checksum_algorithm(given: Mapping[str, str]) -> str | None:
    """The algorithm of the one x-amz-checksum-* among `given`, in lower case."""
    algorithms = {name.removeprefix(_PREFIX) for name in given if name.startswith(_PREFIX)} - _NOT_A_DIGEST
    if len(algorithms) > 1:
        message = "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed."
        raise S3Error(400, "InvalidRequest", message)
    return next(iter(algorithms), None)


def _check_content_sha256(given: str, body: bytes) -> None:
    if given == "UNSIGNED-PAYLOAD":
        return
    if given.startswith("STREAMING-"):
        raise S3Error(501, "NotImplemented", "The strict front does not read aws-chunked bodies.")
    if given != hashlib.sha256(body).hexdigest():
        message = "The provided 'x-amz-content-sha256' header does not match what was computed."
        raise S3Error(400, "XAmzContentSHA256Mismatch", message)


def _check_md5(given: str, body: bytes) -> None:
    value = _decoded(given)
    if len(value) != 16:
        raise S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
    if value != hashlib.md5(body).digest():
        message = "The Content-MD5 you specified did not match what we received."
        raise S3Error(400, "BadDigest", message)


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
