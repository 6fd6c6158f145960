"""Rejected parts: other bytes than a URL allows, parts that are not signed, and parts with a checksum."""

import hashlib

import pytest

from tests.journeys.api_client import ApiClient
from tests.journeys.files import mp4, png
from tests.journeys.multipart_upload import MultipartUpload, PartUrl, start_upload
from tests.journeys.storage import Storage


@pytest.fixture
def upload(ada: ApiClient, two_parts: bytes) -> MultipartUpload:
    return start_upload(ada, two_parts)


def test_a_part_of_another_length_is_rejected(upload: MultipartUpload) -> None:
    last, piece = upload.first_batch[1], upload.read_part(2)
    for body in (piece + b"!", piece[:-1], b""):
        response = upload.put(last, body)
        assert response.status_code == 403
        assert "SignatureDoesNotMatch" in response.text
    assert upload.request_progress().json()["missing"] == [1, 2]
    assert upload.put(last).status_code == 200


def test_the_bytes_of_another_part_are_rejected(upload: MultipartUpload) -> None:
    assert upload.put(upload.first_batch[0], upload.read_part(2)).status_code == 403


@pytest.mark.parametrize("name", ["partNumber", "uploadId", "key"])
def test_a_url_is_valid_for_one_part_of_one_upload(
    ada: ApiClient, upload: MultipartUpload, name: str
) -> None:
    last, other = upload.first_batch[1], start_upload(ada, mp4(1000)).first_batch[0]
    mine, theirs = _find(last, name), _find(other, name)
    assert mine != theirs

    response = upload.put(last | {"url": last["url"].replace(mine, theirs)})

    assert response.status_code == 403
    assert upload.request_progress().json()["uploaded"] == []


def _find(part: PartUrl, name: str) -> str:
    """Returns the key, or the query parameter `name`, of the URL."""
    path, _, query = part["url"].partition("?")
    place: str = path if name == "key" else next(p for p in query.split("&") if p.startswith(name + "="))
    return place


def test_a_part_after_abort_finds_no_upload(upload: MultipartUpload) -> None:
    assert upload.abort().status_code == 204
    response = upload.put(upload.first_batch[1])
    assert response.status_code == 404
    assert "NoSuchUpload" in response.text


def test_a_part_after_complete_finds_no_upload_and_changes_nothing(ada: ApiClient) -> None:
    upload = start_upload(ada, mp4(1000))
    upload.put_all()
    document = upload.complete_and_wait()

    assert upload.put(upload.first_batch[0], mp4(1000)).status_code == 404
    assert ada.get_document(upload.id) == document


def test_only_parts_of_the_plan_are_signed(upload: MultipartUpload) -> None:
    refused = {
        "part_number_invalid": upload.request_urls(3),
        "too_many_parts_requested": upload.request_urls(*range(1, 1002)),
        "checksum_invalid": upload.request_urls(1, checksums={"1": "0" * 64}),
        "validation_failed": upload.request_urls(1, 1),
    }
    responses = {code: (response.status_code, response.json()["code"]) for code, response in refused.items()}
    assert responses == {code: (422, code) for code in refused}


def test_a_single_put_has_no_parts(ada: ApiClient) -> None:
    single = MultipartUpload(ada, ada.create(png(), "a.png", "image/png"), b"")
    for response in (single.request_progress(), single.request_urls(1)):
        assert (response.status_code, response.json()["code"]) == (409, "not_multipart")


def test_an_upload_of_another_user_is_not_there(grace: ApiClient, upload: MultipartUpload) -> None:
    foreign = MultipartUpload(grace, upload.created, upload.data)
    for response in (
        foreign.request_progress(),
        foreign.request_urls(1),
        foreign.complete(),
        foreign.abort(),
    ):
        assert (response.status_code, response.json()["code"]) == (404, "document_not_found")


def test_a_part_with_a_checksum_rejects_other_bytes(ada: ApiClient, storage: Storage) -> None:
    data = mp4(1000)
    sha256 = hashlib.sha256(data).hexdigest()
    upload = start_upload(ada, data, partChecksums=True)
    assert upload.first_batch == []  # nothing to sign before the client has hashed

    [part] = upload.request_urls(1, checksums={"1": sha256}).json()["parts"]
    wrong = upload.put(part, mp4(1000))
    assert (wrong.status_code, "BadDigest" in wrong.text) == (400, True)
    assert upload.put(part | {"headers": {}}).status_code == 403
    assert upload.request_progress().json()["uploaded"] == []

    assert upload.put(part).status_code == 200
    assert upload.request_progress().json()["uploaded"][0]["sha256"] == sha256
    assert upload.complete_and_wait()["sha256"] == storage.get_sha256(upload.id) == sha256


def test_with_checksums_no_part_is_signed_without_one(ada: ApiClient) -> None:
    upload = start_upload(ada, mp4(1000), partChecksums=True)
    for response in (
        upload.request_urls(1),
        upload.request_urls(1, compact=True),
        upload.request_urls(1, checksums={"2": "0" * 64}),
    ):
        assert (response.status_code, response.json()["code"]) == (422, "checksum_invalid")
