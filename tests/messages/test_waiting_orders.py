"""Orders of an operator about documents that wait: what is accepted, and what a response tells."""

from dataclasses import replace
from typing import Any

import pytest

from functions.domain.index_pages import IndexCursor
from functions.messages.waiting_orders import (
    InvalidWaitingOrderError,
    describe_waiting,
    is_waiting_order,
    parse_waiting_order,
)
from tests.examples import NOW, OWNER, a_processing_document, an_id
from tests.repository_steps import a_waiting_step

CURSOR = IndexCursor(3, "a place")


def test_orders_are_those_of_a_list_and_of_one_document() -> None:
    order = parse_waiting_order({"listWaiting": {"step": "review"}})
    assert (order.step, order.document, order.cursor) == ("review", None, None)
    order = parse_waiting_order({"listWaiting": {"step": "review", "cursor": CURSOR.encode()}})
    assert order.cursor == CURSOR
    order = parse_waiting_order({"findWaiting": {"step": "review", "owner": OWNER, "documentId": an_id()}})
    assert order.document == (OWNER, an_id())
    assert not is_waiting_order({"listFailed": {}})


@pytest.mark.parametrize(
    "event",
    [
        {"listWaiting": None},
        {"listWaiting": {}},
        {"listWaiting": {"step": 1}},
        {"listWaiting": {"step": "review", "kind": "x"}},
        {"listWaiting": {"step": "review", "cursor": "{"}},
        {"listWaiting": {"step": "review", "cursor": 7}},
        {"listWaiting": {"step": "review", "cursor": '["x", null]'}},
        {"findWaiting": {"step": "review", "owner": OWNER}},
        {"findWaiting": {"step": "review", "owner": OWNER, "documentId": None}},
    ],
)
def test_an_order_that_cannot_be_followed_is_an_error(event: dict[str, Any]) -> None:
    assert is_waiting_order(event)
    with pytest.raises(InvalidWaitingOrderError):
        parse_waiting_order(event)


def test_a_response_names_the_version_that_waits_and_has_no_url() -> None:
    step = replace(a_waiting_step(NOW, "review"), resume_at=None)
    document = a_processing_document(lease_until=None, steps=(step,), content_type="image/png")
    described = describe_waiting(document)
    assert (described["key"], described["versionId"]) == (document.staging_key, "v1")
    assert (described["waitingSince"], described["attempt"]) == (NOW.isoformat(), 1)
    assert "http" not in str(described)
