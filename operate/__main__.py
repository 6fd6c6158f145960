"""`python -m operate --stage STAGE COMMAND`: commands of an operator on one deployment.

`--ready-file FILE` instead of `--stage` names a local stack, whose ready file `python -m local` has written.

The exit code is 0 on success, 1 if something failed, and 2 for arguments that make no sense. The credentials and the
Region are those of the AWS CLI.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from operate.command import Command, Result
from operate.commands import NAMES, load
from operate.deployment import Deployment, find_deployment, find_local_deployment
from operate.errors import OperateError

_FAILED = 1


def main(words: Sequence[str] | None = None, deployment: Deployment | None = None) -> int:
    """Returns the exit code. `deployment` takes the place of the one that the words name."""
    command, arguments = _parse_arguments(words)
    try:
        result = command.run(deployment or _find(arguments), arguments)
        _print(result, is_json="json" in arguments)
    except OperateError as error:
        print(f"operate: {error}", file=sys.stderr)
        return _FAILED
    except BrokenPipeError:
        return _FAILED
    return int(result.is_failed)


def _print(result: Result, *, is_json: bool) -> None:
    if is_json:
        print(json.dumps(result.data, indent=2, ensure_ascii=False))
        return
    for line in result.lines:
        print(line)


def _find(arguments: argparse.Namespace) -> Deployment:
    if "ready_file" in arguments:
        return find_local_deployment(arguments.ready_file)
    return find_deployment(arguments.stage)


def _parse_arguments(words: Sequence[str] | None) -> tuple[Command, argparse.Namespace]:
    parser = argparse.ArgumentParser(prog="python -m operate", description="Operate a deployment of Airlock.")
    _add_common(parser)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    parsers = {}
    for name in NAMES:
        command = load(name)
        parsers[name] = commands.add_parser(name, help=command.help, description=command.help)
        _add_common(parsers[name])
        if command.add_arguments:
            command.add_arguments(parsers[name])
    arguments = parser.parse_args(words)
    command = load(arguments.command)
    if command.check_arguments:
        command.check_arguments(arguments, parsers[arguments.command].error)
    if ("stage" in arguments) == ("ready_file" in arguments):
        parser.error("give --stage or --ready-file")
    return command, arguments


def _add_common(parser: argparse.ArgumentParser) -> None:
    """Adds what may stand before and after the name of the command. Without a default, the first one is not overwritten."""
    absent = argparse.SUPPRESS
    parser.add_argument("--stage", default=absent, help="stage of the deployment, such as prod")
    parser.add_argument(
        "--ready-file", default=absent, type=Path, metavar="FILE", help="ready file of a local stack"
    )
    parser.add_argument("--json", default=absent, action="store_true", help="print the result as JSON")


if __name__ == "__main__":
    sys.exit(main())
