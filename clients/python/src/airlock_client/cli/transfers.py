"""The commands `upload` and `download`."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from airlock_client import AirlockClient, AirlockError, Document, FileSource, StreamSource, Upload
from airlock_client.cli.connection import connect
from airlock_client.cli.exit_codes import ExitCode, to_exit_code
from airlock_client.cli.interrupts import exit_on_interrupt
from airlock_client.cli.options import JsonOption, RenditionOption
from airlock_client.cli.output import (
    describe_outcome,
    document_json,
    error_json,
    print_error,
    print_json,
    print_line,
)
from airlock_client.cli.progress_bars import ProgressBars, show_progress


@dataclass(frozen=True)
class Outcome:
    """The document, or the error, of one file."""

    file: str
    result: Document | AirlockError

    def report(self, *, as_json: bool) -> ExitCode:
        """Prints a line and returns the exit code for this file alone."""
        result = self.result
        if isinstance(result, AirlockError):
            if as_json:
                print_json({"file": self.file, "problem": error_json(result)})
            print_error(f"{self.file}: {result}")
            return to_exit_code(result)
        if as_json:
            print_json({"file": self.file, "document": document_json(result)})
        else:
            print_line(f"{result.id}  {self.file}  {describe_outcome(result)}")
        return ExitCode.OK if result.status == "ready" else ExitCode.NOT_READY


def upload(
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(help="Files and folders, or - for standard input.")],
    kind: Annotated[str | None, typer.Option(help="Kind of the documents. Default: by content type.")] = None,
    content_type: Annotated[str | None, typer.Option(help="Default: that of the extension.")] = None,
    title: Annotated[str | None, typer.Option(help="Title of the documents.")] = None,
    metadata: Annotated[list[str] | None, typer.Option("--metadata", help="KEY=VALUE, repeatable.")] = None,
    name: Annotated[str | None, typer.Option(help="File name of standard input.")] = None,
    size: Annotated[int | None, typer.Option(min=1, help="Bytes of standard input.")] = None,
    part_size: Annotated[
        int | None, typer.Option(min=5 * 1024**2, help="Preferred bytes of a part of a large file.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=16, help="Files that are sent at once.")] = 3,
    resume: Annotated[
        bool,
        typer.Option(
            help="Continue what an interrupted command has begun, and remember what this one begins."
        ),
    ] = True,
    wait: Annotated[bool, typer.Option(help="Wait until the files are checked.")] = True,
    as_json: JsonOption = False,
) -> ExitCode:
    """Uploads files and waits until they are checked. Each line of the output is one file."""
    create = partial(
        Upload,
        kind=kind,
        content_type=content_type,
        title=title,
        metadata=read_metadata(metadata or []),
        part_size=part_size,
    )
    if "-" in files:
        sources: list[tuple[str, StreamSource | FileSource]] = [("-", _open_stdin(files, name, size))]
    else:
        sources = [(str(path), FileSource(path)) for path in find_files(files)]
    with exit_on_interrupt(), connect(context, resume=resume) as client, show_progress() as bars:
        results = _upload_all(client, sources, create, bars, limit, wait=wait)
    outcomes = [Outcome(file, result) for (file, _), result in zip(sources, results, strict=True)]
    codes = [outcome.report(as_json=as_json) for outcome in outcomes]
    # Without waiting, a document that is still being checked is a success.
    return max((code for code in codes if wait or code != ExitCode.NOT_READY), default=ExitCode.OK)


def download(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(help="Ids of documents.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="A folder, or a file for one document.")
    ] = Path(),
    rendition: RenditionOption = None,
    force: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Downloads documents in parallel ranges, and compares their SHA-256 with the record.

    Until then a file has the suffix .part, and the same command continues it.
    """
    if len(ids) > 1 and not output.is_dir():
        raise typer.BadParameter("Several documents need a folder.", param_hint="--output")
    with exit_on_interrupt(), connect(context) as client, show_progress() as bars:
        for document_id in ids:
            found = client.get_download(document_id, rendition=rendition)
            on_progress = bars.add(found.file_name, found.size)
            path = client.download(
                document_id,
                output,
                rendition=rendition,
                overwrite=force,
                on_progress=on_progress,
                found=found,
            )
            if as_json:
                print_json({"id": document_id, "file": str(path), "sha256": found.sha256})
                continue
            verified = "SHA-256 verified" if found.sha256 else "only the size verified, above 5 GiB"
            print_line(f"{document_id}  {path}  {verified}")


def add_commands(app: typer.Typer) -> None:
    app.command()(upload)
    app.command()(download)


def _upload_all(
    client: AirlockClient,
    sources: Sequence[tuple[str, StreamSource | FileSource]],
    create: Callable[..., Upload],
    bars: ProgressBars,
    limit: int,
    *,
    wait: bool,
) -> list[Document | AirlockError]:
    uploads = [create(source=source, on_progress=bars.add(source.name, source.size)) for _, source in sources]
    return client.upload_many(uploads, limit=limit, wait=wait)


def _open_stdin(files: Sequence[str], name: str | None, size: int | None) -> StreamSource:
    if len(files) > 1 or name is None or size is None:
        raise typer.BadParameter("Standard input needs --name and --size, and no other files.")
    return StreamSource(sys.stdin.buffer, name, size)


def find_files(names: Sequence[str]) -> Iterator[Path]:
    """Yields the files, and those in the folders, in the order of their names."""
    for path in map(Path, names):
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file())
        else:
            yield path


def read_metadata(pairs: Sequence[str]) -> dict[str, str]:
    """Raises typer.BadParameter."""
    entries = dict(pair.partition("=")[::2] for pair in pairs)
    if "" in entries or any("=" not in pair for pair in pairs):
        raise typer.BadParameter("An entry is KEY=VALUE.", param_hint="--metadata")
    return entries
