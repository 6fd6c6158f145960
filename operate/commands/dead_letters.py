"""The command `dead-letters`: counts, shows and puts back messages that failed again and again."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.errors import OperateError
from operate.progress import Progress
from operate.queues import DeadLetters, list_dead_letter_queues

_HIDDEN_WHILE_READ, _HIDDEN_WHILE_MOVED = 30, 300
"""Seconds."""


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    client = deployment.client("sqs")
    letters = {queue.name: DeadLetters(client, queue) for queue in list_dead_letter_queues(deployment)}
    if arguments.action == "list":
        return _list(letters)
    if arguments.queue not in letters:
        raise OperateError(f"no queue {arguments.queue}; there are {', '.join(sorted(letters))}")
    chosen = letters[arguments.queue]
    return _show(chosen) if arguments.action == "show" else _put_back(chosen, arguments)


def _list(letters: dict[str, DeadLetters]) -> Result:
    counts = {name: each.count() for name, each in letters.items()}
    lines = [f"{count:>9,}  {name}" for name, count in counts.items()]
    return Result({"queues": counts}, lines, is_failed=any(counts.values()))


def _show(letters: DeadLetters) -> Result:
    """A body contains keys of objects and ids, but no file name and no URL."""
    messages = [*letters.receive(_HIDDEN_WHILE_READ)]
    letters.show_again(messages)
    described = [_describe(message) for message in messages]
    lines = (f"{each['id']}  {each['sentAt']}  {each['body']}" for each in described)
    return Result({"messages": described}, lines if messages else ["There are no dead letters."])


def _put_back(letters: DeadLetters, arguments: argparse.Namespace) -> Result:
    wanted, moved, others = set(arguments.message_id or []), 0, []
    progress = Progress("messages put back")
    for message in letters.receive(_HIDDEN_WHILE_MOVED):
        if arguments.dry_run or (wanted and message["MessageId"] not in wanted):
            others.append(message)
        else:
            letters.put_back(message)
            moved += 1
            progress.add()
    letters.show_again(others)
    data = {"putBack": moved, "left": len(others), "dryRun": arguments.dry_run}
    verb = "would be put back" if arguments.dry_run else "put back"
    selected = (
        sum(1 for each in others if not wanted or each["MessageId"] in wanted) if arguments.dry_run else moved
    )
    return Result(data, [f"{selected:>9,}  {verb}"], is_failed=bool(wanted) and selected < len(wanted))


def _describe(message: dict[str, Any]) -> dict[str, Any]:
    sent = int(message["Attributes"]["SentTimestamp"]) / 1000
    return {
        "id": message["MessageId"],
        "sentAt": datetime.fromtimestamp(sent, UTC).isoformat(timespec="seconds"),
        "body": message["Body"],
    }


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "show", "put-back"))
    parser.add_argument("queue", nargs="?", help="name as `list` prints it, such as ObjectCreated")
    parser.add_argument("--message-id", action="append", help="only this message of `show`; repeatable")
    parser.add_argument("--dry-run", action="store_true", help="only count what would be put back")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    if (arguments.action == "list") == bool(arguments.queue):
        error("`show` and `put-back` need the name of a queue; `list` needs none")
    if arguments.action != "put-back" and (arguments.message_id or arguments.dry_run):
        error("--message-id and --dry-run are for put-back")


COMMAND = Command("count, show and put back dead letters", _run, _add_arguments, _check)
