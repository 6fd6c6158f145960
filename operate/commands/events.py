"""The command `events`: publishes changes of documents again, and shows events as they come."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

from botocore.config import Config

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.event_failures import EventFailures
from operate.event_forward import Forward, parse_secret
from operate.event_replay import Replay, changed_since, is_changed_since
from operate.event_tail import listen
from operate.function import Function
from operate.owners import add_owner, parse_document_id
from operate.progress import Progress
from operate.records import Record, Records
from operate.search import find_document, search
from operate.times import add_since

_SECRET = "AIRLOCK_WEBHOOK_SECRET"  # noqa: S105 - the name of an environment variable
_NO_EVENTS = "This deployment publishes no events: deploy it with events=true."


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    failures = EventFailures.of(deployment)
    if failures is None:
        return Result({"published": 0}, [_NO_EVENTS], is_failed=True)
    if arguments.action == "tail":
        return Result({}, _tail(deployment, arguments))
    if not _selects_documents(arguments):
        return _replay_failures(deployment, failures, is_dry_run=arguments.dry_run)
    return _replay_documents(deployment, arguments)


def _tail(deployment: Deployment, arguments: argparse.Namespace) -> Iterator[str]:
    """Yields a line for each event, until `--count` of them have come or the person presses Ctrl+C."""
    forward = Forward(arguments.forward, parse_secret(os.environ.get(_SECRET))) if arguments.forward else None
    if forward:
        print(f"{_SECRET}={forward.secret}", file=sys.stderr, flush=True)
    with suppress(KeyboardInterrupt), listen(deployment) as queue:
        print("listening; Ctrl+C ends it", file=sys.stderr, flush=True)
        for event in islice(queue.events(), arguments.count):
            yield _describe(event) + (f"  -> {forward.send(event)}" if forward else "")
            sys.stdout.flush()


def _describe(event: Mapping[str, Any]) -> str:
    detail = event["detail"]
    subject = detail.get("id", detail["owner"])
    number = detail.get("sequence", detail.get("counter"))
    return f"{detail['at']}  {event['detail-type']:<19}  {subject}  {number}"


def _replay_failures(deployment: Deployment, failures: EventFailures, *, is_dry_run: bool) -> Result:
    if is_dry_run:
        return _summarize([len(failure.records) for failure in failures.list()], is_dry_run=True)
    return _summarize(_count(_open(deployment).send_failures(failures)))


def _replay_documents(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    records = _find(Records.of(deployment), arguments)
    if arguments.dry_run:
        return _summarize([1 for _ in records], is_dry_run=True)
    return _summarize(_count(_open(deployment).send_documents(records)))


def _open(deployment: Deployment) -> Replay:
    """An invocation is never repeated by boto3, because the first one may still be at work."""
    client = deployment.client("lambda", Config(retries={"total_max_attempts": 1}))
    return Replay(Function(client, deployment.output("PublishFunction")))


def _count(published: Iterator[int]) -> list[int]:
    progress, counts = Progress("changes published"), list[int]()
    for number in published:
        progress.add(number)
        counts.append(number)
    return counts


def _find(records: Records, arguments: argparse.Namespace) -> Iterator[Record]:
    if arguments.document:
        owner, id = arguments.owner, arguments.document
        found = records.get_document(owner, id) if owner else find_document(records, id)
        return iter([found] if found else [])
    if arguments.owner:
        listed = records.list_documents(arguments.owner)
        return (record for record in listed if is_changed_since(record, arguments.since))
    return search(records, changed_since(arguments.since))


def _summarize(counts: list[int], *, is_dry_run: bool = False) -> Result:
    verb = "would be published" if is_dry_run else "published"
    data = {"published": 0 if is_dry_run else sum(counts), "selected": sum(counts)}
    return Result(data, [f"{sum(counts):>9,}  {verb}"])


def _selects_documents(arguments: argparse.Namespace) -> bool:
    return bool(arguments.document or arguments.owner or arguments.since)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("replay", "tail"))
    parser.add_argument(
        "--document", type=parse_document_id, metavar="ID", help="the last change of this document"
    )
    add_owner(parser, is_required=False)
    add_since(
        parser,
        "the last change of each document that was written since then, for which the whole table is read without an owner",
    )
    parser.add_argument("--dry-run", action="store_true", help="only count")
    parser.add_argument(
        "--forward", metavar="URL", help=f"tail: POST each event there, signed with the secret in {_SECRET}"
    )
    parser.add_argument("--count", type=int, metavar="N", help="tail: end after so many events")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    if arguments.action == "tail" and (_selects_documents(arguments) or arguments.dry_run):
        error("tail takes --forward and --count")
    if arguments.action == "tail" and "json" in arguments:
        error("tail prints lines, no JSON")
    if arguments.action == "replay" and (arguments.forward or arguments.count):
        error("--forward and --count are for tail")
    if arguments.document and arguments.since:
        error("--since is for several documents; --document names one")


COMMAND = Command(
    "publish changes of documents again, or show events as they come", _run, _add_arguments, _check
)
