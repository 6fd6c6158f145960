"""The command `unblock`: the API accepts the creates of an owner again."""

import argparse

from operate.blocks import unblock
from operate.command import Command, Result
from operate.deployment import Deployment
from operate.owners import add_owner
from operate.records import Records


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    was_blocked = unblock(Records.of(deployment), arguments.owner)
    text = "may create documents again" if was_blocked else "was not blocked"
    return Result({"owner": arguments.owner, "blocked": False}, [f"The owner {arguments.owner} {text}."])


COMMAND = Command("accept the creates of an owner again", _run, add_owner)
