"""The command `export`: writes the records and the files of an owner to a directory, and can be continued."""

import argparse
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from functions.adapters.dynamodb.step_maps import step_from_map
from functions.domain.document import PURGED_STATUSES
from functions.domain.keys import documents_key, rendition_key
from functions.domain.steps import renditions_of
from operate.aws_calls import error_code
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.event_failures import EventFailures
from operate.owners import add_owner
from operate.progress import Progress
from operate.records import Record, Records, document_id

_CHUNK = 1 << 20


@dataclass(frozen=True)
class StoredFile:
    """One file of a document: its original, or a rendition."""

    key: str
    version_id: str
    size: int
    sha256: str | None
    path: Path


@dataclass
class Export:
    """The export of one owner to `directory`."""

    s3: Any
    bucket: str
    directory: Path
    files: int = 0
    present: int = 0
    size: int = 0
    problems: list[str] = field(default_factory=list)

    def save(self, file: StoredFile) -> None:
        """Writes one file, unless an earlier run has done so. IAM action: s3:GetObjectVersion. Raises OperateError."""
        target = self.directory / file.path
        if target.exists() and _is_intact(target, file):
            self.present += 1
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.part")
        try:
            self._download(file, partial)
        except BotoCoreError as error:
            raise OperateError(str(error)) from error
        except ClientError as error:
            if error_code(error) not in ("NoSuchKey", "NoSuchVersion"):
                raise OperateError(str(error)) from error
            self.problems.append(f"{file.key}: the version {file.version_id} does not exist")
            return
        if not _is_intact(partial, file):
            self.problems.append(f"{file.key}: the bytes differ from the record")
            partial.unlink()
            return
        partial.replace(target)
        self.files += 1
        self.size += file.size

    def _download(self, file: StoredFile, path: Path) -> None:
        response = self.s3.get_object(Bucket=self.bucket, Key=file.key, VersionId=file.version_id)
        with path.open("wb") as output:
            for chunk in response["Body"].iter_chunks(_CHUNK):
                output.write(chunk)


def export_owner(deployment: Deployment, owner: str, directory: Path) -> Export:
    """Writes `documents.ndjson`, `usage.json` and `files/{id}/{name}`. Raises OperateError.

    With events it also writes `unpublished.ndjson`, and with a limit of calls or downloads `counters.json`.
    """
    records = Records.of(deployment)
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)  # the files of a person
    export, progress = (
        Export(deployment.client("s3"), deployment.bucket, directory),
        Progress("documents exported"),
    )
    with (directory / "documents.ndjson").open("w", encoding="utf-8") as lines:
        for record in records.list_documents(owner):
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
            for file in list_files(owner, record):
                export.save(file)
            progress.add()
    if failures := EventFailures.of(deployment):
        _write_unpublished(failures, owner, directory)
    usage = records.get_usage(owner)
    (directory / "usage.json").write_text(json.dumps(usage, indent=2) + "\n", "utf-8")
    if counters := list(records.list_counters(owner)):
        (directory / "counters.json").write_text(json.dumps(counters, indent=2) + "\n", "utf-8")
    return export


def _write_unpublished(failures: EventFailures, owner: str, directory: Path) -> None:
    """Writes the earlier states of records that wait in the bucket of failures."""
    with (directory / "unpublished.ndjson").open("w", encoding="utf-8") as lines:
        for record in failures.list_owner(owner):
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def list_files(owner: str, record: Record) -> Iterator[StoredFile]:
    """Yields the original and the renditions of a document, which a deleted one still has and a purged one has not."""
    if record["status"] in PURGED_STATUSES:
        return
    folder = Path("files") / document_id(record)
    if version := record.get("stored_version"):
        name = _safe_name(record["file_name"])
        key = documents_key(owner, document_id(record))
        yield StoredFile(key, version, record["size"], record.get("sha256"), folder / name)
    for each in renditions_of([step_from_map(step) for step in record.get("steps", [])]):
        path = folder / "renditions" / _safe_name(each.step) / _safe_name(each.name)
        key = rendition_key(owner, document_id(record), each.step, each.name)
        yield StoredFile(key, each.version, each.size, each.sha256, path)


def _safe_name(name: str) -> str:
    """Returns the name as one part of a path, on any file system. The record has the name as it is."""
    kept = "".join(char if char.isprintable() and char not in '/\\:*?"<>|' else "_" for char in name)
    return kept.strip(". ").encode()[:200].decode(errors="ignore") or "file"


def _is_intact(path: Path, file: StoredFile) -> bool:
    if path.stat().st_size != file.size:
        return False
    if file.sha256 is None:
        return True
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest() == file.sha256


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    if arguments.dry_run:
        return _preview(deployment, arguments.owner)
    export = export_owner(deployment, arguments.owner, arguments.directory)
    data = {
        "files": export.files,
        "present": export.present,
        "bytes": export.size,
        "problems": export.problems,
    }
    lines = [
        f"{export.files:,} files written ({export.size:,} bytes), {export.present:,} were there already",
        *export.problems,
    ]
    return Result(data, lines, is_failed=bool(export.problems))


def _preview(deployment: Deployment, owner: str) -> Result:
    records = [*Records.of(deployment).list_documents(owner)]
    files = [file for record in records for file in list_files(owner, record)]
    size = sum(file.size for file in files)
    data = {"documents": len(records), "files": len(files), "bytes": size}
    return Result(
        data, [f"{len(records):,} records and {len(files):,} files ({size:,} bytes) would be exported"]
    )


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_owner(parser)
    parser.add_argument("directory", type=Path, help="directory for the export; an earlier one is continued")
    parser.add_argument("--dry-run", action="store_true", help="only count")


COMMAND = Command("write the records and the files of an owner to a directory", _run, _add_arguments)
