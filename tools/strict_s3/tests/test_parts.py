"""Parts of a multipart upload."""

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from strict_s3 import read_error
from tools.strict_s3.tests.signing import (
    BODY,
    KEY,
    SHA256,
)

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def upload_id(s3: "S3Client", bucket: str) -> str:
    upload = s3.create_multipart_upload(Bucket=bucket, Key=KEY, ChecksumAlgorithm="SHA256")
    return upload["UploadId"]


def part_url(s3: "S3Client", bucket: str, upload_id: str) -> str:
    params = {"Bucket": bucket, "Key": KEY, "UploadId": upload_id, "PartNumber": 1}
    params |= {"ContentLength": len(BODY), "ChecksumSHA256": SHA256}
    return s3.generate_presigned_url("upload_part", Params=params)


def test_a_part_is_stored_and_its_checksum_verified(
    front: httpx.Client, s3: "S3Client", bucket: str, upload_id: str
) -> None:
    url, headers = part_url(s3, bucket, upload_id), {"x-amz-checksum-sha256": SHA256}
    assert read_error(front.put(url, content=BODY.upper(), headers=headers)) == (400, "BadDigest")
    response = front.put(url, content=BODY, headers=headers)
    assert (response.status_code, response.headers["x-amz-checksum-sha256"]) == (200, SHA256)
    (part,) = s3.list_parts(Bucket=bucket, Key=KEY, UploadId=upload_id)["Parts"]
    assert (part["Size"], part["ETag"]) == (len(BODY), response.headers["etag"])


def test_a_part_of_another_size_than_signed_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, upload_id: str
) -> None:
    url, headers = part_url(s3, bucket, upload_id), {"x-amz-checksum-sha256": SHA256}
    response = front.put(url, content=BODY + b"!", headers=headers)
    assert read_error(response) == (403, "SignatureDoesNotMatch")


def test_a_part_of_an_aborted_upload_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, upload_id: str
) -> None:
    url = part_url(s3, bucket, upload_id)
    s3.abort_multipart_upload(Bucket=bucket, Key=KEY, UploadId=upload_id)
    response = front.put(url, content=BODY, headers={"x-amz-checksum-sha256": SHA256})
    assert read_error(response) == (404, "NoSuchUpload")


def test_a_part_of_a_completed_upload_is_refused(
    front: httpx.Client, s3: "S3Client", bucket: str, upload_id: str
) -> None:
    url, headers = part_url(s3, bucket, upload_id), {"x-amz-checksum-sha256": SHA256}
    etag = front.put(url, content=BODY, headers=headers).headers["etag"]
    parts: Any = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    s3.complete_multipart_upload(Bucket=bucket, Key=KEY, UploadId=upload_id, MultipartUpload=parts)
    assert read_error(front.put(url, content=BODY, headers=headers)) == (404, "NoSuchUpload")


def test_the_object_checksum_of_complete_is_not_compared_with_the_body(
    front: httpx.Client, s3: "S3Client", bucket: str, upload_id: str
) -> None:
    url, headers = part_url(s3, bucket, upload_id), {"x-amz-checksum-sha256": SHA256}
    etag = front.put(url, content=BODY, headers=headers).headers["etag"]
    params = {"Bucket": bucket, "Key": KEY, "UploadId": upload_id, "ChecksumSHA256": SHA256}
    complete = s3.generate_presigned_url("complete_multipart_upload", Params=params)
    part = f"<Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part>"
    body = f"<CompleteMultipartUpload>{part}</CompleteMultipartUpload>"
    assert front.post(complete, content=body, headers=headers).status_code == 200
    assert s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == BODY
