"""The command `quarantine`: the bytes of files with malware."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.infected import find_infected, list_infected, save_infected
from operate.owners import parse_document_id, parse_owner_key
from operate.records import Records
from operate.stored import StoredObjects


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    objects = StoredObjects.of(deployment)
    match arguments.action:
        case "list":
            return _list(objects)
        case "show":
            return _show(Records.of(deployment), objects, arguments)
        case "download":
            return _download(objects, arguments)
        case _:
            return _delete(objects, arguments)


def _list(objects: StoredObjects) -> Result:
    found = [
        {"owner": key.owner, "documentId": key.document_id, "versionId": each.version_id, "size": each.size}
        for key, each in list_infected(objects)
    ]
    lines = ("\t".join(str(value) for value in each.values()) for each in found)
    return Result({"infected": found}, lines if found else ["No file is in quarantine."])


def _show(records: Records, objects: StoredObjects, arguments: argparse.Namespace) -> Result:
    """Shows what was found, also if the bytes are gone. IAM action: dynamodb:GetItem."""
    record = records.get_document(arguments.owner, arguments.document_id)
    if record is None or "quarantined_version" not in record:
        raise OperateError("the record of this document names nothing in quarantine")
    versions = find_infected(objects, arguments.owner, arguments.document_id)
    details = [step["detail"] for step in record.get("steps", []) if step.get("code") == record["reason"]]
    data: dict[str, Any] = {
        "status": record["status"],
        "reason": record["reason"],
        "found": details,
        "contentType": record.get("content_type"),
        "size": record["size"],
        "sha256": record.get("quarantined_sha256"),
        "versionId": record["quarantined_version"],
        "keptUntil": record["quarantined_until"],
        "versions": [each.version_id for each in versions],
    }
    return Result(data, [f"  {name}  {value}" for name, value in data.items()])


def _download(objects: StoredObjects, arguments: argparse.Namespace) -> Result:
    versions = find_infected(objects, arguments.owner, arguments.document_id)
    stored = [each for each in versions if each.size is not None]
    if not stored:
        raise OperateError("nothing of this document is in quarantine")
    save_infected(objects, stored[0], arguments.output)
    sentence = f"Saved as {arguments.output}, a ZIP with the password `infected`. It contains malware."
    return Result({"output": str(arguments.output), "versionId": stored[0].version_id}, [sentence])


def _delete(objects: StoredObjects, arguments: argparse.Namespace) -> Result:
    versions = find_infected(objects, arguments.owner, arguments.document_id)
    if not arguments.dry_run:
        objects.delete(versions)
    verb = "would be deleted" if arguments.dry_run else "deleted"
    data = {"deleted": len(versions), "dryRun": arguments.dry_run}
    return Result(data, [f"{len(versions):>9,}  {verb}"])


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "show", "download", "delete"))
    parser.add_argument("--owner", type=parse_owner_key, metavar="KEY", help="owner key of the file")
    parser.add_argument("--document-id", type=parse_document_id, metavar="ID", help="id of the file")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="new ZIP of `download`, with the password `infected`"
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--dry-run", action="store_true", help="only count what would be deleted")
    choice.add_argument("--yes", action="store_true", help="delete for good; without it nothing is deleted")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    names = [bool(arguments.owner), bool(arguments.document_id)]
    if any(names) if arguments.action == "list" else not all(names):
        error("`show`, `download` and `delete` need --owner and --document-id, and `list` takes neither")
    if (arguments.action == "download") != bool(arguments.output):
        error("`download` needs --output, and nothing else does")
    if (arguments.action == "delete") != (arguments.dry_run or arguments.yes):
        error("`delete` needs --dry-run first, then --yes: nobody can undo it; nothing else needs them")


COMMAND = Command("list, show, download and delete infected files", _run, _add_arguments, _check)
