"""The command `erase`: deletes everything of an owner for good, proves it, and writes a receipt."""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.erasure import Erasure, Remains, erase_owner, find_remains, list_later, read_url_lifetime
from operate.event_failures import EventFailures
from operate.owners import add_owner
from operate.records import Records
from operate.stored import StoredObjects

_UNPUBLISHED = "changes that were not published"


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    if arguments.dry_run:
        remains = find_remains(Records.of(deployment), StoredObjects.of(deployment), arguments.owner)
        return _preview(arguments.owner, remains, EventFailures.of(deployment))
    erasure = _erase(deployment, arguments.owner)
    if arguments.wait and not erasure.is_settled:
        erasure = _erase_again(deployment, erasure)
    receipt = _build_receipt(erasure, deployment)
    if arguments.receipt:
        arguments.receipt.write_text(json.dumps(receipt, indent=2) + "\n", "utf-8")
    return Result(receipt, _describe(receipt), is_failed=not receipt["complete"])


def _erase(deployment: Deployment, owner: str) -> Erasure:
    records, objects = Records.of(deployment), StoredObjects.of(deployment)
    erasure = erase_owner(records, objects, owner, read_url_lifetime(deployment))
    if failures := EventFailures.of(deployment):
        erasure.deleted.update({_UNPUBLISHED: failures.erase_owner(owner)})
    return erasure


def _erase_again(deployment: Deployment, first: Erasure) -> Erasure:
    """Waits until nothing can arrive any more, and deletes what has arrived."""
    while not first.is_settled:
        time.sleep(5)
    second = _erase(deployment, first.owner)
    second.deleted += first.deleted
    return second


def _preview(owner: str, remains: Remains, failures: EventFailures | None) -> Result:
    counts = dict(remains.count())
    if failures:
        counts[_UNPUBLISHED] = len([*failures.list_owner(owner)])
    lines = [f"{count:>9,}  {sort}" for sort, count in counts.items()]
    data = {"owner": owner, "wouldDelete": counts, "bytes": remains.size}
    return Result(data, [*lines, f"{remains.size:,} bytes would be deleted for good."])


def _build_receipt(erasure: Erasure, deployment: Deployment) -> dict[str, Any]:
    settled = erasure.settled_at
    return {
        "owner": erasure.owner,
        "stack": deployment.stack_id,
        "erasedAt": datetime.now(UTC).isoformat(timespec="seconds"),
        "deleted": dict(erasure.deleted),
        "left": {},
        "passes": erasure.passes,
        "complete": erasure.is_settled,
        "repeatAfter": settled.isoformat(timespec="seconds") if settled and not erasure.is_settled else None,
        "later": [*list_later(deployment)],
    }


def _describe(receipt: dict[str, Any]) -> Iterator[str]:
    yield f"owner {receipt['owner']}, {receipt['erasedAt']}"
    for sort, count in receipt["deleted"].items():
        yield f"{count:>9,}  {sort} deleted"
    yield "        0  left: no record, index entry, version, unfinished upload or orphan report"
    for each in receipt["later"]:
        yield f"until {each['until']}: {each['what']} ({each['contains']})"
    if not receipt["complete"]:
        yield f"Not complete: a URL or an attempt from before may still write. Repeat after {receipt['repeatAfter']}."


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_owner(parser)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--dry-run", action="store_true", help="only count what would be deleted")
    choice.add_argument("--yes", action="store_true", help="delete for good; without it nothing is deleted")
    parser.add_argument(
        "--wait",
        action="store_true",
        help="wait until nothing can arrive any more, up to 16 minutes or the timeout of a step",
    )
    parser.add_argument("--receipt", type=Path, metavar="FILE", help="write the receipt as JSON")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    if not (arguments.dry_run or arguments.yes):
        error("give --dry-run first, then --yes: nobody can undo it")


COMMAND = Command("delete everything of an owner for good, with a receipt", _run, _add_arguments, _check)
