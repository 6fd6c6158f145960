"""`python -m operate COMMAND --stage STAGE`: commands of an operator on one deployment.

The exit code is 0 on success, 1 if something failed, and 2 for arguments that make no sense. The credentials and the
Region are those of the AWS CLI; `AWS_ENDPOINT_URL` directs everything to a local stack.
"""

import argparse
import sys
from datetime import UTC, datetime

from operate import failed
from operate.deployment import OperateError, find_sweeps
from operate.times import parse_since

_FAILED = 1


def main() -> int:
    """Returns the exit code."""
    arguments = _parse_arguments()
    try:
        sweeps = find_sweeps(arguments.stage)
        if arguments.command == "failed":
            return failed.print_list(sweeps, failed.select(arguments, allow_all=True))
        return failed.redrive(sweeps, failed.select(arguments, allow_all=arguments.all), arguments)
    except OperateError as error:
        print(f"operate: {error}", file=sys.stderr)
        return _FAILED


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m operate", description="Operate a deployment of Airlock.")
    commands = parser.add_subparsers(dest="command", required=True)
    redrive = commands.add_parser("redrive", help="retry failed documents")
    _add_selection(redrive)
    redrive.add_argument("--all", action="store_true", help="every failed document, without another filter")
    redrive.add_argument("--owner", help="owner key of one document; needs --document-id")
    redrive.add_argument("--document-id", help="id of one document; needs --owner")
    redrive.add_argument("--dry-run", action="store_true", help="only count")
    _add_selection(commands.add_parser("failed", help="list failed documents"))
    arguments = parser.parse_args()
    if arguments.command == "redrive":
        _check_redrive(redrive, arguments)
    return arguments


def _add_selection(parser: argparse.ArgumentParser) -> None:
    now = datetime.now(UTC)
    parser.add_argument("--stage", required=True, help="stage of the deployment, such as prod")
    parser.add_argument(
        "--since",
        type=lambda text: parse_since(text, now),
        metavar="TIME",
        help="failed since then: a duration until now such as 90m, 2h or 3d, or an ISO 8601 time with an offset",
    )
    parser.add_argument("--code", help="reason of the failure, such as attempts_exhausted")
    parser.add_argument("--kind", help="kind of the documents")


def _check_redrive(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """Exits with 2 unless the arguments select one document, or some by filters, or deliberately all."""
    has_filter = bool(arguments.since or arguments.code or arguments.kind)
    is_one = bool(arguments.owner or arguments.document_id)
    if is_one and not (arguments.owner and arguments.document_id):
        parser.error("--owner and --document-id belong together")
    if is_one and arguments.dry_run:
        parser.error("--dry-run is for a selection, not for one document")
    if has_filter + is_one + arguments.all != 1:
        parser.error("give --since, --code or --kind, or --owner and --document-id, or --all")


if __name__ == "__main__":
    sys.exit(main())
