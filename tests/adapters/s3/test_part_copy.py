"""The requests of a copy in parts, and the size of its parts. `tests/contract` tests its results."""

from typing import TYPE_CHECKING, cast

import pytest
from botocore.stub import Stubber

from functions.adapters.s3.objects import S3ObjectStore
from functions.adapters.s3.part_copy import COPY_PART_SIZE, PartCopy
from functions.domain.parts import MAX_OBJECT, MAX_PARTS, MIB
from functions.domain.storage import CopyRequest, StoredObject
from tests.adapters.s3.recorded_requests import record_requests
from tests.moto_account import Bucket

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def test_each_part_of_a_copy_is_pinned_and_completing_is_conditional(bucket: Bucket) -> None:
    bucket.client.put_object(Bucket=bucket.name, Key="staging/k", Body=b"x" * (5 * MIB + 3))
    objects = S3ObjectStore(bucket.client, bucket.name, copy_part_size=5 * MIB)
    [version] = bucket.client.list_object_versions(Bucket=bucket.name)["Versions"]
    source = objects.head("staging/k", version["VersionId"])
    assert source is not None
    request = CopyRequest("staging/k", source, "documents/k", "image/png")
    with record_requests(bucket) as requests:
        upload_id = objects.start_copy(request)
        objects.continue_copy(request, upload_id, lambda: False)
    (_, create), *parts, (_, complete), _ = [call for call in requests if call[0] != "ListParts"]
    target = {"Bucket": bucket.name, "Key": "documents/k"}
    assert create == target | {
        "ContentType": "image/png",
        "Metadata": {"source-version": source.version},
        "ChecksumAlgorithm": "CRC64NVME",
        "ChecksumType": "FULL_OBJECT",
    }
    pinned = {
        "UploadId": upload_id,
        "CopySource": f"{bucket.name}/staging/k?versionId={source.version}",
        "CopySourceIfMatch": source.etag,
    }
    ranges = {1: "bytes=0-5242879", 2: "bytes=5242880-5242882"}
    assert sorted((call["PartNumber"], name) for name, call in parts) == [
        (1, "UploadPartCopy"),
        (2, "UploadPartCopy"),
    ]
    for _, call in parts:
        number = call["PartNumber"]
        assert call == target | pinned | {"PartNumber": number, "CopySourceRange": ranges[number]}
    assert (
        complete.items() >= {"IfNoneMatch": "*", "MpuObjectSize": 5 * MIB + 3, "UploadId": upload_id}.items()
    )


@pytest.mark.parametrize("size", [2 << 40, MAX_OBJECT])
def test_a_large_copy_has_parts_that_are_large_enough_for_the_limit_of_ten_thousand(
    stubber: Stubber, size: int
) -> None:
    """The first part is copied, and its range shows the size of all parts."""
    first_part_size = -(-size // (MAX_PARTS * MIB)) * MIB
    assert first_part_size > COPY_PART_SIZE
    request = CopyRequest("staging/k", StoredObject("v1", size, '"e"'), "documents/k", "image/png")
    stubber.add_response("list_parts", {"Parts": []})
    expected = {
        "Bucket": "a-bucket",
        "Key": "documents/k",
        "UploadId": "u1",
        "PartNumber": 1,
        "CopySource": {"Bucket": "a-bucket", "Key": "staging/k", "VersionId": "v1"},
        "CopySourceIfMatch": '"e"',
        "CopySourceRange": f"bytes=0-{first_part_size - 1}",
    }
    stubber.add_response("upload_part_copy", {"CopyPartResult": {"ETag": '"p"'}}, expected)
    stubber.activate()
    remaining = iter([False])
    copy = PartCopy(cast("S3Client", stubber.client), "a-bucket", request, COPY_PART_SIZE)
    assert copy.run("u1", lambda: next(remaining, True)) is None
    stubber.assert_no_pending_responses()
