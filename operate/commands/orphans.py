"""The command `orphans`: stored objects without a record, as sweeps have reported them."""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from functions.domain.keys import parse_documents_key, parse_renditions_key
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.progress import Progress
from operate.records import Record, Records
from operate.stored import StoredObjects, StoredVersion


@dataclass(frozen=True)
class OrphanObject:
    """One version without a record. `report` is the item of the table that names it."""

    report: Record
    key: str
    version_id: str

    @classmethod
    def from_report(cls, report: Record) -> "OrphanObject":
        key, _, version_id = report["sk"].rpartition("#")
        return cls(report, key, version_id)


def list_orphans(records: Records, prefix: str) -> Iterator[OrphanObject]:
    """Yields the reported objects under a prefix of keys. Raises OperateError."""
    return (OrphanObject.from_report(report) for report in records.list_orphans(prefix))


def has_record(records: Records, key: str) -> bool:
    """Returns True if the record is back, for example after a backup was restored. Raises OperateError."""
    document = parse_documents_key(key) or parse_renditions_key(key)
    return document is not None and records.get_document(*document) is not None


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    records = Records.of(deployment)
    orphans = list_orphans(records, arguments.prefix)
    if arguments.action == "list":
        return _list(orphans)
    return _delete(records, StoredObjects.of(deployment), orphans, dry_run=arguments.dry_run)


def _list(orphans: Iterator[OrphanObject]) -> Result:
    found = [
        {"key": each.key, "versionId": each.version_id, "foundAt": each.report["found_at"]}
        for each in orphans
    ]
    lines = (f"{each['foundAt']}\t{each['key']}\t{each['versionId']}" for each in found)
    return Result({"objects": found}, lines if found else ["Every object has a record."])


def _delete(
    records: Records, objects: StoredObjects, orphans: Iterator[OrphanObject], *, dry_run: bool
) -> Result:
    """Deletes the version first, so that a crash leaves its report."""
    deleted = kept = 0
    progress = Progress("objects deleted")
    for each in orphans:
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


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "delete"))
    parser.add_argument(
        "--prefix", default="", help="only keys that begin so, such as documents/ or one whole key"
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--dry-run", action="store_true", help="only count what would be deleted")
    choice.add_argument("--yes", action="store_true", help="delete for good; without it nothing is deleted")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    if (arguments.action == "delete") != (arguments.dry_run or arguments.yes):
        error("`delete` needs --dry-run first, then --yes: nobody can undo it; nothing else needs them")


COMMAND = Command("list and delete objects without a record", _run, _add_arguments, _check)
