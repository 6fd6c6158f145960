"""The command `block`: the API refuses the creates of an owner."""

import argparse

from operate.blocks import block
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.owners import add_owner
from operate.records import Records


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    block(Records.of(deployment), arguments.owner, arguments.reason)
    line = (
        f"The owner {arguments.owner} creates no document any more. Uploads that are open can be completed."
    )
    return Result({"owner": arguments.owner, "blocked": True}, [line])


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_owner(parser)
    parser.add_argument(
        "--reason", default="operator", help="why, for `usage` and other operators (default: operator)"
    )


COMMAND = Command("refuse the creates of an owner", _run, _add_arguments)
