"""completeUpload: once, repeated, too early, too late, and concurrently."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from functions.domain.events import CompleteRequested
from functions.domain.keys import owner_key, staging_key
from strict_s3 import read_error as refusal
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.history import HOUR, record_event
from tests.lambdas.steps import process_document, put_only_part, stage_document


@pytest.fixture
def created(ada: Api) -> Any:
    return ada.create(PNG, method="MULTIPART")


@pytest.fixture
def uploaded(created: Any, s3: httpx.Client) -> str:
    """The id of a document whose only part is uploaded."""
    put_only_part(s3, created)
    document_id: str = created["document"]["id"]
    return document_id


def test_complete_needs_nothing_but_the_id(account: Account, ada: Api, uploaded: str) -> None:
    answer = ada.post(f"/documents/{uploaded}/complete")

    assert answer.status == 200
    assert answer.json["status"] == "processing"
    assert int(answer.headers["retry-after"]) >= 1
    assert account.open_uploads() == []
    account.deliver(account.arrival_event("ada", uploaded))
    assert ada.document(uploaded)["status"] == "ready"
    assert account.usage("ada") == (len(PNG), 0)


def test_a_part_that_arrives_after_complete_is_refused_by_s3(
    ada: Api, created: Any, uploaded: str, s3: httpx.Client
) -> None:
    [part] = created["upload"]["parts"]
    ada.post(f"/documents/{uploaded}/complete")
    late = s3.put(part["url"], content=PNG, headers=part["headers"])
    assert refusal(late) == (404, "NoSuchUpload")


def test_a_repeated_complete_before_the_event_is_202(ada: Api, uploaded: str) -> None:
    first, second = [ada.post(f"/documents/{uploaded}/complete") for _ in range(2)]
    assert (first.status, second.status) == (200, 202)
    assert second.json["id"] == uploaded
    assert second.json["status"] == "processing"
    assert int(second.headers["retry-after"]) >= 1


def test_a_repeated_complete_after_the_event_returns_the_document(
    account: Account, ada: Api, uploaded: str
) -> None:
    ada.post(f"/documents/{uploaded}/complete")
    account.deliver(account.arrival_event("ada", uploaded))
    repeated = ada.post(f"/documents/{uploaded}/complete")
    assert repeated.status == 200
    assert repeated.json == ada.document(uploaded)


def test_an_upload_can_be_completed_once_the_missing_part_is_sent(
    account: Account, ada: Api, created: Any, s3: httpx.Client
) -> None:
    document_id = created["document"]["id"]

    refused = ada.post(f"/documents/{document_id}/complete")

    assert refused.problem == (409, "parts_incomplete")
    assert ada.document(document_id)["status"] == "pending"
    put_only_part(s3, created)
    assert ada.post(f"/documents/{document_id}/complete").status == 200


@pytest.mark.parametrize(("part_number", "body"), [(1, PNG + b"!"), (2, PNG)], ids=["longer", "another"])
def test_parts_that_differ_from_the_plan_are_not_assembled(
    account: Account, ada: Api, uploaded: str, part_number: int, body: bytes
) -> None:
    """No URL allows such a part; an operator with a console can send one."""
    [upload_id] = account.open_uploads()
    key = staging_key(owner_key("ada"), uploaded)
    account.s3.upload_part(
        Bucket=account.bucket, Key=key, UploadId=upload_id, PartNumber=part_number, Body=body
    )
    assert ada.post(f"/documents/{uploaded}/complete").problem == (409, "size_mismatch")
    assert ada.document(uploaded)["status"] == "pending"
    assert account.staged_versions("ada", uploaded) == []


def test_of_two_concurrent_completes_one_is_refused(account: Account, ada: Api, uploaded: str) -> None:
    record_event(account, uploaded, CompleteRequested())
    refused = ada.post(f"/documents/{uploaded}/complete")
    assert refused.problem == (409, "upload_in_progress")
    assert int(refused.headers["retry-after"]) >= 1
    assert len(account.open_uploads()) == 1


def test_a_complete_whose_lease_is_over_is_taken_over(account: Account, ada: Api, uploaded: str) -> None:
    record_event(account, uploaded, CompleteRequested(), ago=HOUR)
    assert ada.post(f"/documents/{uploaded}/complete").status == 200
    assert len(account.staged_versions("ada", uploaded)) == 1


def test_a_lost_response_of_s3_is_no_error(account: Account, ada: Api, uploaded: str) -> None:
    """S3 has completed the upload, but the function died before it could respond, and its lease is over."""
    [upload_id] = account.open_uploads()
    record_event(account, uploaded, CompleteRequested(), ago=HOUR)
    key: Any = {
        "Bucket": account.bucket,
        "Key": staging_key(owner_key("ada"), uploaded),
        "UploadId": upload_id,
    }
    [part] = account.s3.list_parts(**key)["Parts"]
    parts: Any = [{"PartNumber": 1, "ETag": part["ETag"]}]
    account.s3.complete_multipart_upload(**key, MultipartUpload={"Parts": parts})

    assert ada.post(f"/documents/{uploaded}/complete").status == 202

    account.deliver(account.arrival_event("ada", uploaded))
    assert ada.document(uploaded)["status"] == "ready"


def test_an_object_that_exists_is_not_assembled_again(account: Account, ada: Api, uploaded: str) -> None:
    key = staging_key(owner_key("ada"), uploaded)
    account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    assert ada.post(f"/documents/{uploaded}/complete").status == 200
    assert len(account.staged_versions("ada", uploaded)) == 1


def test_a_completing_upload_takes_no_parts_and_cannot_be_aborted(
    account: Account, ada: Api, uploaded: str
) -> None:
    record_event(account, uploaded, CompleteRequested())
    assert ada.document(uploaded)["status"] == "processing"
    assert ada.post(f"/documents/{uploaded}/abort").problem == (409, "invalid_state")
    assert ada.post(f"/documents/{uploaded}/parts", {"partNumbers": [1]}).problem == (409, "invalid_state")
    assert ada.get(f"/documents/{uploaded}/parts").problem == (409, "invalid_state")


def test_an_aborted_upload_cannot_be_completed(account: Account, ada: Api, uploaded: str) -> None:
    ada.post(f"/documents/{uploaded}/abort")
    assert ada.post(f"/documents/{uploaded}/complete").problem == (409, "invalid_state")
    assert account.staged_versions("ada", uploaded) == []


def test_an_expired_upload_cannot_be_completed(
    account: Account, ada: Api, deploy: Callable[..., None]
) -> None:
    deploy(upload_lifetime=0)
    document_id = ada.create(PNG, method="MULTIPART")["document"]["id"]
    assert ada.post(f"/documents/{document_id}/complete").problem == (410, "upload_expired")


def test_a_single_put_completes_itself(account: Account, ada: Api, s3: httpx.Client) -> None:
    waiting = ada.create(PNG)["document"]["id"]
    refused = ada.post(f"/documents/{waiting}/complete")
    assert refused.problem == (409, "object_not_uploaded")
    assert int(refused.headers["retry-after"]) >= 1
    assert ada.post(f"/documents/{stage_document(ada, s3, PNG)}/complete").status == 409
    ready = process_document(account, ada, s3, PNG)
    answer = ada.post(f"/documents/{ready}/complete")
    assert (answer.status, answer.json) == (200, ada.document(ready))
    ada.post(f"/documents/{waiting}/abort")
    assert ada.post(f"/documents/{waiting}/complete").problem == (409, "invalid_state")


@pytest.mark.parametrize(
    "body",
    [{"crc64nvme": "x"}, {"crc64nvme": "AAAAAAAAAAA"}, {"crc64nvme": 1}, {"parts": []}, {"etag": "x"}, []],
    ids=str,
)
def test_any_other_field_in_a_complete_is_not_valid(ada: Api, uploaded: str, body: object) -> None:
    assert ada.post(f"/documents/{uploaded}/complete", body).problem == (422, "validation_failed")


def test_the_checksum_of_the_whole_file_is_accepted(ada: Api, uploaded: str) -> None:
    """moto does not verify it; a journey tests that a wrong checksum is refused."""
    assert ada.post(f"/documents/{uploaded}/complete", {"crc64nvme": "AAAAAAAAAAA="}).status == 200


@pytest.mark.parametrize(
    ("parts", "detail"),
    [
        (1, "1 part is missing: 1."),
        (2, "2 parts are missing: 1, 2."),
        (11, "11 parts are missing: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more."),
    ],
)
def test_the_problem_names_the_first_missing_parts(ada: Api, parts: int, detail: str) -> None:
    video = {"fileName": "film.mp4", "contentType": "video/mp4", "method": "MULTIPART"}
    document_id = ada.create(b"", **video, size=parts * 64 * 1024**2)["document"]["id"]
    assert ada.post(f"/documents/{document_id}/complete").json["detail"] == detail
