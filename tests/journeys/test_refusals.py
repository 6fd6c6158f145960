"""Rejections: by S3, by the inspection of the bytes, and by the API."""

import base64
import hashlib
import os

import httpx
import pytest

from tests.journeys import files
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.files import pdf, png
from tests.journeys.storage import Storage


def test_a_second_put_to_the_same_url_is_rejected(ada: ApiClient, event_sources: EventSources) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png")

    with event_sources.pause():
        responses = [ada.put(created["upload"], data).status_code for _ in range(2)]

    assert responses == [200, 412]
    assert ada.wait_until_processed(created["document"]["id"])["status"] == "ready"


def test_a_put_after_promotion_changes_nothing(ada: ApiClient, http: httpx.Client) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png")
    document_id = created["document"]["id"]
    assert ada.put(created["upload"], data).status_code == 200
    ready = ada.wait_until_processed(document_id)

    # The staged object stays as long as a URL is valid, so S3 rejects every other one.
    assert ada.put(created["upload"], bytes(len(data))).status_code == 412

    assert ada.get_document(document_id) == ready
    assert http.get(ada.get_download_url(document_id)).content == data


@pytest.mark.parametrize("change", [b"one more byte", b""], ids=["longer", "shorter"])
def test_another_size_than_declared_is_rejected(ada: ApiClient, storage: Storage, change: bytes) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png")

    response = ada.put(created["upload"], data + change if change else data[:-1])

    assert response.status_code == 403
    assert "SignatureDoesNotMatch" in response.text
    assert storage.list_keys(created["document"]["id"]) == []
    assert ada.get_document(created["document"]["id"])["status"] == "pending"


def test_another_content_type_is_rejected(ada: ApiClient) -> None:
    data = png()
    upload = ada.create(data, "a.png", "image/png")["upload"]

    assert ada.put(upload, data, **{"content-type": "text/html"}).status_code == 403


def test_a_put_without_if_none_match_is_rejected(ada: ApiClient, http: httpx.Client) -> None:
    data = png()
    upload = ada.create(data, "a.png", "image/png")["upload"]

    assert http.put(upload["url"], content=data, headers={"content-type": "image/png"}).status_code == 403


def test_an_unsigned_header_is_rejected(ada: ApiClient) -> None:
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
def test_a_modified_url_is_rejected(ada: ApiClient, old: str, new: str) -> None:
    data = png()
    upload = ada.create(data, "a.png", "image/png")["upload"]
    assert old in upload["url"]

    assert ada.put(upload | {"url": upload["url"].replace(old, new)}, data).status_code == 403


def test_a_download_url_cannot_write(ada: ApiClient, http: httpx.Client) -> None:
    document = ada.upload(png(), "a.png", "image/png")

    assert http.put(ada.get_download_url(document["id"]), content=b"x").status_code == 403


def test_bytes_with_another_sha256_than_declared_are_rejected(ada: ApiClient, storage: Storage) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png", sha256=hashlib.sha256(data).hexdigest())
    response = ada.put(created["upload"], os.urandom(len(data)))

    assert response.status_code == 400
    assert "BadDigest" in response.text
    assert storage.list_keys(created["document"]["id"]) == []


def test_bytes_with_the_declared_sha256_are_accepted(ada: ApiClient) -> None:
    data = png()
    digest = hashlib.sha256(data)
    created = ada.create(data, "a.png", "image/png", sha256=digest.hexdigest())
    header = created["upload"]["headers"]["x-amz-checksum-sha256"]

    assert base64.b64decode(header) == digest.digest()
    assert ada.put(created["upload"], data).status_code == 200
    assert ada.wait_until_processed(created["document"]["id"])["sha256"] == digest.hexdigest()


@pytest.mark.parametrize(
    "data",
    [files.exe(), files.HTML, files.SVG, files.GIF_AND_HTML],
    ids=["program", "HTML page", "SVG", "GIF and HTML"],
)
def test_a_file_of_another_type_is_rejected_and_cannot_be_downloaded(
    ada: ApiClient, storage: Storage, data: bytes
) -> None:
    document = ada.upload(data, "innocent.png", "image/png")

    assert document["status"] == "rejected"
    assert document["reason"] in ("type_mismatch", "suspicious_content")
    assert document["sha256"] is None
    assert [key.partition("/")[0] for key in storage.list_keys(document["id"])] == ["staging"]
    refused = ada.request("GET", f"/documents/{document['id']}/download")
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
def test_an_invalid_create_is_a_problem_with_its_code(
    ada: ApiClient, request_: dict[str, object], status: int, code: str
) -> None:
    response = ada.request("POST", "/documents", json=request_)

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["requestId"]


def test_the_document_of_another_user_is_not_found_on_any_route(ada: ApiClient, grace: ApiClient) -> None:
    document_id = ada.upload(png(), "a.png", "image/png")["id"]
    routes = [("GET", ""), ("GET", "/download"), ("GET", "/content"), ("POST", "/abort")]

    responses = [grace.request(method, f"/documents/{document_id}{rest}") for method, rest in routes]

    assert {(response.status_code, response.json()["code"]) for response in responses} == {
        (404, "document_not_found")
    }
    assert document_id not in grace.request("GET", "/documents").text


def test_a_request_without_a_valid_token_is_rejected(ada: ApiClient, http: httpx.Client) -> None:
    assert http.get(f"{ada.api}/documents").status_code == 401
    assert http.get(f"{ada.api}/documents", headers={"authorization": "Bearer x.y.z"}).status_code == 401


def test_a_document_cannot_be_downloaded_before_it_is_ready(ada: ApiClient) -> None:
    created = ada.create(pdf(100), "a.pdf", "application/pdf")["document"]
    response = ada.request("GET", f"/documents/{created['id']}/download")

    assert (response.status_code, response.json()["code"]) == (409, "not_ready")
    assert int(response.headers["retry-after"]) >= 1
