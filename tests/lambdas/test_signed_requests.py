"""Requests to S3 that differ from what was presigned: S3 refuses each."""

import hashlib
from datetime import datetime, timedelta

import httpx
import pytest

from functions import wiring
from strict_s3 import read_error as refusal
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.conftest import Delay
from tests.lambdas.steps import post, process_document, put

MISMATCH = (403, "SignatureDoesNotMatch")
DENIED = (403, "AccessDenied")


@pytest.mark.parametrize("data", [PNG + b"!", PNG[:-1], b""], ids=["longer", "shorter", "empty"])
def test_another_length_than_declared_is_refused(
    account: Account, ada: Api, s3: httpx.Client, data: bytes
) -> None:
    created = ada.create(PNG)
    assert refusal(put(s3, created["upload"], data)) == MISMATCH
    assert account.staged_versions("ada", created["document"]["id"]) == []


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ({"content-type": "text/html"}, MISMATCH),
        ({"if-none-match": "other"}, MISMATCH),
        ({"x-amz-acl": "public-read"}, DENIED),
        ({"x-amz-tagging": "a=b"}, DENIED),
        ({"x-amz-checksum-sha256": "a" * 43 + "="}, DENIED),
    ],
    ids=lambda value: str(value)[:30],
)
def test_another_header_than_signed_is_refused(
    ada: Api, s3: httpx.Client, header: dict[str, str], expected: tuple[int, str]
) -> None:
    assert refusal(put(s3, ada.create(PNG)["upload"], PNG, **header)) == expected


def test_a_put_that_leaves_the_condition_out_is_refused(ada: Api, s3: httpx.Client) -> None:
    upload = ada.create(PNG)["upload"]
    answer = s3.put(upload["url"], content=PNG, headers={"content-type": "image/png"})
    assert refusal(answer) == MISMATCH


def test_a_second_put_to_the_same_url_is_refused(account: Account, ada: Api, s3: httpx.Client) -> None:
    created = ada.create(PNG)
    assert put(s3, created["upload"], PNG).status_code == 200
    assert put(s3, created["upload"], PNG).status_code == 412
    assert len(account.staged_versions("ada", created["document"]["id"])) == 1


def test_other_bytes_than_the_declared_sha256_are_refused(ada: Api, s3: httpx.Client) -> None:
    upload = ada.create(PNG, sha256=hashlib.sha256(PNG).hexdigest())["upload"]
    assert refusal(put(s3, upload, PNG[::-1])) == (400, "BadDigest")
    assert put(s3, upload, PNG).status_code == 200


def test_an_upload_url_expires(ada: Api, s3: httpx.Client, delay: Delay) -> None:
    upload = ada.create(PNG)["upload"]
    delay.by = timedelta(seconds=901)
    assert refusal(put(s3, upload, PNG)) == DENIED
    delay.by = timedelta(seconds=890)
    assert put(s3, upload, PNG).status_code == 200


def test_a_download_url_expires(account: Account, ada: Api, s3: httpx.Client, delay: Delay) -> None:
    download = ada.get(f"/documents/{process_document(account, ada, s3, PNG)}/download").json
    assert datetime.fromisoformat(download["expiresAt"]) - wiring.now() <= timedelta(minutes=5)
    delay.by = timedelta(seconds=301)
    assert refusal(s3.get(download["url"])) == DENIED
    delay.by = timedelta(seconds=290)
    assert s3.get(download["url"]).status_code == 200


def test_a_form_expires(ada: Api, s3: httpx.Client, delay: Delay) -> None:
    form = ada.create(PNG, method="POST", kind="form")["upload"]
    delay.by = timedelta(seconds=301)
    assert refusal(post(s3, form, PNG)) == DENIED
    delay.by = timedelta(seconds=290)
    assert post(s3, form, PNG).status_code == 201


def test_a_form_takes_no_other_size_and_no_other_fields(ada: Api, s3: httpx.Client) -> None:
    form = ada.create(PNG, method="POST", kind="form")["upload"]
    assert refusal(post(s3, form, PNG + b"!")) == (400, "EntityTooLarge")
    assert refusal(post(s3, form, PNG[:-1])) == (400, "EntityTooSmall")
    assert refusal(post(s3, form, PNG, **{"Content-Type": "text/html"})) == DENIED
    assert refusal(post(s3, form, PNG, key="documents/mine")) == DENIED
    assert refusal(post(s3, form, PNG, acl="public-read")) == DENIED


def test_an_upload_url_reads_and_deletes_nothing(ada: Api, s3: httpx.Client) -> None:
    upload = ada.create(PNG)["upload"]
    assert put(s3, upload, PNG).status_code == 200
    for method in ("GET", "HEAD", "DELETE"):
        assert s3.request(method, upload["url"]).status_code == 403


def test_a_download_url_writes_and_deletes_nothing(account: Account, ada: Api, s3: httpx.Client) -> None:
    url = ada.get(f"/documents/{process_document(account, ada, s3, PNG)}/download").json["url"]
    assert refusal(s3.put(url, content=PNG)) == MISMATCH
    assert s3.delete(url).status_code == 403


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("X-Amz-Expires=900", "X-Amz-Expires=90000"),
        ("/staging/", "/documents/"),
        ("content-length%3B", ""),
        ("%3Bif-none-match", ""),
    ],
)
def test_a_tampered_upload_url_is_refused(ada: Api, s3: httpx.Client, old: str, new: str) -> None:
    upload = ada.create(PNG)["upload"]
    assert old in upload["url"]
    assert refusal(put(s3, upload | {"url": upload["url"].replace(old, new)}, PNG)) == MISMATCH


def test_a_tampered_download_url_is_refused(account: Account, ada: Api, s3: httpx.Client) -> None:
    url = ada.get(f"/documents/{process_document(account, ada, s3, PNG)}/download").json["url"]
    shown_in_place = httpx.URL(url).copy_set_param("response-content-disposition", "inline")
    assert refusal(s3.get(shown_in_place)) == MISMATCH
    assert refusal(s3.get(httpx.URL(url).copy_remove_param("versionId"))) == MISMATCH
