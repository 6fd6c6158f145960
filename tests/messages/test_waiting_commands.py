"""Commands of an operator about documents that wait: what is accepted, and what a response tells."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from functions.domain.index_pages import IndexCursor
from functions.messages.operator_commands import InvalidCommandError
from functions.messages.waiting_commands import describe_waiting, parse_find_command, parse_list_command
from tests.examples import NOW, OWNER, a_processing_document, an_id
from tests.repository_steps import a_waiting_step

CURSOR = IndexCursor(3, "a place")


def test_an_order_for_a_list_names_the_step_and_may_continue() -> None:
    assert parse_list_command({"step": "review"}) == ("review", None)
    assert parse_list_command({"step": "review", "cursor": CURSOR.encode()}) == ("review", CURSOR)


def test_an_order_for_one_document_names_it() -> None:
    command = {"step": "review", "owner": OWNER, "documentId": an_id()}
    assert parse_find_command(command) == ("review", OWNER, an_id())


@pytest.mark.parametrize(
    ("parse", "command"),
    [
        (parse_list_command, None),
        (parse_list_command, {}),
        (parse_list_command, {"step": 1}),
        (parse_list_command, {"step": "review", "kind": "x"}),
        (parse_list_command, {"step": "review", "cursor": "{"}),
        (parse_list_command, {"step": "review", "cursor": 7}),
        (parse_list_command, {"step": "review", "cursor": '["x", null]'}),
        (parse_find_command, {"step": "review", "owner": OWNER}),
        (parse_find_command, {"step": "review", "owner": OWNER, "documentId": None}),
    ],
)
def test_an_order_that_cannot_be_followed_is_an_error(
    parse: Callable[[object], object], command: object
) -> None:
    with pytest.raises(InvalidCommandError):
        parse(command)


def test_a_response_names_the_version_that_waits_and_has_no_url() -> None:
    step = replace(a_waiting_step(NOW, "review"), resume_at=None)
    document = a_processing_document(lease_until=None, steps=(step,), content_type="image/png")
    described = describe_waiting(document)
    assert (described["key"], described["versionId"]) == (document.staging_key, "v1")
    assert (described["waitingSince"], described["attempt"]) == (NOW.isoformat(), 1)
    assert "http" not in str(described)
