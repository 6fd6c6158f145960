"""The command `webhooks`: lists endpoints, tests one, redelivers its dead letters and rotates its secret."""

import argparse
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from botocore.config import Config

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.function import Function
from operate.progress import Progress
from operate.queues import DeadLetters
from operate.webhooks import WebhookEndpoint, count_waiting, find_endpoint, list_endpoints, rotate

_HIDDEN_WHILE_MOVED = 300
"""Seconds."""
_TIMEOUT = 65
"""Seconds to wait for the function: its own timeout is 60."""
_OVERLAP, _MAX_OVERLAP = 24, 24 * 30
"""Hours."""


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    if arguments.action == "list":
        return _list(deployment)
    endpoint = find_endpoint(deployment, arguments.endpoint)
    match arguments.action:
        case "test":
            return _test(deployment, endpoint)
        case "redeliver":
            return _redeliver(deployment, endpoint)
    return _rotate(deployment, endpoint, timedelta(hours=arguments.overlap or _OVERLAP))


def _list(deployment: Deployment) -> Result:
    client = deployment.client("sqs")
    found = [
        {
            "name": each.name,
            "host": each.host,
            "waiting": count_waiting(client, each),
            "deadLetters": DeadLetters(client, each.queue).count(),
        }
        for each in list_endpoints(deployment)
    ]
    lines = [
        f"{each['name']:20}  {each['host']}  {each['waiting']:,} waiting  {each['deadLetters']:,} dead letters"
        for each in found
    ]
    is_failed = any(each["deadLetters"] for each in found)
    return Result({"endpoints": found}, lines or ["There is no endpoint."], is_failed=is_failed)


def _test(deployment: Deployment, endpoint: WebhookEndpoint) -> Result:
    config = Config(read_timeout=_TIMEOUT, retries={"total_max_attempts": 1})
    result = Function(deployment.client("lambda", config), endpoint.function).invoke({"test": True})
    line = f"{result['outcome']}: {result['reason']} ({result['webhookId']})"
    return Result(dict(result), [line], is_failed=result["outcome"] != "delivered")


def _redeliver(deployment: Deployment, endpoint: WebhookEndpoint) -> Result:
    letters, progress, moved = DeadLetters(deployment.client("sqs"), endpoint.queue), Progress("events"), 0
    for message in letters.receive(_HIDDEN_WHILE_MOVED):
        letters.put_back(message)
        moved += 1
        progress.add()
    return Result({"redelivered": moved}, [f"{moved:>9,}  events are sent again"])


def _rotate(deployment: Deployment, endpoint: WebhookEndpoint, overlap: timedelta) -> Result:
    """The secret itself is not printed, because terminals and build systems keep what is."""
    until = rotate(deployment.client("secretsmanager"), endpoint, overlap, datetime.now(UTC))
    lines = [
        f"The new secret is `current` of {endpoint.secret}.",
        f"The one before signs too until {until.isoformat()}.",
    ]
    return Result({"secret": endpoint.secret, "earlierValidUntil": until.isoformat()}, lines)


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "test", "redeliver", "rotate"))
    parser.add_argument("endpoint", nargs="?", help="name of an endpoint, as `list` prints it")
    parser.add_argument(
        "--overlap", type=int, metavar="HOURS", help="hours for which the earlier secret signs too"
    )


def _check(arguments: argparse.Namespace, error: Callable[[str], object]) -> None:
    if (arguments.action == "list") == bool(arguments.endpoint):
        error("`test`, `redeliver` and `rotate` need the name of an endpoint; `list` needs none")
    if arguments.overlap is not None and arguments.action != "rotate":
        error("--overlap is for rotate")
    if arguments.overlap is not None and not 1 <= arguments.overlap <= _MAX_OVERLAP:
        error(f"--overlap is from 1 to {_MAX_OVERLAP}")


COMMAND = Command(
    "list webhook endpoints, test one, redeliver its dead letters, rotate its secret",
    _run,
    _add_arguments,
    _check,
)
