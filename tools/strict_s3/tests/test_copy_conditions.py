"""Copies whose preconditions hold or fail, and copies without any."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from strict_s3.copy_conditions import enforce_copy_conditions

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SOURCE, TARGET = "from/owner/a +ü", "to/owner/document"
OTHER_ETAG = '"00000000000000000000000000000000"'


@pytest.fixture
def strict(s3: "S3Client") -> "S3Client":
    enforce_copy_conditions(s3.meta.events)
    return s3


@pytest.fixture
def source(s3: "S3Client", bucket: str) -> dict[str, str]:
    """The first of two versions of an object."""
    first = s3.put_object(Bucket=bucket, Key=SOURCE, Body=b"first")
    s3.put_object(Bucket=bucket, Key=SOURCE, Body=b"second")
    return {"Bucket": bucket, "Key": SOURCE, "VersionId": first["VersionId"], "ETag": first["ETag"]}


def copy(strict: "S3Client", source: dict[str, str], **more: Any) -> Any:
    copied: Any = {name: value for name, value in source.items() if name != "ETag"}
    return strict.copy_object(Bucket=source["Bucket"], Key=TARGET, CopySource=copied, **more)


def assert_precondition_failed(error: ClientError, operation: str) -> None:
    assert error.response["Error"]["Code"] == "PreconditionFailed"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert error.operation_name == operation


def test_a_copy_whose_conditions_hold_succeeds(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    copy(strict, source, CopySourceIfMatch=source["ETag"], IfNoneMatch="*")
    assert strict.get_object(Bucket=bucket, Key=TARGET)["Body"].read() == b"first"


def test_a_copy_without_conditions_succeeds_twice(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    copy(strict, source)
    copy(strict, source)
    assert len(strict.list_object_versions(Bucket=bucket, Prefix=TARGET)["Versions"]) == 2


def test_a_source_with_another_etag_is_not_copied(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as caught:
        copy(strict, source, CopySourceIfMatch=OTHER_ETAG)
    assert_precondition_failed(caught.value, "CopyObject")
    assert "Contents" not in strict.list_objects_v2(Bucket=bucket, Prefix=TARGET)


def test_the_etag_is_that_of_the_named_version(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    newest = strict.head_object(Bucket=bucket, Key=SOURCE)["ETag"]
    with pytest.raises(ClientError) as caught:
        copy(strict, source, CopySourceIfMatch=newest)
    assert_precondition_failed(caught.value, "CopyObject")


def test_an_etag_without_quotes_matches_too(strict: "S3Client", source: dict[str, str]) -> None:
    assert copy(strict, source, CopySourceIfMatch=source["ETag"].strip('"'))["CopyObjectResult"]


def test_a_copy_onto_a_current_object_is_refused(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    strict.put_object(Bucket=bucket, Key=TARGET, Body=b"there already")
    with pytest.raises(ClientError) as caught:
        copy(strict, source, IfNoneMatch="*")
    assert_precondition_failed(caught.value, "CopyObject")
    assert strict.get_object(Bucket=bucket, Key=TARGET)["Body"].read() == b"there already"


def test_a_copy_onto_a_delete_marker_succeeds(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    strict.put_object(Bucket=bucket, Key=TARGET, Body=b"there once")
    strict.delete_object(Bucket=bucket, Key=TARGET)
    copy(strict, source, IfNoneMatch="*")
    assert strict.get_object(Bucket=bucket, Key=TARGET)["Body"].read() == b"first"


def test_a_missing_source_keeps_its_own_error(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    strict.delete_object(Bucket=bucket, Key=SOURCE, VersionId=source["VersionId"])
    with pytest.raises(ClientError, match="NoSuchVersion"):
        copy(strict, source, CopySourceIfMatch=source["ETag"])


def test_a_delete_marker_as_source_keeps_its_own_error(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    marker = strict.delete_object(Bucket=bucket, Key=SOURCE)["VersionId"]
    with pytest.raises(ClientError, match="NoSuchVersion"):
        copy(strict, source | {"VersionId": marker}, CopySourceIfMatch=source["ETag"])


def test_a_part_copied_from_another_etag_is_refused(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    upload_id = strict.create_multipart_upload(Bucket=bucket, Key=TARGET)["UploadId"]
    part: dict[str, Any] = {"Bucket": bucket, "Key": TARGET, "UploadId": upload_id, "PartNumber": 1}
    part["CopySource"] = {"Bucket": bucket, "Key": SOURCE, "VersionId": source["VersionId"]}
    with pytest.raises(ClientError) as caught:
        strict.upload_part_copy(**part, CopySourceIfMatch=OTHER_ETAG)
    assert_precondition_failed(caught.value, "UploadPartCopy")
    copied = strict.upload_part_copy(**part, CopySourceIfMatch=source["ETag"])
    assert copied["CopyPartResult"]["ETag"] == source["ETag"]


def test_handlers_of_a_test_see_the_failed_call_and_no_other(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    seen: list[str] = []
    for operation in ("CopyObject", "HeadObject"):
        strict.meta.events.register(f"before-call.s3.{operation}", lambda model, **_: seen.append(model.name))
    with pytest.raises(ClientError):
        copy(strict, source, CopySourceIfMatch=OTHER_ETAG)
    assert seen == ["CopyObject"]
