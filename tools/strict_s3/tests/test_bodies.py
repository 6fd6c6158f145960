"""Bodies that differ from the length or the digest in their headers."""

import base64
import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from strict_s3 import read_error
from strict_s3.checksums import DIGESTS
from tools.strict_s3.tests.signing import (
    BODY,
    DECLARED,
    KEY,
    SHA256,
    header_signed_put,
    plain_put_url,
    put_url,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.mark.parametrize("sent", [BODY[:-1], BODY + b"!"], ids=["shorter", "longer"])
def test_a_body_of_another_length_than_its_content_length_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, sent: bytes
) -> None:
    headers = DECLARED | {"content-length": str(len(BODY))}
    response = front.put(put_url(s3, bucket), content=sent, headers=headers)
    assert read_error(response) == (400, "IncompleteBody")


def test_a_chunked_body_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    def chunks() -> Iterator[bytes]:
        yield BODY

    url = plain_put_url(s3, bucket)
    assert read_error(front.put(url, content=chunks())) == (411, "MissingContentLength")
    both = front.put(url, content=BODY, headers={"transfer-encoding": "chunked"})
    assert read_error(both) == (411, "MissingContentLength")
    assert front.put(url, content=BODY).status_code == 200


def test_a_put_without_a_length_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    request = front.build_request("PUT", plain_put_url(s3, bucket), content=BODY)
    del request.headers["content-length"]
    assert read_error(front.send(request)) == (411, "MissingContentLength")


@pytest.mark.parametrize("algorithm", sorted(DIGESTS))
def test_a_checksum_is_verified_and_stored(
    front: httpx.Client, s3: "S3Client", bucket: str, algorithm: str
) -> None:
    value = base64.b64encode(DIGESTS[algorithm](BODY)).decode()
    url = plain_put_url(s3, bucket, **{f"Checksum{algorithm.upper()}": value})
    headers = {f"x-amz-checksum-{algorithm}": value}
    assert read_error(front.put(url, content=BODY.upper(), headers=headers)) == (400, "BadDigest")
    assert front.put(url, content=BODY, headers=headers).status_code == 200
    head = s3.head_object(Bucket=bucket, Key=KEY, ChecksumMode="ENABLED")
    assert head["ResponseMetadata"]["HTTPHeaders"][f"x-amz-checksum-{algorithm}"] == value


def test_a_put_of_other_bytes_than_the_signed_sha256_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str
) -> None:
    response = front.put(put_url(s3, bucket), content=BODY.upper(), headers=DECLARED)
    assert read_error(response) == (400, "BadDigest")
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_a_checksum_of_another_size_is_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    url = plain_put_url(s3, bucket, ChecksumSHA256="c2hvcnQ=")
    response = front.put(url, content=BODY, headers={"x-amz-checksum-sha256": "c2hvcnQ="})
    assert read_error(response) == (400, "InvalidRequest")


def test_two_checksums_at_once_are_refused(front: httpx.Client, s3: "S3Client", bucket: str) -> None:
    crc32 = base64.b64encode(DIGESTS["crc32"](BODY)).decode()
    url = plain_put_url(s3, bucket, ChecksumSHA256=SHA256, ChecksumCRC32=crc32)
    headers = {"x-amz-checksum-sha256": SHA256, "x-amz-checksum-crc32": crc32}
    assert read_error(front.put(url, content=BODY, headers=headers)) == (400, "InvalidRequest")


def test_a_checksum_of_an_unsupported_algorithm_is_refused(front: httpx.Client, bucket: str) -> None:
    url, headers = header_signed_put(bucket, BODY, **{"x-amz-checksum-xxhash64": "AAAAAAAAAAA="})
    assert read_error(front.put(url, content=BODY, headers=headers)) == (501, "NotImplemented")


def test_the_algorithm_of_a_copy_is_no_checksum(
    front: httpx.Client, s3: "S3Client", bucket: str, stored: bytes
) -> None:
    copied = {"x-amz-copy-source": f"{bucket}/{KEY}", "x-amz-checksum-algorithm": "SHA256"}
    params = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/{KEY}", "ChecksumAlgorithm": "SHA256"}
    url = s3.generate_presigned_url("copy_object", Params=params)
    assert front.put(url, headers=copied).status_code == 200
    assert s3.get_object(Bucket=bucket, Key="copy")["Body"].read() == stored


@pytest.mark.parametrize(
    ("md5", "error"),
    [
        (base64.b64encode(hashlib.md5(BODY).digest()).decode(), None),
        (base64.b64encode(hashlib.md5(b"").digest()).decode(), (400, "BadDigest")),
        ("bm90IGFuIG1kNQ==", (400, "InvalidDigest")),
        ("not base64", (400, "InvalidDigest")),
    ],
    ids=["right", "wrong", "short", "not-base64"],
)
def test_content_md5_is_verified(
    front: httpx.Client, s3: "S3Client", bucket: str, md5: str, error: tuple[int, str] | None
) -> None:
    response = front.put(plain_put_url(s3, bucket), content=BODY, headers={"content-md5": md5})
    assert response.status_code == 200 if error is None else read_error(response) == error
