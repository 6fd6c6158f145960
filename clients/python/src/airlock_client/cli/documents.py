"""The commands `ls`, `show`, `rm`, `restore` and `usage`."""

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

import typer

from airlock_client import Document
from airlock_client.cli.connection import connect
from airlock_client.cli.exit_codes import ExitCode, to_exit_code
from airlock_client.cli.options import JsonOption
from airlock_client.cli.output import (
    describe_outcome,
    document_json,
    error_json,
    format_size,
    print_error,
    print_json,
    print_line,
    print_table,
)
from airlock_client.codes import MESSAGES
from airlock_client.errors import create_item_problem
from airlock_client.models import UsageResponse

_MAX_IDS = 100
"""Ids of one call to delete (docs/api.md)."""
IdsArgument = Annotated[list[str], typer.Argument(help="Ids of documents.")]


def list_documents(
    context: typer.Context,
    status: Annotated[str | None, typer.Option(help="Only with this status, also `deleted`.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only of this kind.")] = None,
    name: Annotated[str | None, typer.Option(help="Only if the file name or title contains this.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number of documents.")] = 100,
    as_json: JsonOption = False,
) -> None:
    """Lists your documents, newest first."""
    with connect(context) as client:
        documents = list(islice(client.list(status=status, kind=kind, name_contains=name), limit))
    if as_json:
        for document in documents:
            print_json(document_json(document))
        return
    print_table(("id", "status", "size", "created", "name"), map(_row, documents))


def show(
    context: typer.Context, id: Annotated[str, typer.Argument(help="Id.")], as_json: JsonOption = False
) -> None:
    """Shows the record of a document."""
    with connect(context) as client:
        document = client.get(id)
    if as_json:
        print_json(document_json(document))
        return
    fields = {
        "id": document.id,
        "name": document.file_name,
        "title": document.title,
        "kind": document.kind,
        "status": describe_outcome(document),
        "size": f"{document.size} bytes",
        "type": document.content_type or f"{document.declared_content_type} (declared)",
        "sha256": document.sha256 or "",
        "created": document.created_at.isoformat(),
        "steps": ", ".join(f"{step.name} {step.status}" for step in document.steps),
        "renditions": ", ".join(document.renditions),
        "metadata": ", ".join(f"{key}={value}" for key, value in document.metadata.items()),
    }
    for name, value in fields.items():
        if value:
            print_line(f"{name:<10} {value}")


def remove(context: typer.Context, ids: IdsArgument, as_json: JsonOption = False) -> ExitCode:
    """Deletes documents. They can be restored for a week."""
    exit_code = ExitCode.OK
    with connect(context) as client:
        results = [
            result
            for start in range(0, len(ids), _MAX_IDS)
            for result in client.delete_many(ids[start : start + _MAX_IDS])
        ]
    for result in results:
        problem = create_item_problem(result.problem) if result.problem else None
        if as_json:
            print_json({"id": result.id, "problem": error_json(problem) if problem else None})
        elif not problem:
            print_line(f"{result.id}  deleted")
        if problem:
            print_error(f"{result.id}: {problem}")
            exit_code = max(exit_code, to_exit_code(problem))
    return exit_code


def restore(context: typer.Context, ids: IdsArgument, as_json: JsonOption = False) -> None:
    """Restores deleted documents."""
    with connect(context) as client:
        for id in ids:
            document = client.restore(id)
            if as_json:
                print_json(document_json(document))
            else:
                print_line(f"{id}  {describe_outcome(document)}")


def show_usage(context: typer.Context, as_json: JsonOption = False) -> None:
    """Shows what you hold, your limits, and what is left today."""
    with connect(context) as client:
        usage = client.get_usage()
    if as_json:
        print_json(usage.to_json())
        return
    print_table(("", "used", "limit", "left"), _usage_rows(usage))
    print_line(f"The day ends at {usage.today.resets_at:%Y-%m-%d %H:%M} UTC.")
    if usage.is_blocked:
        print_line(MESSAGES["owner_blocked"])


def add_commands(app: typer.Typer) -> None:
    app.command("ls")(list_documents)
    app.command()(show)
    app.command("rm")(remove)
    app.command()(restore)
    app.command("usage")(show_usage)


def _row(document: Document) -> tuple[str, ...]:
    created = f"{document.created_at:%Y-%m-%d}"
    return document.id, document.status, format_size(document.size), created, document.file_name


def _usage_rows(usage: UsageResponse) -> Iterator[tuple[str, str, str, str]]:
    """Yields a row for each limit. Downloads have one only where the deployment counts them."""
    stored, uploads, today = usage.stored, usage.open_uploads, usage.today
    yield _row_of_bytes("stored", stored.bytes, stored.max_bytes, stored.remaining_bytes)
    yield "open uploads", str(uploads.count), str(uploads.max_count), str(uploads.remaining_count)
    yield "files today", str(today.files), str(today.max_files), str(today.remaining_files)
    yield _row_of_bytes("bytes today", today.bytes, today.max_bytes, today.remaining_bytes)
    if today.max_download_bytes is not None and today.remaining_download_bytes is not None:
        yield _row_of_bytes(
            "downloads today", today.download_bytes, today.max_download_bytes, today.remaining_download_bytes
        )


def _row_of_bytes(name: str, used: int, limit: int, left: int) -> tuple[str, str, str, str]:
    return name, format_size(used), format_size(limit), format_size(left)
