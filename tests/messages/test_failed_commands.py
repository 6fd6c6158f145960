"""Commands of an operator about failed documents."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.failed import FailedCursor, FailedQuery
from functions.domain.index_pages import IndexCursor
from functions.messages.failed_commands import parse_failed_command
from functions.messages.operator_commands import InvalidCommandError

SINCE = datetime(2026, 11, 28, 10, tzinfo=UTC)


def test_an_order_selects_by_time_code_and_kind() -> None:
    command = parse_failed_command(
        {"since": "2026-11-28T11:00:00+01:00", "code": "attempts_exhausted", "kind": "photo"}
    )
    assert command.query == FailedQuery(since=SINCE, code=Code.ATTEMPTS_EXHAUSTED, kind="photo")
    assert (command.cursor, command.dry_run) == (None, False)


def test_an_order_for_everything_says_so() -> None:
    assert parse_failed_command({"all": True, "dryRun": True}).query == FailedQuery()
    assert parse_failed_command({"all": True, "dryRun": True}).dry_run


def test_a_cursor_is_read_back() -> None:
    cursor = FailedCursor(SINCE, IndexCursor(3, "position"))
    assert parse_failed_command({"since": "2026-11-28T10:00:00Z", "cursor": cursor.encode()}).cursor == cursor


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ([], "The command is a JSON object."),
        ({}, 'Name `since`, `code` or `kind`, or say `"all": true`.'),
        ({"all": False}, 'Name `since`, `code` or `kind`, or say `"all": true`.'),
        ({"all": True, "kind": "photo"}, "`all` is for a command without `since`, `code` and `kind`."),
        ({"all": "yes"}, "`all` is true or false."),
        ({"sinse": 1}, "Unknown field `sinse`; the fields are since, code, kind, all, cursor, dryRun."),
        ({"since": "yesterday"}, "`since` is a time with an offset, such as 2026-11-28T10:00:00Z."),
        ({"since": "2026-11-28T10:00:00"}, "`since` is a time with an offset, such as 2026-11-28T10:00:00Z."),
        ({"since": 3}, "`since` is a time with an offset, such as 2026-11-28T10:00:00Z."),
        ({"code": "type_mismatch"}, "`code` is one of attempts_exhausted, object_gone, step_timed_out."),
        ({"kind": ""}, "`kind` is the name of a kind."),
        ({"kind": 3}, "`kind` is the name of a kind."),
        ({"kind": "photo", "dryRun": 1}, "`dryRun` is true or false."),
        ({"kind": "photo", "cursor": "{"}, "`cursor` is the one that the call before returned."),
        ({"kind": "photo", "cursor": "[1]"}, "`cursor` is the one that the call before returned."),
        ({"kind": "photo", "cursor": 1}, "`cursor` is the one that the call before returned."),
    ],
)
def test_an_invalid_command_says_what_is_wrong(command: Any, message: str) -> None:
    with pytest.raises(InvalidCommandError) as error:
        parse_failed_command(command)
    assert str(error.value) == message
