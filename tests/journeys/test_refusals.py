"""What S3 itself refuses, what inspection rejects, and what the API does not accept; each on the real path."""

import base64
import hashlib
import os

import httpx
import pytest

from tests.journeys import files
from tests.journeys.client import Client
from tests.journeys.event_sources import EventSources
from tests.journeys.files import pdf, png
from tests.journeys.storage import Storage


def test_a_second_put_to_the_same_url_is_refused(ada: Client, event_sources: EventSources) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png")

    with event_sources.paused():
        answers = [ada.put(created["upload"], data).status_code for _ in range(2)]

    assert answers == [200, 412]
    assert ada.settled(created["document"]["id"])["status"] == "ready"


def test_a_put_after_promotion_changes_nothing(ada: Client, http: httpx.Client, storage: Storage) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png")
    document_id = created["document"]["id"]
    assert ada.put(created["upload"], data).status_code == 200
    ready = ada.settled(document_id)
    storage.wait_until_empty(document_id, "staging/")

    # The staged object is gone, so S3 takes the same URL once more.
    late = bytes(len(data))
    assert ada.put(created["upload"], late).status_code == 200
    storage.wait_until_empty(document_id, "staging/")

    assert ada.document(document_id) == ready
    assert http.get(ada.download_url(document_id)).content == data


@pytest.mark.parametrize("change", [b"one more byte", b""], ids=["longer", "shorter"])
def test_any_other_size_than_declared_is_refused(ada: Client, storage: Storage, change: bytes) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png")

    answer = ada.put(created["upload"], data + change if change else data[:-1])

    assert answer.status_code == 403
    assert "SignatureDoesNotMatch" in answer.text
    assert storage.versions(created["document"]["id"]) == []
    assert ada.document(created["document"]["id"])["status"] == "pending"


def test_another_content_type_is_refused(ada: Client) -> None:
    data = png()
    upload = ada.create(data, "a.png", "image/png")["upload"]

    assert ada.put(upload, data, **{"content-type": "text/html"}).status_code == 403


def test_a_put_without_the_condition_is_refused(ada: Client, http: httpx.Client) -> None:
    data = png()
    upload = ada.create(data, "a.png", "image/png")["upload"]

    assert http.put(upload["url"], content=data, headers={"content-type": "image/png"}).status_code == 403


def test_a_header_that_was_not_signed_is_refused(ada: Client) -> None:
    data = png()
    upload = ada.create(data, "a.png", "image/png")["upload"]

    assert ada.put(upload, data, **{"x-amz-tagging": "a=b"}).status_code == 403


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("X-Amz-Expires=900", "X-Amz-Expires=9000"),
        ("/staging/", "/documents/"),
        ("X-Amz-Signature=", "X-Amz-Signature=0"),
    ],
    ids=["lifetime", "key", "signature"],
)
def test_a_tampered_url_is_refused(ada: Client, old: str, new: str) -> None:
    data = png()
    upload = ada.create(data, "a.png", "image/png")["upload"]
    assert old in upload["url"]

    assert ada.put(upload | {"url": upload["url"].replace(old, new)}, data).status_code == 403


def test_a_download_url_writes_nothing(ada: Client, http: httpx.Client) -> None:
    document = ada.upload(png(), "a.png", "image/png")

    assert http.put(ada.download_url(document["id"]), content=b"x").status_code == 403


def test_other_bytes_than_the_declared_sha256_are_refused(ada: Client, storage: Storage) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png", sha256=hashlib.sha256(data).hexdigest())
    answer = ada.put(created["upload"], os.urandom(len(data)))

    assert answer.status_code == 400
    assert "BadDigest" in answer.text
    assert storage.versions(created["document"]["id"]) == []


def test_the_declared_sha256_lets_the_right_bytes_pass(ada: Client) -> None:
    data = png()
    digest = hashlib.sha256(data)
    created = ada.create(data, "a.png", "image/png", sha256=digest.hexdigest())
    sent = created["upload"]["headers"]["x-amz-checksum-sha256"]

    assert base64.b64decode(sent) == digest.digest()
    assert ada.put(created["upload"], data).status_code == 200
    assert ada.settled(created["document"]["id"])["sha256"] == digest.hexdigest()


@pytest.mark.parametrize(
    "data",
    [files.exe(), files.HTML, files.SVG, files.GIF_AND_HTML],
    ids=["a program", "an HTML page", "an SVG", "a GIF that is HTML too"],
)
def test_what_is_no_png_is_rejected_and_nothing_of_it_can_be_read(
    ada: Client, storage: Storage, data: bytes
) -> None:
    document = ada.upload(data, "innocent.png", "image/png")

    assert document["status"] == "rejected"
    assert document["reason"] in ("type_mismatch", "suspicious_content")
    assert document["sha256"] is None
    storage.wait_until_empty(document["id"], "")
    refused = ada.call("GET", f"/documents/{document['id']}/download")
    assert (refused.status_code, refused.json()["code"]) == (409, "rejected")


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"fileName": "a.png", "size": 11_000_000, "contentType": "image/png"}, 413, "file_too_large"),
        (
            {"fileName": "a.png", "size": 1, "contentType": "image/png", "kind": "pdf"},
            415,
            "content_type_not_allowed",
        ),
        (
            {"fileName": "a.exe", "size": 1, "contentType": "application/x-msdownload"},
            415,
            "content_type_not_allowed",
        ),
        ({"fileName": "a.pdf", "size": 1, "contentType": "image/png"}, 422, "extension_mismatch"),
        ({"fileName": "a.png", "size": 0, "contentType": "image/png"}, 422, "size_too_small"),
        ({"fileName": "a.png", "size": "1", "contentType": "image/png"}, 422, "validation_failed"),
        ({"fileName": "a\r\n.png", "size": 1, "contentType": "image/png"}, 422, "filename_invalid"),
    ],
)
def test_a_bad_create_gets_a_problem_with_a_stable_code(
    ada: Client, request_: dict[str, object], status: int, code: str
) -> None:
    answer = ada.call("POST", "/documents", json=request_)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["requestId"]


def test_another_users_document_is_not_there_on_any_route(ada: Client, grace: Client) -> None:
    document_id = ada.upload(png(), "a.png", "image/png")["id"]
    routes = [("GET", ""), ("GET", "/download"), ("GET", "/content"), ("POST", "/abort")]

    answers = [grace.call(method, f"/documents/{document_id}{rest}") for method, rest in routes]

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (404, "document_not_found")
    }
    assert document_id not in grace.call("GET", "/documents").text


def test_no_token_no_answer(ada: Client, http: httpx.Client) -> None:
    assert http.get(f"{ada.api}/documents").status_code == 401
    assert http.get(f"{ada.api}/documents", headers={"authorization": "Bearer x.y.z"}).status_code == 401


def test_a_download_of_what_is_not_checked_yet_is_refused(ada: Client) -> None:
    created = ada.create(pdf(100), "a.pdf", "application/pdf")["document"]
    answer = ada.call("GET", f"/documents/{created['id']}/download")

    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
    assert int(answer.headers["retry-after"]) >= 1
