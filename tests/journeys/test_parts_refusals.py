"""What a part's URL does not take, what the API refuses to sign, and parts that come with their checksum."""

import hashlib

import pytest

from tests.journeys.client import Client
from tests.journeys.files import mp4, png
from tests.journeys.parts import InParts, Part, begin
from tests.journeys.storage import Storage


@pytest.fixture
def upload(ada: Client, two_parts: bytes) -> InParts:
    return begin(ada, two_parts)


def test_a_part_has_exactly_its_length(upload: InParts) -> None:
    last, piece = upload.window[1], upload.piece(2)
    for body in (piece + b"!", piece[:-1], b""):
        answer = upload.put(last, body)
        assert answer.status_code == 403
        assert "SignatureDoesNotMatch" in answer.text
    assert upload.held().json()["missing"] == [1, 2]
    assert upload.put(last).status_code == 200


def test_a_full_part_is_no_last_one(upload: InParts) -> None:
    assert upload.put(upload.window[0], upload.piece(2)).status_code == 403


@pytest.mark.parametrize("name", ["partNumber", "uploadId", "key"])
def test_a_url_is_for_one_part_of_one_upload(ada: Client, upload: InParts, name: str) -> None:
    last, other = upload.window[1], begin(ada, mp4(1000)).window[0]
    mine, theirs = _place(last, name), _place(other, name)
    assert mine != theirs

    answer = upload.put(last | {"url": last["url"].replace(mine, theirs)})

    assert answer.status_code == 403
    assert upload.held().json()["uploaded"] == []


def _place(part: Part, name: str) -> str:
    """What the URL says about `name`."""
    path, _, query = part["url"].partition("?")
    found: str = path if name == "key" else next(p for p in query.split("&") if p.startswith(name + "="))
    return found


def test_a_part_after_abort_finds_no_upload(upload: InParts) -> None:
    assert upload.abort().status_code == 204
    answer = upload.put(upload.window[1])
    assert answer.status_code == 404
    assert "NoSuchUpload" in answer.text


def test_a_part_after_complete_finds_no_upload_and_changes_nothing(ada: Client) -> None:
    upload = begin(ada, mp4(1000))
    upload.send()
    document = upload.finished()

    assert upload.put(upload.window[0], mp4(1000)).status_code == 404
    assert ada.document(upload.id) == document


def test_the_api_signs_only_what_is_in_the_plan(upload: InParts) -> None:
    refused = {
        "part_number_invalid": upload.more(3),
        "too_many_parts_requested": upload.more(*range(1, 1002)),
        "checksum_invalid": upload.more(1, checksums={"1": "0" * 64}),
        "validation_failed": upload.more(1, 1),
    }
    answers = {code: (answer.status_code, answer.json()["code"]) for code, answer in refused.items()}
    assert answers == {code: (422, code) for code in refused}


def test_a_single_put_has_no_parts(ada: Client) -> None:
    single = InParts(ada, ada.create(png(), "a.png", "image/png"), b"")
    for answer in (single.held(), single.more(1)):
        assert (answer.status_code, answer.json()["code"]) == (409, "not_multipart")


def test_an_upload_of_another_user_is_not_there(grace: Client, upload: InParts) -> None:
    hers = InParts(grace, upload.created, upload.data)
    for answer in (hers.held(), hers.more(1), hers.complete(), hers.abort()):
        assert (answer.status_code, answer.json()["code"]) == (404, "document_not_found")


def test_with_checksums_s3_takes_the_right_bytes_and_no_others(ada: Client, storage: Storage) -> None:
    data = mp4(1000)
    sha256 = hashlib.sha256(data).hexdigest()
    upload = begin(ada, data, partChecksums=True)
    assert upload.window == []  # nothing to sign before the client has hashed

    [part] = upload.more(1, checksums={"1": sha256}).json()["parts"]
    wrong = upload.put(part, mp4(1000))
    assert (wrong.status_code, "BadDigest" in wrong.text) == (400, True)
    assert upload.put(part | {"headers": {}}).status_code == 403
    assert upload.held().json()["uploaded"] == []

    assert upload.put(part).status_code == 200
    assert upload.held().json()["uploaded"][0]["sha256"] == sha256
    assert upload.finished()["sha256"] == storage.sha256(upload.id) == sha256


def test_with_checksums_no_part_is_signed_without_one(ada: Client) -> None:
    upload = begin(ada, mp4(1000), partChecksums=True)
    for answer in (upload.more(1), upload.more(1, compact=True), upload.more(1, checksums={"2": "0" * 64})):
        assert (answer.status_code, answer.json()["code"]) == (422, "checksum_invalid")
