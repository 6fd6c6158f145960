"""The command `find`: finds documents by id or name without their owner, or all documents of an owner."""

import argparse
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.owners import add_owner, parse_document_id
from operate.records import Record, Records, document_id, is_document
from operate.search import by_name, estimate_cost, find_document, search

_COLUMNS = ("created_at", "status", "kind", "size", "pk", "file_name")


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    records = Records.of(deployment)
    if arguments.dry_run:
        return _estimate(records)
    found = [*islice(_find(records, arguments), arguments.limit)]
    return Result({"documents": found}, _describe(found), is_failed=not found)


def _find(records: Records, arguments: argparse.Namespace) -> Iterator[Record]:
    if arguments.owner:
        text = arguments.name or ""
        return (record for record in records.list_documents(arguments.owner) if text in record["file_name"])
    if arguments.id:
        return _present(find_document(records, arguments.id))
    return filter(is_document, search(records, by_name(arguments.name)))


def _present(record: Record | None) -> Iterator[Record]:
    if record is not None:
        yield record


def _estimate(records: Records) -> Result:
    cost = estimate_cost(records)
    data = {"items": cost.items, "bytes": cost.size, "dollars": cost.dollars}
    line = (
        f"A search reads {cost.items:,} items ({cost.size:,} bytes) and costs at most {cost.dollars:.4f} $."
    )
    return Result(data, [line])


def _describe(found: Sequence[Record]) -> Iterable[str]:
    if not found:
        return ["No document is found."]
    return (
        "\t".join([document_id(record), *(str(record.get(name, "")) for name in _COLUMNS)])
        for record in found
    )


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--id", type=parse_document_id, help="id of a document; reads the table until it is found"
    )
    parser.add_argument(
        "--name", metavar="TEXT", help="part of the file name; reads the whole table without an owner"
    )
    add_owner(parser, is_required=False)
    parser.add_argument("--limit", type=int, default=100, help="largest number of documents (default: 100)")
    parser.add_argument("--dry-run", action="store_true", help="only say what a search of the table costs")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    if not (arguments.id or arguments.name or arguments.owner or arguments.dry_run):
        error("give --id, --name, --owner or --claim")
    if arguments.id and (arguments.name or arguments.owner):
        error("--id needs nothing else; `show` takes an id with an owner")
    if arguments.limit < 1:
        error("--limit is at least 1")


COMMAND = Command("find documents without knowing the owner", _run, _add_arguments, _check)
