"""The selection of failed documents, which the commands `failed` and `redrive` share."""

import argparse
from typing import Any

from operate.times import add_since


def add_selection(parser: argparse.ArgumentParser) -> None:
    """Adds the filters."""
    add_since(parser, "failed since then")
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
