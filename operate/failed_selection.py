"""The selection of failed documents, which the commands `failed` and `redrive` share."""

import argparse
from datetime import UTC, datetime
from typing import Any

from operate.times import parse_since


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Adds the filters."""
    now = datetime.now(UTC)
    parser.add_argument(
        "--since",
        type=lambda text: parse_since(text, now),
        metavar="TIME",
        help="failed since then: a duration until now such as 90m, 2h or 3d, or an ISO 8601 time with an offset",
    )
    parser.add_argument("--code", help="reason of the failure, such as attempts_exhausted")
    parser.add_argument("--kind", help="kind of the documents")


def select(arguments: argparse.Namespace, *, allow_all: bool) -> dict[str, Any]:
    """Returns the fields of a command. Without a filter it says `all` if that is allowed."""
    values = {
        "since": arguments.since and arguments.since.isoformat(),
        "code": arguments.code,
        "kind": arguments.kind,
    }
    selection = {name: value for name, value in values.items() if value is not None}
    return selection if selection or not allow_all else {"all": True}
