"""Completing a multipart upload: from the part list of S3, exactly once, for repeated, concurrent and late calls."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys import files
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4
from tests.journeys.multipart_upload import MultipartUpload, start_upload
from tests.journeys.storage import Storage


@pytest.fixture
def upload(ada: ApiClient) -> MultipartUpload:
    """An upload whose parts are stored."""
    upload = start_upload(ada, mp4(1000))
    upload.put_all()
    return upload


def test_missing_parts_are_named_and_can_still_be_sent(ada: ApiClient, two_parts: bytes) -> None:
    upload = start_upload(ada, two_parts)
    upload.put_all(upload.first_batch[1:])

    refused = upload.complete()
    assert (refused.status_code, refused.json()["code"]) == (409, "parts_incomplete")
    assert "1" in refused.json()["detail"]
    assert ada.get_document(upload.id)["status"] == "pending"

    upload.put_all(upload.first_batch[:1])
    assert upload.complete_and_wait()["sha256"] == hashlib.sha256(two_parts).hexdigest()


def test_a_repeated_complete_returns_the_document_and_changes_nothing(
    ada: ApiClient, upload: MultipartUpload
) -> None:
    document = upload.complete_and_wait()
    for _ in range(2):
        repeated = upload.complete()
        assert (repeated.status_code, repeated.json()) == (200, document)


def test_a_repeated_complete_before_the_document_is_ready_is_no_error(
    upload: MultipartUpload, event_sources: EventSources
) -> None:
    with event_sources.pause():
        assert upload.complete().status_code == 200
        assert upload.complete().status_code in (200, 202)
    assert upload.complete_and_wait()["status"] == "ready"


def test_of_four_concurrent_completes_one_succeeds_and_none_fails_otherwise(
    ada: ApiClient, upload: MultipartUpload, storage: Storage
) -> None:
    with ThreadPoolExecutor(4) as threads:
        responses = list(threads.map(lambda _: upload.complete(), range(4)))

    codes = [response.json().get("code") for response in responses if response.status_code not in (200, 202)]
    assert set(codes) <= {"upload_in_progress"}
    assert 200 in [response.status_code for response in responses]
    assert ada.wait_until_processed(upload.id)["status"] == "ready"
    storage.wait_until_empty(upload.id, "staging/")
    assert len(storage.list_keys(upload.id)) == 1


def test_a_crashed_complete_blocks_others_until_its_lease_is_over(
    ada: ApiClient, upload: MultipartUpload, admin: AdminClient
) -> None:
    in_a_minute = datetime.now(UTC) + timedelta(minutes=1)
    admin.update_item(upload.id, status="completing", lease_until=in_a_minute.isoformat())
    blocked = upload.complete()
    assert (blocked.status_code, blocked.json()["code"]) == (409, "upload_in_progress")
    assert int(blocked.headers["retry-after"]) >= 1

    admin.update_item(upload.id, lease_until=datetime.now(UTC).isoformat())
    assert upload.complete_and_wait()["status"] == "ready"


def test_a_complete_after_the_promotion_returns_the_document(
    ada: ApiClient, upload: MultipartUpload, admin: AdminClient
) -> None:
    # As after a crash between S3's response and the update of the record.
    [open_upload] = admin.list_open_uploads(upload.id)
    target = {
        "Bucket": admin.stack.bucket,
        "Key": open_upload["Key"],
        "UploadId": open_upload["UploadId"],
    }
    s3 = admin.client("s3")
    parts = [
        {name: part[name] for name in ("PartNumber", "ETag")} for part in s3.list_parts(**target)["Parts"]
    ]
    s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})
    document = ada.wait_until_processed(upload.id)

    response = upload.complete()

    assert (response.status_code, response.json()) == (200, document)
    assert document["status"] == "ready"


def test_s3_checks_the_crc_of_the_whole_file(ada: ApiClient, upload: MultipartUpload) -> None:
    wrong = upload.complete(crc64nvme=base64.b64encode(bytes(8)).decode())
    assert (wrong.status_code, wrong.json()["code"]) == (409, "part_mismatch")
    assert ada.get_document(upload.id)["status"] == "pending"

    right = upload.complete(crc64nvme=base64.b64encode(crc64nvme(upload.data).to_bytes(8)).decode())
    assert right.status_code == 200
    assert ada.wait_until_processed(upload.id)["status"] == "ready"


def crc64nvme(data: bytes) -> int:
    """Returns the checksum bit by bit, as the catalogue of CRCs defines it."""
    crc = (1 << 64) - 1
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x9A6C9329AC4BC9B5 if crc & 1 else 0)
    return crc ^ ((1 << 64) - 1)


def test_other_bytes_than_the_name_says_are_rejected_in_parts_too(ada: ApiClient, storage: Storage) -> None:
    upload = start_upload(ada, files.exe())
    upload.put_all()
    document = upload.complete_and_wait()

    assert (document["status"], document["reason"]) == ("rejected", "type_mismatch")
    storage.wait_until_empty(upload.id, "")


def test_a_single_put_completes_itself_and_complete_only_tells(ada: ApiClient) -> None:
    data = mp4(1000)
    single = MultipartUpload(ada, ada.create(data, "a.mp4", "video/mp4"), data)
    early = single.complete()
    assert (early.status_code, early.json()["code"]) == (409, "object_not_uploaded")

    assert ada.put(single.created["upload"], data).status_code == 200
    assert single.client.wait_until_processed(single.id)["status"] == "ready"
    assert single.complete().json()["status"] == "ready"
