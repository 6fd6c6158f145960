"""The command `quarantine`: objects without a record, and infected bytes of a document.

The first are named by `--prefix`, the second by `--owner` and `--document-id`, because their rights differ.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from functions.domain.keys import parse_documents_key, parse_renditions_key
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.infected import find_infected, list_infected, save_infected
from operate.owners import parse_document_id, parse_owner_key
from operate.progress import Progress
from operate.records import Record, Records
from operate.stored import StoredObjects, StoredVersion


@dataclass(frozen=True)
class QuarantinedObject:
    """One version without a record, as a sweep has reported it."""

    report: Record
    key: str
    version_id: str

    @classmethod
    def from_report(cls, report: Record) -> "QuarantinedObject":
        key, _, version_id = report["sk"].rpartition("#")
        return cls(report, key, version_id)


def list_quarantined(records: Records, prefix: str) -> Iterator[QuarantinedObject]:
    """Yields the reported objects under a prefix of keys. Raises OperateError."""
    return (QuarantinedObject.from_report(report) for report in records.list_quarantine(prefix))


def has_record(records: Records, key: str) -> bool:
    """Returns True if the record is back, for example after a backup was restored. Raises OperateError."""
    document = parse_documents_key(key) or parse_renditions_key(key)
    return document is not None and records.get_document(*document) is not None


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    if arguments.infected:
        return _list_infected(StoredObjects.of(deployment))
    if arguments.owner:
        return _run_on_infected(deployment, arguments)
    records = Records.of(deployment)
    quarantined = list_quarantined(records, arguments.prefix)
    if arguments.action == "list":
        return _list(quarantined)
    return _delete(records, StoredObjects.of(deployment), quarantined, dry_run=arguments.dry_run)


def _list(quarantined: Iterator[QuarantinedObject]) -> Result:
    found = [
        {"key": each.key, "versionId": each.version_id, "foundAt": each.report["found_at"]}
        for each in quarantined
    ]
    lines = (f"{each['foundAt']}\t{each['key']}\t{each['versionId']}" for each in found)
    return Result({"objects": found}, lines if found else ["No object is in quarantine."])


def _delete(
    records: Records, objects: StoredObjects, quarantined: Iterator[QuarantinedObject], *, dry_run: bool
) -> Result:
    """Deletes the version first, so that a crash leaves its report."""
    deleted = kept = 0
    progress = Progress("objects deleted")
    for each in quarantined:
        if has_record(records, each.key):
            kept += 1
            continue
        if not dry_run:
            objects.delete([StoredVersion(each.key, each.version_id, None)])
            records.delete([each.report])
        deleted += 1
        progress.add()
    verb = "would be deleted" if dry_run else "deleted"
    lines = [f"{deleted:>9,}  {verb}", f"{kept:>9,}  kept, because they have a record again"]
    return Result({"deleted": deleted, "kept": kept, "dryRun": dry_run}, lines)


def _list_infected(objects: StoredObjects) -> Result:
    found = [
        {"owner": key.owner, "documentId": key.document_id, "versionId": each.version_id, "size": each.size}
        for key, each in list_infected(objects)
    ]
    lines = ("\t".join(str(value) for value in each.values()) for each in found)
    return Result({"infected": found}, lines if found else ["No infected file is in quarantine."])


def _run_on_infected(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    objects = StoredObjects.of(deployment)
    if arguments.action == "show":
        return _show_infected(Records.of(deployment), objects, arguments)
    versions = find_infected(objects, arguments.owner, arguments.document_id)
    if arguments.action == "delete":
        if not arguments.dry_run:
            objects.delete(versions)
        verb = "would be deleted" if arguments.dry_run else "deleted"
        data = {"deleted": len(versions), "dryRun": arguments.dry_run}
        return Result(data, [f"{len(versions):>9,}  {verb}"])
    stored = [each for each in versions if each.size is not None]
    if not stored:
        raise OperateError("nothing of this document is in quarantine")
    save_infected(objects, stored[0], arguments.output)
    sentence = f"Saved as {arguments.output}, a ZIP with the password `infected`. It contains malware."
    return Result({"output": str(arguments.output), "versionId": stored[0].version_id}, [sentence])


def _show_infected(records: Records, objects: StoredObjects, arguments: argparse.Namespace) -> Result:
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


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "show", "download", "delete"))
    parser.add_argument("--infected", action="store_true", help="list infected files instead")
    parser.add_argument("--owner", type=parse_owner_key, metavar="KEY", help="owner key of an infected file")
    parser.add_argument("--document-id", type=parse_document_id, metavar="ID", help="id of an infected file")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="new ZIP of `download`, with the password `infected`"
    )
    parser.add_argument(
        "--prefix", default="", help="only keys that begin so, such as documents/ or one whole key"
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--dry-run", action="store_true", help="only count what would be deleted")
    choice.add_argument("--yes", action="store_true", help="delete for good; without it nothing is deleted")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    is_one = bool(arguments.owner)
    if is_one != bool(arguments.document_id) or (arguments.infected and arguments.action != "list"):
        error("give --owner and --document-id together; --infected is for `list`")
    if arguments.action != "delete" and is_one == (arguments.action == "list"):
        error("`show` and `download` need --owner and --document-id, and `list` takes neither")
    if (is_one or arguments.infected) and arguments.prefix:
        error("--prefix selects objects without a record, not infected files")
    if (arguments.action == "download") != bool(arguments.output):
        error("`download` needs --output, and nothing else does")
    if (arguments.action == "delete") != (arguments.dry_run or arguments.yes):
        error("`delete` needs --dry-run first, then --yes: nobody can undo it; nothing else needs them")


COMMAND = Command(
    "list and delete objects without a record, and infected files", _run, _add_arguments, _check
)
