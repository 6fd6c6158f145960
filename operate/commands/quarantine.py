"""The command `quarantine`: lists objects without a record, and deletes those that still have none."""

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
        error("`delete` needs --dry-run first, then --yes: nobody can undo it; `list` needs neither")


COMMAND = Command("list and delete objects without a record", _run, _add_arguments, _check)
