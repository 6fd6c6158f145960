"""updateDocument: what changes, which revision it changes, and what is refused."""

from typing import Any

import httpx
import pytest

from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api, ApiResponse
from tests.lambdas.steps import process_document


def update(api: Api, document_id: str, body: object, **headers: str) -> ApiResponse:
    return api.call("PATCH", f"/documents/{document_id}", body, headers=headers)


@pytest.fixture
def document(ada: Api) -> Any:
    return ada.create(PNG, title="A cat", metadata={"album": "cats", "year": "2026"})["document"]


def test_an_update_changes_what_it_names(ada: Api, document: Any) -> None:
    answer = update(ada, document["id"], {"fileName": "dög.png", "metadata": {"year": None, "by": "Ada"}})
    assert answer.status == 200
    changed = answer.json
    assert (changed["fileName"], changed["title"]) == ("dög.png", "A cat")
    assert changed["metadata"] == {"album": "cats", "by": "Ada"}
    assert changed["history"][-1] == {
        "status": "pending", "at": changed["updatedAt"], "changed": ["fileName", "metadata"], "actor": "ada",
    }  # fmt: skip
    assert ada.document(document["id"]) == changed
    assert ada.get("/documents", nameContains="DÖG").json["documents"] == [changed]


def test_the_etag_of_a_document_is_that_of_its_responses(ada: Api, document: Any) -> None:
    read = ada.get(f"/documents/{document['id']}")
    assert read.headers["etag"] == read.json["etag"] == document["etag"]
    changed = update(ada, document["id"], {"title": "A dog"}, **{"if-match": document["etag"]})
    assert changed.headers["etag"] == changed.json["etag"] != document["etag"]


def test_an_update_of_another_revision_is_refused(ada: Api, document: Any) -> None:
    assert update(ada, document["id"], {"title": "A dog"}).status == 200
    answer = update(ada, document["id"], {"title": "A bird"}, **{"if-match": document["etag"]})
    assert answer.problem == (412, "precondition_failed")
    assert ada.document(document["id"])["title"] == "A dog"


@pytest.mark.parametrize("condition", ["*", '"1"', '"7", "1"', ' "1" '])
def test_a_condition_that_holds(ada: Api, document: Any, condition: str) -> None:
    assert update(ada, document["id"], {"title": "A dog"}, **{"if-match": condition}).status == 200


@pytest.mark.parametrize("condition", ["", '"2"', '""', "1", 'W/"1"', '"01"', '"1', "x", '"²"'])
def test_a_condition_that_does_not_hold(ada: Api, document: Any, condition: str) -> None:
    answer = update(ada, document["id"], {"title": "A dog"}, **{"if-match": condition})
    assert answer.problem == (412, "precondition_failed")


def test_an_update_can_be_repeated(ada: Api, document: Any) -> None:
    answers = [
        update(ada, document["id"], {"title": "A dog"}, **{"if-match": document["etag"]}) for _ in range(2)
    ]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json


def test_an_empty_update_changes_nothing(ada: Api, document: Any) -> None:
    assert update(ada, document["id"], {}).json == document


def test_a_title_of_null_is_the_file_name(ada: Api, document: Any) -> None:
    assert update(ada, document["id"], {"title": None}).json["title"] == "cat.png"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({"fileName": "cat.pdf"}, "extension_mismatch", "fileName"),
        ({"fileName": "a\u0000.png"}, "filename_invalid", "fileName"),
        ({"fileName": ""}, "filename_invalid", "fileName"),
        ({"fileName": "x" * 1025}, "filename_invalid", "fileName"),
        ({"fileName": None}, "validation_failed", "fileName"),
        ({"title": ""}, "validation_failed", "title"),
        ({"metadata": None}, "validation_failed", "metadata"),
        ({"metadata": {"a": 1}}, "validation_failed", "metadata.a"),
        ({"metadata": {"a": "x" * 501}}, "validation_failed", "metadata.a"),
        ({"metadata": {"": "x"}}, "validation_failed", "metadata."),
        ({"metadata": {f"k{n}": "\U0001f600" * 500 for n in range(5)}}, "metadata_too_large", "metadata"),
        ({"metadata": {f"k{n}": "v" for n in range(19)}}, "metadata_too_large", "metadata"),
        ({"kind": "text"}, "validation_failed", "kind"),
        ({"status": "ready"}, "validation_failed", "status"),
        ({"etag": '"1"'}, "validation_failed", "etag"),
    ],
)
def test_an_invalid_update_is_refused(
    ada: Api, document: Any, body: dict[str, Any], code: str, field: str
) -> None:
    answer = update(ada, document["id"], body)
    assert answer.problem == (422, code)
    assert answer.json["errors"][0]["field"].startswith(field)
    assert ada.document(document["id"]) == document


def test_a_create_with_too_much_metadata_is_refused(ada: Api) -> None:
    request = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}
    metadata = {f"k{number}": "\U0001f600" * 500 for number in range(5)}
    answer = ada.post("/documents", request | {"metadata": metadata})
    assert answer.problem == (422, "metadata_too_large")
    assert answer.json["errors"][0]["field"] == "metadata"


def test_a_deleted_or_unknown_document_or_that_of_another_owner_is_not_changed(
    ada: Api, grace: Api, document: Any
) -> None:
    unknown = document["id"][:-1] + ("0" if document["id"][-1] != "0" else "1")
    assert update(ada, unknown, {"title": "x"}).problem == (404, "document_not_found")
    assert update(grace, document["id"], {"title": "x"}).problem == (404, "document_not_found")
    assert ada.post(f"/documents/{document['id']}/abort").status == 204
    assert ada.delete(document["id"]).status == 204
    assert update(ada, document["id"], {"title": "x"}).problem == (409, "invalid_state")


def test_a_body_of_another_form_is_refused(ada: Api, document: Any) -> None:
    assert update(ada, document["id"], None).problem == (422, "validation_failed")
    assert update(ada, document["id"], "{").problem == (400, "malformed_json")
    assert update(ada, document["id"], "[]").problem == (422, "validation_failed")


def test_a_renamed_document_stays_ready_and_is_downloaded_under_its_new_name(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    ready = process_document(account, ada, s3, PNG)
    usage = account.usage("ada")
    assert update(ada, ready, {"fileName": "dog.png"}).json["status"] == "ready"
    assert ada.get(f"/documents/{ready}/download").json["fileName"] == "dog.png"
    assert account.usage("ada") == usage
