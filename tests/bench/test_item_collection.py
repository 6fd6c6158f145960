"""The simulated item collection: its pages end where DynamoDB's do, and its queries return what the real adapter asks for."""

from datetime import timedelta

import pytest

from bench.item_collection import FIRST_CREATED, ItemCollection, build_ready_item, document_id
from bench.prices import item_size
from functions.adapters.dynamodb import queries
from functions.adapters.dynamodb.items import document_key
from functions.domain.ids import uuid7
from functions.domain.repository import ListQuery
from tests.examples import OWNER

READY = build_ready_item()
LIST = queries.page("documents", ListQuery(OWNER, 50))


def collection(size: int) -> ItemCollection:
    return ItemCollection(size, lambda _: READY)


@pytest.mark.parametrize("number", [0, 1, 999_999])
def test_ids_are_those_of_uuid7(number: int) -> None:
    at = FIRST_CREATED + timedelta(seconds=number)
    assert document_id(number) == uuid7(at, number.to_bytes(10))


def test_a_page_ends_at_1_mb_and_is_continued_behind_its_last_item() -> None:
    documents = collection(3_000)
    size = item_size(READY | document_key(OWNER, document_id(0)))
    first = documents("Query", **LIST)
    assert len(first["Items"]) == -(-(1024**2) // size)
    assert first["LastEvaluatedKey"] == document_key(OWNER, document_id(3_000 - len(first["Items"])))
    assert documents.read_units == 257
    second = documents("Query", **(LIST | {"ExclusiveStartKey": first["LastEvaluatedKey"]}))
    read = {item["sk"]["S"] for response in (first, second) for item in response["Items"]}
    assert len(read) == documents.items_read


def test_a_limit_ends_a_page_even_at_the_last_item() -> None:
    response = collection(2)("Query", **(LIST | {"Limit": 2}))
    assert response["LastEvaluatedKey"] == document_key(OWNER, document_id(0))
    assert "LastEvaluatedKey" not in collection(2)("Query", **(LIST | {"Limit": 3}))


def test_a_range_of_times_selects_the_documents_that_were_created_in_it() -> None:
    since, last = FIRST_CREATED + timedelta(seconds=3), uuid7(FIRST_CREATED + timedelta(seconds=6), bytes(10))
    response = collection(9)("Query", **queries.created_between("documents", OWNER, since, f"DOC#{last}"))
    assert [item["sk"]["S"] for item in response["Items"]] == [
        f"DOC#{document_id(number)}" for number in (3, 4, 5)
    ]
