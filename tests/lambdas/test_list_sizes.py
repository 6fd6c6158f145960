"""listDocuments: pages that are short in bytes, searches by name, and JSON in UTF-8."""

import base64
import json
from typing import Any

import pytest

from functions.adapters.dynamodb.items import document_to_item
from functions.domain.keys import owner_key
from functions.lambdas import documents
from tests.examples import PNG, a_document, an_id
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import Context, http_event

LIMIT = 6_000_000
"""Lambda's limit for a response is 6 MB, for the JSON that the runtime makes of it."""


def store(account: Account, count: int, metadata: dict[str, str]) -> list[str]:
    """Writes documents of ada and returns their ids, newest first."""
    for number in range(count):
        document = a_document(owner=owner_key("ada"), id=an_id(number), metadata=metadata)
        item: Any = document_to_item(document)
        account.dynamodb.put_item(TableName=account.settings.table, Item=item)
    return [an_id(number) for number in reversed(range(count))]


def invoke_list(**query: str) -> dict[str, Any]:
    event = http_event("GET /documents", "/documents", claims={"sub": "ada"}, query=query)
    return documents.lambda_handler(event, Context())


@pytest.mark.parametrize("text", ["\U0001f600", '"', "\u0001", "x"])
def test_a_page_ends_at_4_mb_and_the_next_one_continues(account: Account, text: str) -> None:
    """Each document has 100 kB of JSON, which older rules for metadata have allowed."""
    stored = store(
        account, 60, {"a": text * (100_000 // len(json.dumps(text, ensure_ascii=False)[1:-1].encode()))}
    )
    found: list[str] = []
    query = {"limit": "100"}
    pages = 0
    while True:
        response = invoke_list(**query)
        assert len(json.dumps(response)) < LIMIT
        body = (
            base64.b64decode(response["body"]) if response["isBase64Encoded"] else response["body"].encode()
        )
        assert len(body) < 4_001_000
        page = json.loads(body)
        found += [document["id"] for document in page["documents"]]
        pages += 1
        assert not page["incomplete"]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
    assert found == stored
    assert pages == 2


def test_a_list_of_100_documents_with_all_the_metadata_that_a_create_takes_is_one_page(
    account: Account, ada: Api
) -> None:
    metadata = {f"{number:02}": "\U0001f600" * 127 for number in range(16)}
    store(account, 100, metadata)
    page = ada.get("/documents", limit="100").json
    assert (len(page["documents"]), page["nextCursor"]) == (100, None)
    assert page["documents"][0]["metadata"] == metadata


def test_json_is_utf_8_without_escapes(ada: Api) -> None:
    ada.create(PNG, fileName="Zoë 😀.png")
    text = ada.get("/documents").text
    assert "Zoë 😀.png" in text
    assert "\\u" not in text


def test_a_search_finds_file_names_and_titles(ada: Api) -> None:
    for name, title in (("Straße.png", None), ("b.png", "Main STREET"), ("c.png", None)):
        ada.create(PNG, fileName=name, **({"title": title} if title else {}))

    def names(part: str) -> list[str]:
        return [each["fileName"] for each in ada.get("/documents", nameContains=part).json["documents"]]

    assert names("STRASSE") == ["Straße.png"]
    assert names("street") == ["b.png"]
    assert sorted(names("PNG")) == ["Straße.png", "b.png", "c.png"]
    assert names("nothing") == []


@pytest.mark.parametrize("part", ["", "x" * 256])
def test_a_search_for_nothing_or_for_a_long_text_is_refused(ada: Api, part: str) -> None:
    assert ada.get("/documents", nameContains=part).problem == (422, "validation_failed")
