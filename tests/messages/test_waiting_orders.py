"""Orders of an operator about documents that wait: what is accepted, and what a response tells."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.domain.index_pages import IndexCursor
from functions.messages.orders import InvalidOrderError
from functions.messages.waiting_orders import describe_waiting, parse_find_order, parse_list_order
from tests.examples import NOW, OWNER, a_processing_document, an_id
from tests.repository_steps import a_waiting_step

CURSOR = IndexCursor(3, "a place")


def test_an_order_for_a_list_names_the_step_and_may_continue() -> None:
    assert parse_list_order({"step": "review"}) == ("review", None)
    assert parse_list_order({"step": "review", "cursor": CURSOR.encode()}) == ("review", CURSOR)


def test_an_order_for_one_document_names_it() -> None:
    order = {"step": "review", "owner": OWNER, "documentId": an_id()}
    assert parse_find_order(order) == ("review", OWNER, an_id())


@pytest.mark.parametrize(
    ("parse", "order"),
    [
        (parse_list_order, None),
        (parse_list_order, {}),
        (parse_list_order, {"step": 1}),
        (parse_list_order, {"step": "review", "kind": "x"}),
        (parse_list_order, {"step": "review", "cursor": "{"}),
        (parse_list_order, {"step": "review", "cursor": 7}),
        (parse_list_order, {"step": "review", "cursor": '["x", null]'}),
        (parse_find_order, {"step": "review", "owner": OWNER}),
        (parse_find_order, {"step": "review", "owner": OWNER, "documentId": None}),
    ],
)
def test_an_order_that_cannot_be_followed_is_an_error(
    parse: Callable[[object], object], order: object
) -> None:
    with pytest.raises(InvalidOrderError):
        parse(order)


def test_a_response_names_the_version_that_waits_and_has_no_url() -> None:
    step = replace(a_waiting_step(NOW, "review"), resume_at=None)
    document = a_processing_document(lease_until=None, steps=(step,), content_type="image/png")
    described = describe_waiting(document)
    assert (described["key"], described["versionId"]) == (document.staging_key, "v1")
    assert (described["waitingSince"], described["attempt"]) == (NOW.isoformat(), 1)
    assert "http" not in str(described)
