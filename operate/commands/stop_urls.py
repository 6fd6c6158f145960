"""The command `stop-urls`: blocks every presigned URL and form at once. What has arrived is processed nevertheless."""

import argparse

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.url_switch import set_urls


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    is_changed = set_urls(deployment, are_stopped=True, dry_run=arguments.dry_run)
    line = (
        "No presigned URL works any more, old or new. `resume-urls` allows them again."
        if is_changed
        else "URLs are stopped already."
    )
    return Result(
        {"changed": is_changed and not arguments.dry_run},
        ["Every presigned URL would stop working." if is_changed and arguments.dry_run else line],
    )


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say whether the policy would change")


COMMAND = Command("block every presigned URL at once, old and new", _run, _add_arguments)
