"""listDocuments: order, pages, filters, and cursors that belong to one list."""

import httpx
import pytest

from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.steps import process_document

TEXT = {"fileName": "a.txt", "contentType": "text/plain"}


def ids(documents: list[dict[str, str]]) -> list[str]:
    return [document["id"] for document in documents]


def test_the_list_is_newest_first_and_continues_by_cursor(ada: Api) -> None:
    created = [ada.create(PNG)["document"]["id"] for _ in range(5)]
    found: list[str] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = ada.get("/documents", **query).json
        assert len(page["documents"]) <= 2
        found += ids(page["documents"])
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
    # The order of ids of one millisecond is arbitrary.
    assert found == sorted(found, reverse=True)
    assert sorted(found) == sorted(created)


def test_the_list_shows_what_the_record_shows(ada: Api) -> None:
    document = ada.create(PNG)["document"]
    assert ada.get("/documents").json["documents"] == [document]


def test_the_list_can_be_filtered_by_status_and_kind(account: Account, ada: Api, s3: httpx.Client) -> None:
    ready = process_document(account, ada, s3, PNG)
    pending = ada.create(PNG)["document"]["id"]
    text = ada.create(b"text", **TEXT)["document"]["id"]

    assert ids(ada.get("/documents", status="ready").json["documents"]) == [ready]
    assert set(ids(ada.get("/documents", status="pending").json["documents"])) == {pending, text}
    assert ids(ada.get("/documents", kind="text").json["documents"]) == [text]
    assert ids(ada.get("/documents", kind="image", status="pending").json["documents"]) == [pending]
    assert ids(ada.get("/documents", kind="holiday").json["documents"]) == []


@pytest.mark.parametrize(
    "status", ["pending", "processing", "ready", "rejected", "expired", "aborted", "failed"]
)
def test_the_list_can_be_filtered_by_every_public_status(ada: Api, status: str) -> None:
    assert ada.get("/documents", status=status).json["documents"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "abc"},
        {"limit": ""},
        {"limit": "-1"},
        {"limit": "1,2"},
        {"limit": "9" * 5_000},
        {"status": "gone"},
        {"status": "PENDING"},
        {"status": "completing"},
        {"kind": "x" * 65},
        {"cursor": "x" * 257},
    ],
    ids=lambda query: str(query)[:30],
)
def test_an_invalid_list_parameter_is_refused(ada: Api, query: dict[str, str]) -> None:
    answer = ada.get("/documents", **query)
    assert answer.problem == (422, "validation_failed")
    assert answer.json["errors"][0]["field"] == next(iter(query))


def test_an_unknown_parameter_is_ignored(ada: Api) -> None:
    document = ada.create(PNG)["document"]
    assert ada.get("/documents", sort="size", owner="grace").json["documents"] == [document]


@pytest.fixture
def cursor(ada: Api) -> str:
    for _ in range(2):
        ada.create(PNG)
    cursor: str = ada.get("/documents", limit="1").json["nextCursor"]
    return cursor


@pytest.mark.parametrize("position", [0, 5, 20, 25])
def test_a_tampered_cursor_is_refused(ada: Api, cursor: str, position: int) -> None:
    other = "A" if cursor[position] != "A" else "B"
    tampered = cursor[:position] + other + cursor[position + 1 :]
    assert ada.get("/documents", cursor=tampered).problem == (400, "cursor_invalid")


@pytest.mark.parametrize("cursor", ["", "x", "schlüssel", "AAAA", "../", "A" * 32])
def test_a_text_that_is_no_cursor_is_refused(ada: Api, cursor: str) -> None:
    assert ada.get("/documents", cursor=cursor).problem == (400, "cursor_invalid")


def test_a_cursor_of_another_owner_is_refused(cursor: str, grace: Api) -> None:
    assert grace.get("/documents", cursor=cursor).problem == (400, "cursor_invalid")


def test_a_cursor_of_another_list_is_refused(ada: Api, cursor: str) -> None:
    assert ada.get("/documents", cursor=cursor, status="ready").problem == (400, "cursor_invalid")
    assert ada.get("/documents", cursor=cursor, limit="7").status == 200
