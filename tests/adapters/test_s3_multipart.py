"""What only S3 has of an upload in parts: the parameters of each request, its errors, and aborts that come too early."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from functions.adapters.s3.inventory import S3BucketInventory
from functions.adapters.s3.multipart import S3MultipartStore
from functions.domain.errors import Unavailable
from functions.domain.storage import InvalidParts, NoSuchUpload, UploadedPart
from tests.adapters.conftest import REGION
from tests.examples import NOW

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

UPLOAD = {"Bucket": "a-bucket", "Key": "staging/k", "UploadId": "u1"}
PARTS = [UploadedPart(1, 5, '"e1"', "c2hhMQ=="), UploadedPart(2, 3, '"e2"')]
NOTHING_HELD: dict[str, Any] = {"Parts": [], "IsTruncated": False}


@pytest.fixture
def stubber() -> Stubber:
    """Of a client that reaches nothing, and that does not retry by itself."""
    client = boto3.client("s3", region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b")
    return Stubber(client)


def stubbed(stubber: Stubber) -> S3MultipartStore:
    stubber.activate()
    return S3MultipartStore(cast("S3Client", stubber.client), "a-bucket")


def complete(multipart: S3MultipartStore, crc64nvme: str | None = None) -> None:
    multipart.complete("staging/k", "u1", PARTS, size=8, crc64nvme=crc64nvme)


def part(number: int) -> dict[str, Any]:
    return {"PartNumber": number, "Size": 5, "ETag": f'"e{number}"'}


@pytest.mark.parametrize(
    ("part_checksums", "asked"),
    [
        (True, {"ChecksumAlgorithm": "SHA256", "ChecksumType": "COMPOSITE"}),
        (False, {"ChecksumAlgorithm": "CRC64NVME", "ChecksumType": "FULL_OBJECT"}),
    ],
)
def test_an_upload_says_which_checksums_it_will_have(
    stubber: Stubber, part_checksums: bool, asked: dict[str, str]
) -> None:
    expected = {"Bucket": "a-bucket", "Key": "staging/k", "ContentType": "image/png"} | asked
    stubber.add_response("create_multipart_upload", {"UploadId": "u1"}, expected)
    created = stubbed(stubber).create("staging/k", "image/png", part_checksums=part_checksums)
    assert created == "u1"


@pytest.mark.parametrize("crc64nvme", [None, "AAAAAAAAAAA="])
def test_complete_names_the_parts_the_size_and_that_nothing_may_be_there(
    stubber: Stubber, crc64nvme: str | None
) -> None:
    named = [
        {"PartNumber": 1, "ETag": '"e1"', "ChecksumSHA256": "c2hhMQ=="},
        {"PartNumber": 2, "ETag": '"e2"'},
    ]
    expected = UPLOAD | {"MultipartUpload": {"Parts": named}, "IfNoneMatch": "*", "MpuObjectSize": 8}
    checksum = {} if crc64nvme is None else {"ChecksumCRC64NVME": crc64nvme}
    stubber.add_response("complete_multipart_upload", {"VersionId": "v1"}, expected | checksum)
    complete(stubbed(stubber), crc64nvme)
    stubber.assert_no_pending_responses()


@pytest.mark.parametrize(
    "code", ["InvalidPart", "InvalidPartOrder", "EntityTooSmall", "BadDigest", "InvalidRequest"]
)
def test_parts_that_s3_refuses_are_refused_in_its_words(stubber: Stubber, code: str) -> None:
    stubber.add_client_error("complete_multipart_upload", code, "One part is wrong.")
    with pytest.raises(InvalidParts, match=r"One part is wrong\."):
        complete(stubbed(stubber))


def test_complete_of_a_key_that_is_taken_is_done_already(stubber: Stubber) -> None:
    stubber.add_client_error("complete_multipart_upload", "PreconditionFailed")
    complete(stubbed(stubber))
    stubber.assert_no_pending_responses()


def test_complete_of_what_is_gone_says_so(stubber: Stubber) -> None:
    stubber.add_client_error("complete_multipart_upload", "NoSuchUpload")
    with pytest.raises(NoSuchUpload):
        complete(stubbed(stubber))


def test_nobody_waits_for_an_s3_that_takes_minutes_to_complete(stubber: Stubber) -> None:
    """It answers at once, and then sends spaces: no time-out of the connection ends that."""
    minutes = threading.Event()

    def take_long(**_: object) -> None:
        minutes.wait()

    stubber.client.meta.events.register("before-parameter-build.s3", take_long)
    stubber.add_response("complete_multipart_upload", {"VersionId": "v1"})
    stubber.activate()
    try:
        with pytest.raises(Unavailable):
            complete(S3MultipartStore(cast("S3Client", stubber.client), "a-bucket", patience=0.01))
    finally:
        minutes.set()


def test_all_pages_of_parts_are_read(stubber: Stubber) -> None:
    first = {"Parts": [part(1), part(2)], "IsTruncated": True, "NextPartNumberMarker": 2}
    stubber.add_response("list_parts", first, UPLOAD)
    stubber.add_response(
        "list_parts", {"Parts": [part(3)], "IsTruncated": False}, UPLOAD | {"PartNumberMarker": 2}
    )
    held = stubbed(stubber).parts("staging/k", "u1")
    assert [entry.part_number for entry in held] == [1, 2, 3]


def test_an_abort_is_repeated_until_s3_holds_no_part(stubber: Stubber) -> None:
    """A part that was on its way when the first abort came may survive it."""
    stubber.add_response("abort_multipart_upload", {}, UPLOAD)
    stubber.add_response("list_parts", {"Parts": [part(1)], "IsTruncated": False}, UPLOAD)
    stubber.add_response("abort_multipart_upload", {}, UPLOAD)
    stubber.add_response("list_parts", NOTHING_HELD, UPLOAD)
    stubbed(stubber).abort("staging/k", "u1")
    stubber.assert_no_pending_responses()


CALLS: dict[str, tuple[str, Callable[[S3MultipartStore], object]]] = {
    "create": ("create_multipart_upload", lambda s3: s3.create("k", "image/png", part_checksums=False)),
    "parts": ("list_parts", lambda s3: s3.parts("k", "u1")),
    "complete": ("complete_multipart_upload", complete),
    "abort": ("abort_multipart_upload", lambda s3: s3.abort("k", "u1")),
}
each_call = pytest.mark.parametrize(("operation", "call"), CALLS.values(), ids=CALLS)


@each_call
@pytest.mark.parametrize("code", ["SlowDown", "InternalError", "ServiceUnavailable"])
def test_a_busy_s3_is_unavailable_for_a_moment(
    stubber: Stubber, operation: str, call: Callable[[S3MultipartStore], object], code: str
) -> None:
    stubber.add_client_error(operation, code)
    with pytest.raises(Unavailable):
        call(stubbed(stubber))


@each_call
def test_what_no_retry_mends_is_not_hidden(
    stubber: Stubber, operation: str, call: Callable[[S3MultipartStore], object]
) -> None:
    stubber.add_client_error(operation, "AccessDenied")
    with pytest.raises(ClientError):
        call(stubbed(stubber))


@pytest.mark.parametrize("operation", ["list_object_versions", "list_multipart_uploads"])
def test_a_listing_of_a_busy_s3_is_unavailable(stubber: Stubber, operation: str) -> None:
    stubber.add_client_error(operation, "SlowDown")
    stubber.activate()
    inventory = S3BucketInventory(cast("S3Client", stubber.client), "a-bucket")
    listings: dict[str, Callable[[], object]] = {
        "list_object_versions": lambda: list(inventory.versions("staging/")),
        "list_multipart_uploads": lambda: list(inventory.uploads("staging/")),
    }
    with pytest.raises(Unavailable):
        listings[operation]()


def test_a_delete_marker_is_listed_as_one(stubber: Stubber) -> None:
    marker = {"Key": "staging/k", "VersionId": "m1", "LastModified": NOW}
    stubber.add_response("list_object_versions", {"DeleteMarkers": [marker], "IsTruncated": False})
    stubber.activate()
    [held] = S3BucketInventory(cast("S3Client", stubber.client), "a-bucket").versions("staging/")
    assert (held.key, held.version, held.is_marker) == ("staging/k", "m1", True)
