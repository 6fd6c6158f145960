"""The command `edge-secret`: creates the secret that CloudFront sends to the API, and rotates it."""

import argparse
from collections.abc import Callable, Sequence

from operate import edge
from operate.command import Command, Result
from operate.deployment import Deployment


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    """No value is printed, because terminals and build systems keep what is."""
    match arguments.action:
        case "create":
            return _describe(edge.create(deployment), [])
        case "add":
            number = edge.add(deployment)
            return _describe(edge.list_numbers(deployment), [f"Deploy with edgeSecretNumber={number} now."])
        case "remove":
            return _describe(edge.remove(deployment, arguments.number), [])
    sent = sorted(edge.read_sent_numbers(deployment))
    lines = [
        f"CloudFront sends the value {' and '.join(map(str, sent))}." if sent else "CloudFront sends none."
    ]
    return _describe(edge.list_numbers(deployment), lines, sent)


def _describe(numbers: Sequence[int], more: Sequence[str], sent: Sequence[int] | None = None) -> Result:
    accepted = f"Functions accept the value {' and '.join(map(str, numbers))}."
    data = {"accepted": list(numbers), **({} if sent is None else {"sent": list(sent)})}
    return Result(data, [accepted, *more])


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("create", "show", "add", "remove"))
    parser.add_argument("number", nargs="?", type=int, help="number of the value to remove")


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    if (arguments.action == "remove") != (arguments.number is not None):
        error("`remove` needs the number of a value; the others need none")


COMMAND = Command(
    "create and rotate the secret that CloudFront sends to the API", _run, _add_arguments, _check
)
