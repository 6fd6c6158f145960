"""Forms whose file is not known yet, from the create to the download, and what S3 refuses of them."""

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from strict_s3 import read_error
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api

FORM = {"kind": "form", "method": "POST", "maxSize": 5_000}
BACK = "https://app.example.com/sent?step=2"


@pytest.fixture(autouse=True)
def origins(deploy: Callable[..., None]) -> None:
    deploy(redirect_origins="https://app.example.com,http://127.0.0.1:5000")


def create(api: Api, **more: object) -> Any:
    answer = api.post("/documents", FORM | more)
    assert answer.status == 201, answer.text
    return answer.json


def send(s3: httpx.Client, created: Any, data: bytes, name: str = "cat.png", **fields: str) -> httpx.Response:
    upload = created["upload"]
    return s3.post(upload["url"], data=upload["fields"] | fields, files={"file": (name, data)})


def process(account: Account, ada: Api, created: Any) -> Any:
    document_id = created["document"]["id"]
    account.deliver(account.arrival_event("ada", document_id))
    return ada.document(document_id)


def test_a_page_without_javascript_sends_a_file_that_nobody_knew_before(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = create(ada, successRedirect=BACK)
    pending = created["document"]
    assert (pending["fileName"], pending["size"], pending["maxSize"]) == ("unnamed", 5_000, 5_000)
    assert account.usage("ada") == (5_000, 1)

    answer = send(s3, created, PNG, name="C:\\photos\\cat 1.png")
    location = urlsplit(answer.headers["location"])
    assert (answer.status_code, location.netloc, location.path) == (303, "app.example.com", "/sent")
    assert [name for name, _ in parse_qsl(location.query)] == ["step", "bucket", "key", "etag"]

    document = process(account, ada, created)
    assert (document["status"], document["contentType"], document["size"]) == ("ready", "image/png", len(PNG))
    assert document["fileName"] == document["title"] == "cat 1.png"
    assert document["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert account.usage("ada") == (len(PNG), 0)
    download = ada.get(f"/documents/{document['id']}/download").json
    assert s3.get(download["url"]).content == PNG


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("K\N{LATIN SMALL LETTER A WITH DIAERESIS}se \N{EM DASH} \N{ROCKET}.png",) * 2,
        ("${filename}.png",) * 2,
        ("", "unnamed"),
        ("..", "unnamed"),
    ],
)
def test_the_name_is_the_one_that_the_browser_sends(
    account: Account, ada: Api, s3: httpx.Client, sent: str, kept: str
) -> None:
    created = create(ada)
    send(s3, created, PNG, name=sent)
    assert process(account, ada, created)["fileName"] == kept


def test_a_form_may_have_a_name_of_its_own_and_answers_201_without_a_page(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = create(ada, fileName="passport.png", title="Passport")
    assert send(s3, created, PNG, name="IMG_1.png").status_code == 201
    document = process(account, ada, created)
    assert (document["fileName"], document["title"]) == ("passport.png", "Passport")


def test_a_file_of_another_type_is_rejected_with_a_sentence(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = create(ada)
    send(s3, created, b"<!doctype html><p>Hello", name="letter.html")
    document = process(account, ada, created)
    assert (document["status"], document["reason"]) == ("rejected", "type_not_allowed")
    assert document["message"] == "This file is of a type that is not accepted."
    assert account.usage("ada") == (0, 0)


@pytest.mark.parametrize(
    ("data", "fields", "error"),
    [
        (b"", {}, (400, "EntityTooSmall")),
        (bytes(5_001), {}, (400, "EntityTooLarge")),
        (PNG, {"key": "staging/another"}, (403, "AccessDenied")),
        (PNG, {"success_action_redirect": "https://evil.example/"}, (403, "AccessDenied")),
        (PNG, {"Content-Type": "text/html"}, (403, "AccessDenied")),
        (PNG, {"x-amz-meta-other": "x"}, (403, "AccessDenied")),
    ],
)
def test_s3_refuses_what_the_policy_does_not_say(
    ada: Api, s3: httpx.Client, data: bytes, fields: dict[str, str], error: tuple[int, str]
) -> None:
    assert read_error(send(s3, create(ada, successRedirect=BACK), data, **fields)) == error


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"kind": None}, 422, "validation_failed"),
        ({"method": "PUT"}, 422, "validation_failed"),
        ({"size": 10}, 422, "validation_failed"),
        ({"contentType": "image/png"}, 422, "validation_failed"),
        ({"maxSize": 0}, 422, "size_too_small"),
        ({"maxSize": 1 << 40}, 413, "file_too_large"),
        ({"maxSize": "10"}, 422, "validation_failed"),
        ({"kind": "image"}, 422, "form_not_allowed"),
        ({"successRedirect": "https://evil.example/"}, 422, "redirect_not_allowed"),
        ({"successRedirect": "https://app.example.com@evil.example/"}, 422, "redirect_not_allowed"),
        ({"successRedirect": "javascript:alert(1)"}, 422, "redirect_not_allowed"),
        ({"successRedirect": "https://app.example.com/" + "a" * 1_024}, 422, "validation_failed"),
    ],
)
def test_a_form_that_cannot_be_is_refused(
    ada: Api, changes: dict[str, object], status: int, code: str
) -> None:
    assert ada.post("/documents", FORM | changes).problem == (status, code)


def test_no_page_is_allowed_without_the_setting(ada: Api, deploy: Callable[..., None]) -> None:
    deploy(redirect_origins="")
    answer = ada.post("/documents", FORM | {"successRedirect": BACK})
    assert answer.problem == (422, "redirect_not_allowed")


def test_only_a_form_leads_to_another_page(ada: Api) -> None:
    request = {"fileName": "a.png", "size": 10, "contentType": "image/png", "successRedirect": BACK}
    assert ada.post("/documents", request).problem == (422, "validation_failed")
    assert ada.post("/documents", {"kind": "form"}).problem == (422, "validation_failed")


def test_a_repeated_create_signs_the_same_form_until_the_file_has_arrived(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    key = {"Idempotency-Key": "one-page"}
    first, second = (ada.post("/documents", FORM | {"successRedirect": BACK}, **key).json for _ in range(2))
    assert first["document"]["id"] == second["document"]["id"]
    assert second["upload"]["fields"]["success_action_redirect"] == BACK
    send(s3, second, PNG)
    process(account, ada, second)
    third = ada.post("/documents", FORM | {"successRedirect": BACK}, **key).json
    assert (third["upload"], third["document"]["status"]) == (None, "ready")


def test_forms_are_created_in_a_batch(ada: Api) -> None:
    results = ada.post("/documents/batch", {"documents": [FORM, FORM | {"kind": "image"}]}).json["results"]
    assert results[0]["upload"]["fields"]["x-amz-meta-file-name"] == "${filename}"
    assert results[1]["problem"]["code"] == "form_not_allowed"
