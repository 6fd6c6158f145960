"""The commands `redrive` and `failed`: a selection of failed documents, and calls until no cursor is left."""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

_DESCRIPTIONS = {
    "redriven": "redriven",
    "redrivable": "would be redriven",
    "not_redrivable": "not redrivable, because their bytes are gone",
    "not_failed": "not failed any more",
    "leased": "in use by a purge of their copies; repeat the command in 5 minutes",
    "unknown": "without a record or without bytes",
    "error": "with an error, which the log of the function has",
}
_UNDONE = ("unknown", "error", "leased")
"""Outcomes after which the exit code is 1, because something is left to do."""


class Invocable(Protocol):
    """The function `sweeps`."""

    def invoke(self, payload: Mapping[str, Any]) -> Mapping[str, Any]: ...


def select(arguments: argparse.Namespace, *, allow_all: bool) -> dict[str, Any]:
    """Returns the fields of an order. Without a filter it says `all` if that is allowed."""
    values = {
        "since": arguments.since and arguments.since.isoformat(),
        "code": arguments.code,
        "kind": arguments.kind,
    }
    selection = {name: value for name, value in values.items() if value is not None}
    return selection if selection or not allow_all else {"all": True}


def redrive(sweeps: Invocable, selection: Mapping[str, Any], arguments: argparse.Namespace) -> int:
    """Redrives one document or a selection, and prints how many. Returns the exit code."""
    outcomes: Counter[str] = Counter()
    if arguments.owner:
        task = {"owner": arguments.owner, "documentId": arguments.document_id}
        outcomes.update(sweeps.invoke({"redrive": [task]}))
    else:
        order = {**selection, **({"dryRun": True} if arguments.dry_run else {})}
        for response in _call_until_end(sweeps, "redriveFailed", order):
            outcomes.update(response["outcomes"])
    for outcome, description in _DESCRIPTIONS.items():
        if outcomes[outcome]:
            print(f"{outcomes[outcome]:>9,}  {description}")
    if not outcomes.total():
        print("No failed document is selected.")
    return int(any(outcomes[outcome] for outcome in _UNDONE))


def print_list(sweeps: Invocable, selection: Mapping[str, Any]) -> int:
    """Prints a line with tabs for each document of a selection. Returns the exit code."""
    for response in _call_until_end(sweeps, "listFailed", selection):
        for document in response["documents"]:
            names = ("failedAt", "code", "kind", "size", "owner", "documentId")
            print(*(document[name] for name in names), sep="\t")
    return 0


def _call_until_end(sweeps: Invocable, name: str, order: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    cursor = None
    while True:
        response = sweeps.invoke({name: {**order, **({"cursor": cursor} if cursor else {})}})
        yield response
        cursor = response["cursor"]
        if cursor is None:
            return
