"""createDocument: what it accepts and refuses, and the URL or form that it returns."""

import base64
import hashlib
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from functions import wiring
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api

VALID_REQUEST = {"fileName": "cat.png", "size": 69, "contentType": "image/png"}
VIDEO = {"fileName": "film.mp4", "contentType": "video/mp4"}
GIB = 1024**3


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"size": 0}, 422, "size_too_small"),
        ({"size": 10_485_761}, 413, "file_too_large"),
        (VIDEO | {"size": 6 * 1024 * GIB}, 413, "file_too_large"),
        (VIDEO | {"size": 1 << 53}, 413, "file_too_large"),
        (VIDEO | {"size": 5 * GIB + 1, "method": "PUT"}, 422, "multipart_required"),
        ({"method": "POST"}, 422, "form_not_allowed"),
        ({"method": "POST", "kind": "form", "size": 10_485_761}, 413, "file_too_large"),
        ({"fileName": ""}, 422, "filename_invalid"),
        ({"fileName": " . . "}, 422, "filename_invalid"),
        ({"fileName": "a" * 252 + ".png"}, 422, "filename_invalid"),
        ({"fileName": "a" * 5_000 + ".png"}, 422, "filename_invalid"),
        ({"fileName": "a\r\nb.png"}, 422, "filename_invalid"),
        ({"fileName": "a\0.png"}, 422, "filename_invalid"),
        ({"contentType": "application/x-msdownload", "fileName": "a"}, 415, "content_type_not_allowed"),
        ({"kind": "pdf"}, 415, "content_type_not_allowed"),
        ({"contentType": "png"}, 422, "validation_failed"),
        ({"contentType": "image/png\r\nx-amz-acl: public-read"}, 422, "validation_failed"),
        ({"contentType": "image/" + "x" * 300}, 422, "validation_failed"),
        ({"fileName": "cat.pdf"}, 422, "extension_mismatch"),
        ({"kind": "holiday"}, 422, "validation_failed"),
        ({"method": "put"}, 422, "validation_failed"),
        ({"sha256": "xyz"}, 422, "checksum_invalid"),
        ({"sha256": "A" * 64}, 422, "checksum_invalid"),
        ({"sha256": "a" * 200}, 422, "checksum_invalid"),
        ({"sha256": "a" * 64, "method": "POST", "kind": "form"}, 422, "checksum_invalid"),
        ({"sha256": "a" * 64, "method": "MULTIPART"}, 422, "checksum_invalid"),
        ({"partChecksums": True, "method": "PUT"}, 422, "checksum_invalid"),
        ({"title": ""}, 422, "validation_failed"),
        ({"metadata": {str(n): "" for n in range(21)}}, 422, "validation_failed"),
        ({"metadata": {"a": "x" * 501}}, 422, "validation_failed"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_an_invalid_create_is_refused(
    account: Account, ada: Api, change: dict[str, object], status: int, code: str
) -> None:
    assert ada.post("/documents", VALID_REQUEST | change).problem == (status, code)
    assert account.items() == []
    assert account.open_uploads() == []


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("../../cat.png", "cat.png"),
        ("C:\\holiday\\cat.png", "cat.png"),
        ("cat\N{RIGHT-TO-LEFT OVERRIDE}gnp.png", "catgnp.png"),
        ("e\N{COMBINING ACUTE ACCENT}t\N{LATIN SMALL LETTER E WITH ACUTE}.png", "été.png"),
        ('"; filename="x.png', '"; filename="x.png'),
    ],
)
def test_a_file_name_is_cleaned_and_never_part_of_a_key(ada: Api, sent: str, stored: str) -> None:
    created = ada.create(PNG, fileName=sent)
    assert created["document"]["fileName"] == stored
    assert urlsplit(created["upload"]["url"]).path.endswith(f"/{created['document']['id']}")


def test_create_returns_the_document_and_its_location(ada: Api) -> None:
    request = VALID_REQUEST | {"title": "A cat", "kind": "image", "metadata": {"album": "cats"}}
    answer = ada.post("/documents", request)
    document = answer.json["document"]

    assert answer.status == 201
    assert answer.headers["location"] == f"/documents/{document['id']}"
    assert ada.document(document["id"]) == document
    assert document | request == document | {
        "title": "A cat", "kind": "image", "metadata": {"album": "cats"}, **VALID_REQUEST,
    }  # fmt: skip
    assert (document["status"], document["sha256"]) == ("pending", None)
    assert document["history"] == [{"status": "pending", "at": document["createdAt"], "actor": "ada"}]


def test_no_one_in_between_may_keep_an_answer_that_carries_a_url(ada: Api) -> None:
    answers = [ada.post("/documents", VALID_REQUEST), ada.get("/documents"), ada.post("/documents", "{")]
    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_url_signs_everything_that_s3_should_check(ada: Api) -> None:
    digest = hashlib.sha256(PNG)
    upload = ada.create(PNG, sha256=digest.hexdigest())["upload"]
    query = parse_qs(urlsplit(upload["url"]).query)

    assert query["X-Amz-SignedHeaders"] == [
        "content-length;content-type;host;if-none-match;x-amz-checksum-sha256"
    ]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert int(query["X-Amz-Expires"][0]) <= 900
    assert upload["headers"] == {
        "content-type": "image/png",
        "if-none-match": "*",
        "x-amz-checksum-sha256": base64.b64encode(digest.digest()).decode(),
    }


def test_expires_at_is_when_s3_stops_taking_the_url(ada: Api) -> None:
    upload = ada.create(PNG)["upload"]
    query = parse_qs(urlsplit(upload["url"]).query)
    signed_at = datetime.fromisoformat(query["X-Amz-Date"][0])
    assert datetime.fromisoformat(upload["expiresAt"]) - signed_at == timedelta(
        seconds=int(query["X-Amz-Expires"][0])
    )


def test_without_a_method_the_size_decides(ada: Api) -> None:
    part = 64 * 1024**2
    methods = [ada.create(b"", **VIDEO, size=size)["upload"]["method"] for size in (part, part + 1)]
    assert methods == ["PUT", "MULTIPART"]


@pytest.mark.parametrize("declared", [{}, {"contentType": ""}, {"contentType": "application/octet-stream"}])
def test_without_a_content_type_the_extension_decides(ada: Api, declared: dict[str, str]) -> None:
    created = ada.post("/documents", {"fileName": "cat.png", "size": len(PNG)} | declared)
    assert created.status == 201, created.text
    assert created.json["document"]["declaredContentType"] == "image/png"
    assert created.json["upload"]["headers"]["content-type"] == "image/png"


@pytest.mark.parametrize("declared", [{}, {"contentType": ""}])
def test_without_a_content_type_an_unknown_extension_is_not_accepted(
    ada: Api, declared: dict[str, str]
) -> None:
    refused = ada.post("/documents", {"fileName": "cat.unknown", "size": len(PNG)} | declared)
    assert refused.problem == (415, "content_type_not_allowed")


@pytest.mark.parametrize("content_type", [None, 1, ["image/png"], "image"])
def test_a_content_type_that_is_none_is_not_valid(ada: Api, content_type: object) -> None:
    refused = ada.post("/documents", {"fileName": "cat.png", "size": 1, "contentType": content_type})
    assert refused.problem == (422, "validation_failed")


def test_a_file_with_a_sha256_is_one_put_up_to_5_gib(ada: Api) -> None:
    sha256 = "a" * 64
    assert ada.create(b"", **VIDEO, size=5 * GIB, sha256=sha256)["upload"]["method"] == "PUT"
    refused = ada.post("/documents", VIDEO | {"size": 5 * GIB + 1, "sha256": sha256})
    assert refused.problem == (422, "checksum_invalid")


def test_a_form_is_valid_for_5_minutes_because_s3_accepts_it_more_than_once(ada: Api) -> None:
    before = wiring.now()
    upload = ada.create(PNG, method="POST", kind="form")["upload"]
    lifetime = datetime.fromisoformat(upload["expiresAt"]) - before
    assert timedelta(seconds=299) < lifetime < timedelta(seconds=310)
    assert ada.create(PNG, kind="form")["upload"]["method"] == "PUT"
