"""The commands `redrive` and `failed` with a function that answers in several calls."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operate.commands.failed import list_failed
from operate.commands.redrive import redrive, redrive_one
from operate.failed_selection import select
from operate.times import parse_since

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


@dataclass
class FakeSweeps:
    """Implements `operate.function.Invocable` with these responses."""

    responses: list[Mapping[str, Any]]
    payloads: list[Mapping[str, Any]] = field(default_factory=list)

    def invoke(self, payload: Mapping[str, Any]) -> Mapping[str, Any]:
        self.payloads.append(payload)
        return self.responses[len(self.payloads) - 1]


def test_a_redrive_calls_until_no_cursor_is_left_and_returns_sums() -> None:
    responses: list[Mapping[str, Any]] = [
        {"outcomes": {"redriven": 1_200}, "cursor": "next"},
        {"outcomes": {"redriven": 34, "not_redrivable": 1}, "cursor": None},
    ]
    sweeps = FakeSweeps(responses)
    result = redrive(sweeps, {"kind": "photo"})
    assert not result.is_failed
    assert result.data == {"outcomes": {"redriven": 1_234, "not_redrivable": 1}}
    assert sweeps.payloads == [
        {"redriveFailed": {"kind": "photo"}},
        {"redriveFailed": {"kind": "photo", "cursor": "next"}},
    ]
    assert [*result.lines] == [
        "    1,234  redriven",
        "        1  not redrivable, because their bytes are gone",
    ]


@pytest.mark.parametrize("outcome", ["error", "leased", "unknown"])
def test_what_is_left_to_do_is_a_failure(outcome: str) -> None:
    assert redrive(FakeSweeps([{"outcomes": {outcome: 1}, "cursor": None}]), {"all": True}).is_failed


def test_a_dry_run_is_passed_on() -> None:
    sweeps = FakeSweeps([{"outcomes": {"redrivable": 2}, "cursor": None}])
    [line] = redrive(sweeps, {"all": True}, dry_run=True).lines
    assert line.endswith("2  would be redriven")
    assert sweeps.payloads == [{"redriveFailed": {"all": True, "dryRun": True}}]


def test_one_document_is_redriven_by_owner_and_id() -> None:
    sweeps = FakeSweeps([{"redriven": 1}])
    assert not redrive_one(sweeps, "o", "d").is_failed
    assert sweeps.payloads == [{"redrive": [{"owner": "o", "documentId": "d"}]}]


def test_nothing_selected_is_said() -> None:
    result = redrive(FakeSweeps([{"outcomes": {}, "cursor": None}]), {"all": True})
    assert [*result.lines] == ["No failed document is selected."]


def test_failed_documents_are_returned_one_a_line() -> None:
    document = {
        "failedAt": "2026-11-28T10:00:00+00:00",
        "code": "attempts_exhausted",
        "kind": "photo",
        "size": 5,
        "owner": "o",
        "documentId": "d",
    }
    sweeps = FakeSweeps(
        [{"documents": [document], "cursor": "next"}, {"documents": [document], "cursor": None}]
    )
    result = list_failed(sweeps, {"all": True})
    assert [*result.lines] == ["2026-11-28T10:00:00+00:00\tattempts_exhausted\tphoto\t5\to\td"] * 2
    assert result.data == {"documents": [document] * 2}


def test_an_order_without_a_filter_says_all_only_if_that_is_deliberate() -> None:
    nothing = argparse.Namespace(since=None, code=None, kind=None)
    assert select(nothing, allow_all=True) == {"all": True}
    assert select(nothing, allow_all=False) == {}
    chosen = argparse.Namespace(since=NOW, code="step_timed_out", kind="photo")
    assert select(chosen, allow_all=True) == {
        "since": "2026-11-28T12:00:00+00:00",
        "code": "step_timed_out",
        "kind": "photo",
    }


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("2h", NOW - timedelta(hours=2)),
        ("3d", NOW - timedelta(days=3)),
        ("2026-11-28T11:00:00Z", NOW - timedelta(hours=1)),
    ],
)
def test_a_time_is_a_duration_or_absolute(text: str, since: datetime) -> None:
    assert parse_since(text, NOW) == since


@pytest.mark.parametrize("text", ["2", "h", "2w", "2026-11-28T11:00:00", "2026-11-28T13:00:00Z", ""])
def test_another_time_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        parse_since(text, NOW)
