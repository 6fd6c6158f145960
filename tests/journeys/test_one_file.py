"""The happy path over HTTP on the synthesised template: create, PUT, ready, download."""

import hashlib
import shutil
import subprocess
import time
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.files import pdf, png
from tests.journeys.storage import Storage
from tests.skips import skip_or_fail

NAME = "Übersicht 2024 – ключ.pdf"


def seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def test_a_downloaded_file_equals_the_uploaded_one_and_all_three_hashes_agree(
    ada: ApiClient, http: httpx.Client, storage: Storage
) -> None:
    data = pdf(1_500_000)
    document = ada.upload(data, NAME, "application/pdf", title="Overview", metadata={"project": "x"})

    assert document["status"] == "ready"
    assert document["fileName"] == NAME
    assert document["title"] == "Overview"
    assert document["metadata"] == {"project": "x"}
    assert document["contentType"] == document["declaredContentType"] == "application/pdf"
    assert [step["status"] for step in document["history"]] == ["pending", "processing", "ready"]
    assert seconds_between(document["createdAt"], document["updatedAt"]) < 60
    downloaded = http.get(ada.get_download_url(document["id"]))
    assert downloaded.content == data
    assert document["sha256"] == hashlib.sha256(data).hexdigest() == storage.get_sha256(document["id"])


def test_a_range_returns_exactly_its_bytes_and_one_past_the_end_is_an_error(
    ada: ApiClient, http: httpx.Client
) -> None:
    data = pdf(5_000)
    document = ada.upload(data, "a.pdf", "application/pdf")
    url = ada.get_download_url(document["id"])

    part = http.get(url, headers={"range": "bytes=0-999"})
    assert part.status_code == 206
    assert part.content == data[:1000]
    assert part.headers["content-range"] == "bytes 0-999/5000"
    assert http.get(url, headers={"range": "bytes=-10"}).content == data[-10:]
    assert http.get(url, headers={"range": "bytes=5000-"}).status_code == 416


@pytest.mark.skipif(**skip_or_fail("curl", shutil.which("curl") is not None))
def test_curl_follows_the_redirect_and_saves_under_the_original_name(ada: ApiClient, tmp_path: Path) -> None:
    data = pdf(2_000)
    document = ada.upload(data, NAME, "application/pdf")
    command = ["curl", "-sSfOJL", f"{ada.api}/documents/{document['id']}/content"]

    subprocess.run([*command, "-H", f"authorization: Bearer {ada.token}"], cwd=tmp_path, check=True)

    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).read_bytes() == data


def test_an_html_form_uploads_without_any_script(ada: ApiClient, http: httpx.Client) -> None:
    data = png()
    created = ada.create(data, "form.png", "image/png", method="POST", kind="form")
    form = created["upload"]

    response = http.post(form["url"], data=form["fields"], files={"file": ("form.png", data, "image/png")})

    assert response.status_code == 201, response.text
    assert ada.wait_until_processed(created["document"]["id"])["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_form_rejects_another_size(ada: ApiClient, http: httpx.Client) -> None:
    data = png()
    form = ada.create(data, "form.png", "image/png", method="POST", kind="form")["upload"]

    response = http.post(
        form["url"], data=form["fields"], files={"file": ("x.png", data + b"!", "image/png")}
    )

    assert response.status_code == 400
    assert "EntityTooLarge" in response.text


def test_images_are_displayed_inline_and_other_types_are_attachments(
    ada: ApiClient, http: httpx.Client
) -> None:
    image = ada.upload(png(), "a.png", "image/png")
    data = ada.upload(b'<?xml version="1.0"?><a/>', "a.xml", "application/xml")

    displayed = http.get(ada.get_download_url(image["id"], disposition="inline"))
    attached = http.get(ada.get_download_url(data["id"], disposition="inline"))

    assert displayed.headers["content-disposition"].startswith("inline;")
    assert displayed.headers["content-type"] == "image/png"
    assert attached.headers["content-disposition"].startswith("attachment;")


def test_the_list_is_newest_first_and_continues_at_the_cursor(grace: ApiClient) -> None:
    ids = [grace.create(png(), f"{n}.png", "image/png")["document"]["id"] for n in range(3)]

    first = grace.request("GET", "/documents", params={"limit": "2"}).json()
    rest = grace.request("GET", "/documents", params={"limit": "2", "cursor": first["nextCursor"]}).json()

    assert [document["id"] for document in first["documents"]] == [ids[2], ids[1]]
    assert rest["documents"][0]["id"] == ids[0]


def test_an_unchanged_document_is_not_sent_again(ada: ApiClient) -> None:
    document = ada.upload(png(), "a.png", "image/png")
    path = f"/documents/{document['id']}"
    etag = ada.request("GET", path).headers["etag"]

    assert ada.request("GET", path, headers={"if-none-match": etag}).status_code == 304


def test_a_document_in_progress_has_a_retry_after_header(ada: ApiClient) -> None:
    created = ada.create(png(), "a.png", "image/png")["document"]

    assert int(ada.request("GET", f"/documents/{created['id']}").headers["retry-after"]) >= 1
    assert created["expiresAt"] > created["createdAt"]


def test_bytes_that_arrive_after_an_abort_stay_unused_until_the_sweep(
    ada: ApiClient, admin: AdminClient, storage: Storage
) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png")
    document_id = created["document"]["id"]

    assert ada.request("POST", f"/documents/{document_id}/abort").status_code == 204
    assert ada.request("POST", f"/documents/{document_id}/abort").status_code == 204
    assert ada.put(created["upload"], data).status_code == 200
    assert ada.put(created["upload"], data).status_code == 412
    assert ada.get_document(document_id)["status"] == "aborted"

    admin.sweep()
    assert len(storage.list_keys(document_id)) == 1
    admin.expire_urls(document_id)
    admin.sweep()
    assert storage.list_keys(document_id) == []


def test_repeated_creates_with_one_idempotency_key_make_one_document(ada: ApiClient) -> None:
    data = png()
    request = {"fileName": "a.png", "size": len(data), "contentType": "image/png"}
    headers = {"idempotency-key": f"key-{time.time_ns()}"}

    first = ada.request("POST", "/documents", json=request, headers=headers).json()
    repeated = ada.request("POST", "/documents", json=request, headers=headers).json()
    other = ada.request("POST", "/documents", json=request | {"size": 1}, headers=headers)

    assert first["document"]["id"] == repeated["document"]["id"]
    assert repeated["upload"]["url"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_the_openapi_description_and_its_page_need_no_token(ada: ApiClient, http: httpx.Client) -> None:
    description = http.get(f"{ada.api}/openapi.json").json()
    page = http.get(f"{ada.api}/docs")

    assert {"/documents", "/documents/{id}/download"} <= description["paths"].keys()
    assert page.headers["content-type"].startswith("text/html")
    assert "/documents/{id}/download" in page.text
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
