"""The requests of S3MultipartStore, and its translation of errors. `tests/contract` tests its results."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from functions.adapters.s3.multipart import S3MultipartStore
from functions.domain.errors import Unavailable
from functions.domain.storage import InvalidParts, NoSuchUpload, UploadedPart

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


UPLOAD = {"Bucket": "a-bucket", "Key": "staging/k", "UploadId": "u1"}
SHA256, IN_BASE64 = "5a" * 32, "WlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlpaWlo="
PARTS = [UploadedPart(1, 5, '"e1"', SHA256), UploadedPart(2, 3, '"e2"')]
NO_PARTS: dict[str, Any] = {"Parts": [], "IsTruncated": False}


def create_store(stubber: Stubber) -> S3MultipartStore:
    stubber.activate()
    return S3MultipartStore(cast("S3Client", stubber.client), "a-bucket")


def complete(multipart: S3MultipartStore, crc64nvme: str | None = None) -> None:
    multipart.complete("staging/k", "u1", PARTS, size=8, crc64nvme=crc64nvme)


def part(number: int) -> dict[str, Any]:
    return {"PartNumber": number, "Size": 5, "ETag": f'"e{number}"'}


@pytest.mark.parametrize(
    ("part_checksums", "checksums"),
    [
        (True, {"ChecksumAlgorithm": "SHA256", "ChecksumType": "COMPOSITE"}),
        (False, {"ChecksumAlgorithm": "CRC64NVME", "ChecksumType": "FULL_OBJECT"}),
    ],
)
def test_an_upload_declares_its_checksums(
    stubber: Stubber, part_checksums: bool, checksums: dict[str, str]
) -> None:
    expected = {"Bucket": "a-bucket", "Key": "staging/k", "ContentType": "image/png"} | checksums
    stubber.add_response("create_multipart_upload", {"UploadId": "u1"}, expected)
    created = create_store(stubber).create("staging/k", "image/png", part_checksums=part_checksums)
    assert created == "u1"


@pytest.mark.parametrize("crc64nvme", [None, "AAAAAAAAAAA="])
def test_complete_sends_parts_size_and_if_none_match(stubber: Stubber, crc64nvme: str | None) -> None:
    completed = [
        {"PartNumber": 1, "ETag": '"e1"', "ChecksumSHA256": IN_BASE64},
        {"PartNumber": 2, "ETag": '"e2"'},
    ]
    expected = UPLOAD | {"MultipartUpload": {"Parts": completed}, "IfNoneMatch": "*", "MpuObjectSize": 8}
    checksum = {} if crc64nvme is None else {"ChecksumCRC64NVME": crc64nvme}
    stubber.add_response("complete_multipart_upload", {"VersionId": "v1"}, expected | checksum)
    complete(create_store(stubber), crc64nvme)
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    "code", ["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "BadDigest", "InvalidRequest"]
)
def test_invalid_parts_are_an_error_with_the_message_of_s3(stubber: Stubber, code: str) -> None:
    stubber.add_client_error("complete_multipart_upload", code, "One part is wrong.")
    with pytest.raises(InvalidParts, match=r"One part is wrong\."):
        complete(create_store(stubber))


def test_complete_of_an_existing_object_succeeds(stubber: Stubber) -> None:
    stubber.add_client_error("complete_multipart_upload", "PreconditionFailed")
    complete(create_store(stubber))
    stubber.assert_no_pending_responses()


def test_complete_of_a_missing_upload_is_an_error(stubber: Stubber) -> None:
    stubber.add_client_error("complete_multipart_upload", "NoSuchUpload")
    with pytest.raises(NoSuchUpload):
        complete(create_store(stubber))


def test_complete_times_out(stubber: Stubber) -> None:
    """S3 sends spaces while it completes an upload, so no timeout of the connection applies."""
    end_of_test = threading.Event()

    def block(**_: object) -> None:
        end_of_test.wait()

    stubber.client.meta.events.register("before-parameter-build.s3", block)
    stubber.add_response("complete_multipart_upload", {"VersionId": "v1"})
    stubber.activate()
    try:
        with pytest.raises(Unavailable):
            complete(S3MultipartStore(cast("S3Client", stubber.client), "a-bucket", complete_timeout=0.01))
    finally:
        end_of_test.set()


def test_all_pages_of_parts_are_read(stubber: Stubber) -> None:
    first = {"Parts": [part(1), part(2)], "IsTruncated": True, "NextPartNumberMarker": 2}
    stubber.add_response("list_parts", first, UPLOAD)
    stubber.add_response(
        "list_parts", {"Parts": [part(3)], "IsTruncated": False}, UPLOAD | {"PartNumberMarker": 2}
    )
    parts = create_store(stubber).parts("staging/k", "u1")
    assert [entry.part_number for entry in parts] == [1, 2, 3]


def test_the_checksum_of_a_part_is_read_as_hex(stubber: Stubber) -> None:
    listed = {"Parts": [part(1) | {"ChecksumSHA256": IN_BASE64}, part(2)], "IsTruncated": False}
    stubber.add_response("list_parts", listed, UPLOAD)
    parts = create_store(stubber).parts("staging/k", "u1")
    assert [entry.sha256 for entry in parts] == [SHA256, None]


def test_an_abort_is_repeated_until_s3_lists_no_part(stubber: Stubber) -> None:
    """A part that is in transit during an abort survives it."""
    stubber.add_response("abort_multipart_upload", {}, UPLOAD)
    stubber.add_response("list_parts", {"Parts": [part(1)], "IsTruncated": False}, UPLOAD)
    stubber.add_response("abort_multipart_upload", {}, UPLOAD)
    stubber.add_response("list_parts", NO_PARTS, UPLOAD)
    create_store(stubber).abort("staging/k", "u1")
    stubber.assert_no_pending_responses()


CALLS: dict[str, tuple[str, Callable[[S3MultipartStore], object]]] = {
    "create": ("create_multipart_upload", lambda s3: s3.create("k", "image/png", part_checksums=False)),
    "parts": ("list_parts", lambda s3: s3.parts("k", "u1")),
    "complete": ("complete_multipart_upload", complete),
    "abort": ("abort_multipart_upload", lambda s3: s3.abort("k", "u1")),
}
each_call = pytest.mark.parametrize(("operation", "call"), CALLS.values(), ids=CALLS)


@each_call
@pytest.mark.parametrize(
    ("code", "status"), [("SlowDown", 503), ("InternalError", 500), ("AccessDenied", 403)]
)
def test_a_fault_of_aws_is_unavailable(
    stubber: Stubber, operation: str, call: Callable[[S3MultipartStore], object], code: str, status: int
) -> None:
    stubber.add_client_error(operation, code, http_status_code=status)
    with pytest.raises(Unavailable):
        call(create_store(stubber))


@each_call
def test_a_permanent_error_of_s3_is_raised(
    stubber: Stubber, operation: str, call: Callable[[S3MultipartStore], object]
) -> None:
    stubber.add_client_error(operation, "MalformedXML", http_status_code=400)
    with pytest.raises(ClientError):
        call(create_store(stubber))
