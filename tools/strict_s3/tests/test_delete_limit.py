"""DeleteObjects with as many versions as S3 takes, and with one more."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from strict_s3 import enforce_delete_limit

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@pytest.fixture
def strict(s3: "S3Client") -> "S3Client":
    enforce_delete_limit(s3.meta.events)
    return s3


def delete(strict: "S3Client", bucket: str, count: int) -> None:
    objects: Any = [{"Key": f"key-{number}", "VersionId": "v1"} for number in range(count)]
    strict.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True})


def test_a_thousand_versions_are_accepted(strict: "S3Client", bucket: str) -> None:
    delete(strict, bucket, 1_000)


def test_more_than_a_thousand_versions_are_malformed(strict: "S3Client", bucket: str) -> None:
    with pytest.raises(ClientError) as caught:
        delete(strict, bucket, 1_001)
    assert caught.value.response["Error"]["Code"] == "MalformedXML"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
