"""The command `show`: everything about one document but its bytes."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.owners import add_owner, parse_document_id
from operate.records import Records
from operate.search import find_document
from operate.stored import StoredObjects, list_prefixes


def show(deployment: Deployment, owner: str | None, document_id: str) -> Result:
    """Without an owner, the table is searched for the document. Raises OperateError."""
    records, objects = Records.of(deployment), StoredObjects.of(deployment)
    found = records.get_document(owner, document_id) if owner else find_document(records, document_id)
    if found is None:
        raise OperateError(f"no record of {document_id}: it never existed, or it was purged long ago")
    prefixes = list_prefixes(found["pk"], document_id)
    data = {
        "record": found,
        "versions": [asdict(version) for version in objects.list_versions(prefixes)],
        "unfinishedUploads": [asdict(upload) for upload in objects.list_uploads(prefixes)],
        "usage": records.get_usage(found["pk"]),
    }
    return Result(data, _describe(document_id, data))


def _describe(document_id: str, data: dict[str, Any]) -> Iterator[str]:
    record = dict(data["record"])
    yield f"{document_id}  {record.pop('status')}  {record.get('reason', '')}".rstrip()
    yield f"  owner  {record.pop('pk')}"
    history, steps = record.pop("history"), record.pop("steps", [])
    for name, value in sorted(record.items()):
        if name not in ("sk", "v", "write_id"):
            yield f"  {name}  {value if isinstance(value, str | int) else json.dumps(value)}"
    for entry in history:
        yield f"  history  {entry['at']}  {entry['status']}  {entry.get('reason', '')}".rstrip()
    for step in steps:
        yield f"  step  {json.dumps(step)}"
    for version in data["versions"]:
        size = "delete marker" if version["size"] is None else f"{version['size']:,} bytes"
        yield f"  version  {version['key']}  {version['version_id']}  {size}"
    for upload in data["unfinishedUploads"]:
        yield f"  unfinished upload  {upload['key']}  {upload['upload_id']}"


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    return show(deployment, arguments.owner, arguments.document_id)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("document_id", type=parse_document_id, metavar="DOCUMENT_ID")
    add_owner(parser, is_required=False)


COMMAND = Command("show the record, the versions and the history of a document", _run, _add_arguments)
