"""The command `usage`: the usage of an owner, and a recount of it from the records."""

import argparse
from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.owner_usage import DOWNLOADS
from functions.adapters.dynamodb.usage import usage_key
from functions.domain.document import OPEN
from operate.aws_calls import error_code, translate_errors
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.owners import add_owner
from operate.progress import Progress
from operate.records import Record, Records

_FIELDS = ("reserved_bytes", "open_uploads")


def count_usage(records: Records, owner: str) -> dict[str, int]:
    """Returns what the records of an owner add up to. Raises OperateError."""
    reserved = uploads = documents = 0
    progress = Progress("documents read")
    for record in records.list_documents(owner):
        reserved += record.get("reserved_bytes", 0)
        uploads += record["status"] in OPEN
        documents += 1
        progress.add()
    return {"reserved_bytes": reserved, "open_uploads": uploads, "documents": documents}


def repair_usage(records: Records, owner: str, stored: Record, counted: dict[str, int]) -> None:
    """Writes the counted usage, unless the usage has changed meanwhile. IAM action: dynamodb:UpdateItem.

    Raises OperateError.
    """
    values = {f":old_{name}": stored.get(name, 0) for name in (*_FIELDS, "created")}
    values |= {f":new_{name}": counted[name] for name in _FIELDS}
    try:
        with_created = " AND created = :old_created" if "created" in stored else ""
        records.client.update_item(
            TableName=records.table,
            Key=usage_key(owner),
            UpdateExpression="SET " + ", ".join(f"{name} = :new_{name}" for name in _FIELDS),
            ConditionExpression=" AND ".join(f"{name} = :old_{name}" for name in _FIELDS) + with_created,
            ExpressionAttributeValues=to_item(
                {name: value for name, value in values.items() if with_created or name != ":old_created"}
            ),
        )
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            raise OperateError("the usage has changed meanwhile; repeat the command") from error
        with translate_errors():
            raise


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    records = Records.of(deployment)
    stored = records.get_usage(arguments.owner)
    if stored is None:
        raise OperateError(f"the owner {arguments.owner} has no usage: nothing was ever created")
    counted = count_usage(records, arguments.owner)
    differs = any(stored.get(name, 0) != counted[name] for name in _FIELDS)
    if differs and arguments.repair:
        repair_usage(records, arguments.owner, stored, counted)
    data = {
        "owner": arguments.owner,
        "stored": stored,
        "downloads": _list_downloads(records, arguments.owner),
        "counted": counted,
        "repaired": differs and arguments.repair,
    }
    return Result(data, _describe(data, differs), is_failed=differs and not arguments.repair)


def _list_downloads(records: Records, owner: str) -> dict[str, int]:
    """Returns UTC day -> bytes of download URLs, of the days that are kept."""
    counters = {counter["sk"]: counter for counter in records.list_counters(owner)}
    return {
        sk.removeprefix(DOWNLOADS): counter["bytes"]
        for sk, counter in counters.items()
        if sk.startswith(DOWNLOADS)
    }


def _describe(data: dict[str, Any], differs: bool) -> Iterator[str]:
    stored, counted = data["stored"], data["counted"]
    yield f"owner {data['owner']}: {counted['documents']:,} records"
    for name in _FIELDS:
        yield f"{name:<15}{stored.get(name, 0):>16,} stored{counted[name]:>16,} counted"
    for name in sorted(name for name in stored if "#" in name):
        yield f"{name:<18}{stored[name]:>13,}"
    for day, size in data["downloads"].items():
        yield f"downloads {day}{size:>11,}"
    if "blocked_at" in stored:
        yield f"blocked since {stored['blocked_at']}: {stored['blocked_for']}"
    if data["repaired"]:
        yield "The usage is now as counted."
    elif differs:
        yield "They differ. A number may change while it is counted: repeat the command, then use --repair."


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_owner(parser)
    parser.add_argument(
        "--repair", action="store_true", help="write what was counted, if nothing has changed meanwhile"
    )


COMMAND = Command("show the usage of an owner, and recount it", _run, _add_arguments)
