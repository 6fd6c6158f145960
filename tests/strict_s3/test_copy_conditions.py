"""A copy's preconditions, once enforced, fail as S3's do; and a copy without them goes through."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.strict_s3.copy_conditions import enforce_copy_conditions

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

STAGED, READY = "staging/owner/a +ü", "documents/owner/document"
OTHER_ETAG = '"00000000000000000000000000000000"'


@pytest.fixture
def strict(s3: "S3Client") -> "S3Client":
    enforce_copy_conditions(s3.meta.events)
    return s3


@pytest.fixture
def source(s3: "S3Client", bucket: str) -> dict[str, str]:
    """The first version of an object that has a second one."""
    first = s3.put_object(Bucket=bucket, Key=STAGED, Body=b"first")
    s3.put_object(Bucket=bucket, Key=STAGED, Body=b"second")
    return {"Bucket": bucket, "Key": STAGED, "VersionId": first["VersionId"], "ETag": first["ETag"]}


def copy(strict: "S3Client", source: dict[str, str], **more: Any) -> Any:
    copied: Any = {name: value for name, value in source.items() if name != "ETag"}
    return strict.copy_object(Bucket=source["Bucket"], Key=READY, CopySource=copied, **more)


def assert_precondition_failed(error: ClientError, operation: str) -> None:
    assert error.response["Error"]["Code"] == "PreconditionFailed"
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert error.operation_name == operation


def test_a_copy_whose_conditions_hold_is_made(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    copy(strict, source, CopySourceIfMatch=source["ETag"], IfNoneMatch="*")
    assert strict.get_object(Bucket=bucket, Key=READY)["Body"].read() == b"first"


def test_a_copy_without_conditions_is_made_twice(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    copy(strict, source)
    copy(strict, source)
    assert len(strict.list_object_versions(Bucket=bucket, Prefix=READY)["Versions"]) == 2


def test_a_source_with_another_etag_is_not_copied(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    with pytest.raises(ClientError) as caught:
        copy(strict, source, CopySourceIfMatch=OTHER_ETAG)
    assert_precondition_failed(caught.value, "CopyObject")
    assert "Contents" not in strict.list_objects_v2(Bucket=bucket, Prefix=READY)


def test_the_etag_is_that_of_the_named_version(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    newest = strict.head_object(Bucket=bucket, Key=STAGED)["ETag"]
    with pytest.raises(ClientError) as caught:
        copy(strict, source, CopySourceIfMatch=newest)
    assert_precondition_failed(caught.value, "CopyObject")


def test_an_etag_without_quotes_matches_too(strict: "S3Client", source: dict[str, str]) -> None:
    assert copy(strict, source, CopySourceIfMatch=source["ETag"].strip('"'))["CopyObjectResult"]


def test_a_copy_onto_a_current_object_is_refused(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    strict.put_object(Bucket=bucket, Key=READY, Body=b"there already")
    with pytest.raises(ClientError) as caught:
        copy(strict, source, IfNoneMatch="*")
    assert_precondition_failed(caught.value, "CopyObject")
    assert strict.get_object(Bucket=bucket, Key=READY)["Body"].read() == b"there already"


def test_a_copy_onto_a_delete_marker_is_made(strict: "S3Client", bucket: str, source: dict[str, str]) -> None:
    strict.put_object(Bucket=bucket, Key=READY, Body=b"there once")
    strict.delete_object(Bucket=bucket, Key=READY)
    copy(strict, source, IfNoneMatch="*")
    assert strict.get_object(Bucket=bucket, Key=READY)["Body"].read() == b"first"


def test_a_copy_of_a_source_that_is_gone_keeps_its_own_error(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    strict.delete_object(Bucket=bucket, Key=STAGED, VersionId=source["VersionId"])
    with pytest.raises(ClientError, match="NoSuchVersion"):
        copy(strict, source, CopySourceIfMatch=source["ETag"])


def test_a_copy_of_a_delete_marker_keeps_its_own_error(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    marker = strict.delete_object(Bucket=bucket, Key=STAGED)["VersionId"]
    with pytest.raises(ClientError, match="NoSuchVersion"):
        copy(strict, source | {"VersionId": marker}, CopySourceIfMatch=source["ETag"])


def test_a_part_copied_from_another_etag_is_refused(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    upload_id = strict.create_multipart_upload(Bucket=bucket, Key=READY)["UploadId"]
    part: dict[str, Any] = {"Bucket": bucket, "Key": READY, "UploadId": upload_id, "PartNumber": 1}
    part["CopySource"] = {"Bucket": bucket, "Key": STAGED, "VersionId": source["VersionId"]}
    with pytest.raises(ClientError) as caught:
        strict.upload_part_copy(**part, CopySourceIfMatch=OTHER_ETAG)
    assert_precondition_failed(caught.value, "UploadPartCopy")
    copied = strict.upload_part_copy(**part, CopySourceIfMatch=source["ETag"])
    assert copied["CopyPartResult"]["ETag"] == source["ETag"]


def test_a_handler_of_the_test_sees_the_refused_call_and_no_other(
    strict: "S3Client", bucket: str, source: dict[str, str]
) -> None:
    seen: list[str] = []
    for operation in ("CopyObject", "HeadObject"):
        strict.meta.events.register(f"before-call.s3.{operation}", lambda model, **_: seen.append(model.name))
    with pytest.raises(ClientError):
        copy(strict, source, CopySourceIfMatch=OTHER_ETAG)
    assert seen == ["CopyObject"]
