"""Complete: from what S3 lists, once, whoever calls it, how often, and when."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.journeys import files
from tests.journeys.admin_client import AdminClient
from tests.journeys.client import Client
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4
from tests.journeys.parts import InParts, begin
from tests.journeys.storage import Storage


@pytest.fixture
def sent(ada: Client) -> InParts:
    """All that is missing is complete."""
    upload = begin(ada, mp4(1000))
    upload.send()
    return upload


def test_what_is_missing_is_named_and_can_still_be_sent(ada: Client, two_parts: bytes) -> None:
    upload = begin(ada, two_parts)
    upload.send(upload.window[1:])

    refused = upload.complete()
    assert (refused.status_code, refused.json()["code"]) == (409, "parts_incomplete")
    assert "1" in refused.json()["detail"]
    assert ada.document(upload.id)["status"] == "pending"

    upload.send(upload.window[:1])
    assert upload.finished()["sha256"] == hashlib.sha256(two_parts).hexdigest()


def test_a_repeat_answers_the_document_and_changes_nothing(ada: Client, sent: InParts) -> None:
    document = sent.finished()
    for _ in range(2):
        again = sent.complete()
        assert (again.status_code, again.json()) == (200, document)


def test_a_repeat_before_the_document_is_ready_is_no_error(
    sent: InParts, event_sources: EventSources
) -> None:
    with event_sources.paused():
        assert sent.complete().status_code == 200
        assert sent.complete().status_code in (200, 202)
    assert sent.finished()["status"] == "ready"


def test_of_two_at_once_one_completes_it_and_none_breaks_it(
    ada: Client, sent: InParts, storage: Storage
) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: sent.complete(), range(4)))

    codes = [answer.json().get("code") for answer in answers if answer.status_code not in (200, 202)]
    assert set(codes) <= {"upload_in_progress"}
    assert 200 in [answer.status_code for answer in answers]
    assert ada.settled(sent.id)["status"] == "ready"
    storage.wait_until_empty(sent.id, "staging/")
    assert len(storage.versions(sent.id)) == 1


def test_a_call_that_died_keeps_others_waiting_for_a_moment_only(
    ada: Client, sent: InParts, admin: AdminClient
) -> None:
    in_a_minute = datetime.now(UTC) + timedelta(minutes=1)
    admin.change(sent.id, status="completing", lease_until=in_a_minute.isoformat())
    waiting = sent.complete()
    assert (waiting.status_code, waiting.json()["code"]) == (409, "upload_in_progress")
    assert int(waiting.headers["retry-after"]) >= 1

    admin.change(sent.id, lease_until=datetime.now(UTC).isoformat())
    assert sent.finished()["status"] == "ready"


def test_it_may_come_after_the_event_has_done_everything(
    ada: Client, sent: InParts, admin: AdminClient
) -> None:
    # As if an earlier call had completed it and died before it could say so.
    [upload] = admin.open_uploads(sent.id)
    target = {"Bucket": admin.running.bucket, "Key": upload["Key"], "UploadId": upload["UploadId"]}
    s3 = admin.client("s3")
    parts = [
        {name: part[name] for name in ("PartNumber", "ETag")} for part in s3.list_parts(**target)["Parts"]
    ]
    s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})
    document = ada.settled(sent.id)

    answer = sent.complete()

    assert (answer.status_code, answer.json()) == (200, document)
    assert document["status"] == "ready"


def test_the_crc_of_the_whole_file_is_checked_by_s3(ada: Client, sent: InParts) -> None:
    wrong = sent.complete(crc64nvme=base64.b64encode(bytes(8)).decode())
    assert (wrong.status_code, wrong.json()["code"]) == (409, "part_mismatch")
    assert ada.document(sent.id)["status"] == "pending"

    right = sent.complete(crc64nvme=base64.b64encode(crc64nvme(sent.data).to_bytes(8)).decode())
    assert right.status_code == 200
    assert ada.settled(sent.id)["status"] == "ready"


def crc64nvme(data: bytes) -> int:
    """Bit by bit, as the catalogue of CRCs defines it."""
    crc = (1 << 64) - 1
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x9A6C9329AC4BC9B5 if crc & 1 else 0)
    return crc ^ ((1 << 64) - 1)


def test_other_bytes_than_the_name_says_are_rejected_in_parts_too(ada: Client, storage: Storage) -> None:
    upload = begin(ada, files.exe())
    upload.send()
    document = upload.finished()

    assert (document["status"], document["reason"]) == ("rejected", "type_mismatch")
    storage.wait_until_empty(upload.id, "")


def test_a_single_put_completes_itself_and_complete_only_tells(ada: Client) -> None:
    data = mp4(1000)
    single = InParts(ada, ada.create(data, "a.mp4", "video/mp4"), data)
    early = single.complete()
    assert (early.status_code, early.json()["code"]) == (409, "object_not_uploaded")

    assert ada.put(single.created["upload"], data).status_code == 200
    assert single.client.settled(single.id)["status"] == "ready"
    assert single.complete().json()["status"] == "ready"
