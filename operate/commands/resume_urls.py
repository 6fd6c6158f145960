"""The command `resume-urls`: allows presigned URLs again."""

import argparse

from operate.command import Command, Result
from operate.deployment import Deployment
from operate.url_switch import set_urls


def _run(deployment: Deployment, arguments: argparse.Namespace) -> Result:
    is_changed = set_urls(deployment, are_stopped=False, dry_run=arguments.dry_run)
    line = (
        "Presigned URLs work again, as far as they have not expired."
        if is_changed
        else "URLs are not stopped."
    )
    return Result(
        {"changed": is_changed and not arguments.dry_run},
        ["Presigned URLs would work again." if is_changed and arguments.dry_run else line],
    )


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="only say whether the policy would change")


COMMAND = Command("allow presigned URLs again after `stop-urls`", _run, _add_arguments)
