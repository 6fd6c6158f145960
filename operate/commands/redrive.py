"""The command `redrive`: retries one failed document or a selection of them."""

import argparse
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.failed_selection import add_selection, select
from operate.function import Invocable, call_until_end

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


def redrive(sweeps: Invocable, selection: Mapping[str, Any], *, dry_run: bool = False) -> Result:
    """Redrives a selection."""
    outcomes: Counter[str] = Counter()
    command = {**selection, **({"dryRun": True} if dry_run else {})}
    for response in call_until_end(sweeps, "redriveFailed", command):
        outcomes.update(response["outcomes"])
    return _summarize(outcomes)


def redrive_one(sweeps: Invocable, owner: str, document_id: str) -> Result:
    """Redrives one document."""
    task = {"owner": owner, "documentId": document_id}
    return _summarize(Counter(sweeps.invoke({"redrive": [task]})))


def _summarize(outcomes: Counter[str]) -> Result:
    lines = [
        f"{outcomes[outcome]:>9,}  {text}" for outcome, text in _DESCRIPTIONS.items() if outcomes[outcome]
    ]
    return Result(
        {"outcomes": dict(outcomes)},
        lines or ["No failed document is selected."],
        is_failed=any(outcomes[outcome] for outcome in _UNDONE),
    )


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    if arguments.owner:
        return redrive_one(deployment.sweeps, arguments.owner, arguments.document_id)
    selection = select(arguments, allow_all=arguments.all)
    return redrive(deployment.sweeps, selection, dry_run=arguments.dry_run)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_selection(parser)
    parser.add_argument("--all", action="store_true", help="every failed document, without another filter")
    parser.add_argument("--owner", help="owner key of one document; needs --document-id")
    parser.add_argument("--document-id", help="id of one document; needs --owner")
    parser.add_argument("--dry-run", action="store_true", help="only count")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    """Exits with 2 unless the arguments select one document, or some by filters, or deliberately all."""
    has_filter = bool(arguments.since or arguments.code or arguments.kind)
    is_one = bool(arguments.owner or arguments.document_id)
    if is_one and not (arguments.owner and arguments.document_id):
        error("--owner and --document-id belong together")
    if is_one and arguments.dry_run:
        error("--dry-run is for a selection, not for one document")
    if has_filter + is_one + arguments.all != 1:
        error("give --since, --code or --kind, or --owner and --document-id, or --all")


COMMAND = Command("retry failed documents", _run, _add_arguments, _check)
