"""The happy path of one file: create, PUT, event, record, download; and where it branches off."""

import hashlib
from datetime import timedelta

import httpx
import pytest

from functions.domain.keys import documents_key, owner_key
from tests.examples import JPEG, PDF, PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.steps import post, process_document, process_large_document, put, stage_document
from tests.lambdas.sweep_invocations import sweep_later


def test_a_file_comes_back_as_it_was_sent(account: Account, ada: Api, s3: httpx.Client) -> None:
    created = ada.create(PNG, fileName="overview 2024.png", title="Übersicht ☺")
    document_id = created["document"]["id"]
    assert put(s3, created["upload"], PNG).status_code == 200
    assert ada.document(document_id)["status"] == "pending"

    account.deliver(account.arrival_event("ada", document_id))

    document = ada.document(document_id)
    assert [step["status"] for step in document["history"]] == ["pending", "processing", "ready"]
    assert (document["status"], document["contentType"]) == ("ready", "image/png")
    assert (document["fileName"], document["title"]) == ("overview 2024.png", "Übersicht ☺")
    assert document["sha256"] == hashlib.sha256(PNG).hexdigest()
    assert document["expiresAt"] is None
    at = document["history"][-1]["at"]
    assert document["steps"] == [
        {"name": name, "status": "passed", "at": at} for name in ("size", "type", "promote")
    ]
    assert document["renditions"] == {}
    download = ada.get(f"/documents/{document_id}/download").json
    expected = ("fileName", "size", "contentType", "sha256")
    assert {name: download[name] for name in expected} == {name: document[name] for name in expected}
    assert s3.get(download["url"]).content == PNG


def test_only_the_promoted_copy_is_left_after_the_url_has_expired(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = process_document(account, ada, s3, PNG)
    assert len(account.staged_versions("ada", document_id)) == 1
    assert sweep_later(timedelta(minutes=15)) == {}
    assert sweep_later(timedelta(minutes=17)) == {"deleted_version": 1}
    assert account.staged_versions("ada", document_id) == []
    assert len(account.stored_versions("ada", document_id)) == 1
    assert account.usage("ada") == (len(PNG), 0)


def test_an_upload_is_open_until_its_bytes_have_arrived(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    assert account.usage("ada") == (len(PNG), 1)
    large = process_large_document(account, document_id)
    assert (large["status"], account.usage("ada")) == ("processing", (len(PNG), 0))


def test_a_download_by_range_gives_exactly_those_bytes(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG)
    url = ada.get(f"/documents/{document_id}/download").json["url"]

    part = s3.get(url, headers={"range": "bytes=4-9"})

    assert (part.status_code, part.content) == (206, PNG[4:10])
    assert part.headers["content-range"] == f"bytes 4-9/{len(PNG)}"
    assert s3.get(url, headers={"range": f"bytes={len(PNG)}-"}).status_code == 416


def test_a_download_has_the_original_name_and_the_detected_type(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = process_document(account, ada, s3, PNG, fileName="my cat.PNG")
    answer = s3.get(ada.get(f"/documents/{document_id}/download").json["url"])
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-disposition"] == 'attachment; filename="my cat.PNG"'


def test_a_name_in_any_script_is_signed_in_a_form_that_browsers_read(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    """The in-process transport accepts ASCII headers only; a journey downloads such a file over a socket."""
    document_id = process_document(account, ada, s3, PNG, fileName="Katze ☺.png")
    url = httpx.URL(ada.get(f"/documents/{document_id}/download").json["url"])
    disposition = url.params["response-content-disposition"]
    assert disposition.endswith("; filename*=UTF-8''Katze%20%E2%98%BA.png")
    assert disposition.encode("latin-1")


def test_an_unsigned_content_encoding_of_an_upload_is_not_that_of_the_download(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG)
    document_id = created["document"]["id"]
    assert put(s3, created["upload"], PNG, **{"content-encoding": "gzip"}).status_code == 200
    account.deliver(account.arrival_event("ada", document_id))
    url = ada.get(f"/documents/{document_id}/download").json["url"]
    with s3.stream("GET", url) as answer:
        assert "content-encoding" not in answer.headers
        assert b"".join(answer.iter_raw()) == PNG


def test_an_image_may_be_shown_in_place_and_xml_is_always_saved(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    xml = b'<?xml version="1.0"?><a/>'
    ids = [
        process_document(account, ada, s3, PNG),
        process_document(account, ada, s3, xml, fileName="a.xml", contentType="application/xml"),
    ]
    answers = [ada.get(f"/documents/{id}/download", disposition="inline").json for id in ids]
    shown = [s3.get(answer["url"]).headers["content-disposition"].split(";")[0] for answer in answers]
    assert shown == ["inline", "attachment"]


@pytest.mark.parametrize(
    ("declared", "body", "served"),
    [
        ("text/plain", "Grüße € 日本".encode(), "text/plain; charset=utf-8"),
        ("text/plain", "Grüße".encode("utf-16"), "text/plain; charset=utf-16le"),
        ("text/plain", "Grüße".encode("latin-1"), "text/plain"),
        ("text/plain; charset=windows-1252", "Grüße".encode("latin-1"), "text/plain; charset=windows-1252"),
        ("", b"# Cats\n\n<script>alert(1)</script>\n", "text/plain; charset=utf-8"),
    ],
)
def test_text_is_shown_with_the_charset_that_is_known(
    account: Account, ada: Api, s3: httpx.Client, declared: str, body: bytes, served: str
) -> None:
    document_id = process_document(account, ada, s3, body, fileName="a.txt", contentType=declared)
    answer = s3.get(ada.get(f"/documents/{document_id}/download", disposition="inline").json["url"])
    assert answer.headers["content-type"] == served
    assert answer.headers["content-disposition"].startswith("inline;")


def test_an_image_of_another_accepted_type_than_declared_is_ready_with_its_own(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    for declared in ("image/heic", "image/jpeg", ""):
        document_id = process_document(account, ada, s3, JPEG, fileName="IMG_1.HEIC", contentType=declared)
        document = ada.document(document_id)
        assert (document["status"], document["contentType"]) == ("ready", "image/jpeg")
        answer = s3.get(ada.get(f"/documents/{document_id}/download", disposition="inline").json["url"])
        assert (answer.content, answer.headers["content-type"]) == (JPEG, "image/jpeg")


def test_content_redirects_to_the_download(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG)
    answer = ada.get(f"/documents/{document_id}/content")
    assert (answer.status, answer.text, answer.headers["cache-control"]) == (307, "", "no-store")
    assert s3.get(answer.headers["location"]).content == PNG


def test_a_download_of_an_object_that_was_removed_fails_in_s3(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = process_document(account, ada, s3, PNG)
    [version] = account.stored_versions("ada", document_id)
    key = documents_key(owner_key("ada"), document_id)
    account.s3.delete_object(Bucket=account.bucket, Key=key, VersionId=version)
    gone = s3.get(ada.get(f"/documents/{document_id}/download").json["url"])
    assert gone.status_code in (403, 404)


def test_an_unknown_disposition_is_not_valid(ada: Api) -> None:
    document_id = ada.create(PNG)["document"]["id"]
    answer = ada.get(f"/documents/{document_id}/download", disposition="inline; filename=x")
    assert answer.problem == (422, "validation_failed")


def test_an_html_form_uploads_too(account: Account, ada: Api, s3: httpx.Client) -> None:
    created = ada.create(PNG, method="POST", kind="form")
    document_id = created["document"]["id"]
    assert post(s3, created["upload"], PNG).status_code == 201
    account.deliver(account.arrival_event("ada", document_id))
    assert ada.document(document_id)["status"] == "ready"


def test_a_form_that_is_sent_twice_counts_twice_against_the_day_and_its_second_version_is_deleted(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG, method="POST", kind="form")
    document_id = created["document"]["id"]
    for _ in range(2):
        assert post(s3, created["upload"], PNG).status_code == 201
        account.deliver(account.arrival_event("ada", document_id))
    assert ada.document(document_id)["status"] == "ready"
    assert len(account.staged_versions("ada", document_id)) == 1
    assert account.daily_bytes("ada") == 2 * len(PNG)
    assert account.usage("ada") == (len(PNG), 0)


def test_a_second_put_is_refused_by_s3_whatever_became_of_the_first(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    for body in (PNG, PDF):
        upload = ada.create(PNG, size=len(body))
        assert put(s3, upload["upload"], body).status_code == 200
        for _ in range(2):
            account.deliver(account.arrival_event("ada", upload["document"]["id"]))
        assert put(s3, upload["upload"], body).status_code == 412
        assert len(account.staged_versions("ada", upload["document"]["id"])) == 1


def test_a_file_of_another_type_than_declared_is_rejected_and_not_stored(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = process_document(account, ada, s3, PDF)

    document = ada.document(document_id)

    assert (document["status"], document["reason"]) == ("rejected", "type_mismatch")
    assert document["history"][-1]["reason"] == "type_mismatch"
    assert ada.get(f"/documents/{document_id}/download").problem == (409, "rejected")
    assert ada.get(f"/documents/{document_id}/content").problem == (409, "rejected")
    assert account.stored_versions("ada", document_id) == []
    assert account.usage("ada") == (0, 0)
    assert [(step["name"], step["status"]) for step in document["steps"]] == [
        ("size", "passed"),
        ("type", "rejected"),
    ]


def test_a_document_cannot_be_downloaded_before_it_is_checked(ada: Api, s3: httpx.Client) -> None:
    answer = ada.get(f"/documents/{stage_document(ada, s3, PNG)}/download")
    assert answer.problem == (409, "not_ready")
    assert int(answer.headers["retry-after"]) >= 1


def test_only_a_document_in_progress_has_retry_after(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    assert int(ada.get(f"/documents/{document_id}").headers["retry-after"]) >= 1
    account.deliver(account.arrival_event("ada", document_id))
    assert "retry-after" not in ada.get(f"/documents/{document_id}").headers


def test_an_unchanged_document_is_not_sent_again(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    path = f"/documents/{document_id}"
    etag = ada.get(path).headers["etag"]

    known = ada.call("GET", path, headers={"if-none-match": f'"0", {etag}'})
    account.deliver(account.arrival_event("ada", document_id))
    changed = ada.call("GET", path, headers={"if-none-match": etag})

    assert (known.status, known.text, known.headers["etag"]) == (304, "", etag)
    assert changed.status == 200
    assert changed.headers["etag"] != etag


def test_an_abort_releases_the_reservation_and_is_idempotent(account: Account, ada: Api) -> None:
    document_id = ada.create(PNG)["document"]["id"]
    answers = [ada.post(f"/documents/{document_id}/abort") for _ in range(2)]
    assert [(answer.status, answer.text) for answer in answers] == [(204, "")] * 2
    assert ada.document(document_id)["status"] == "aborted"
    assert account.usage("ada") == (0, 0)
    assert ada.get(f"/documents/{document_id}/download").problem == (409, "invalid_state")


def test_a_ready_document_cannot_be_aborted(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG)
    assert ada.post(f"/documents/{document_id}/abort").problem == (409, "invalid_state")


def test_bytes_that_arrive_after_an_abort_are_deleted_by_a_sweep(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG)
    document_id = created["document"]["id"]
    ada.post(f"/documents/{document_id}/abort")
    put(s3, created["upload"], PNG)
    account.deliver(account.arrival_event("ada", document_id))
    assert ada.document(document_id)["status"] == "aborted"
    assert put(s3, created["upload"], PNG).status_code == 412
    assert sweep_later(timedelta(minutes=17)) == {"deleted_version": 1}
    assert account.staged_versions("ada", document_id) == account.stored_versions("ada", document_id) == []
