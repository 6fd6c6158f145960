"""`python -m local`: starts the stack, prints its addresses, and stops on Ctrl-C or SIGTERM."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

try:
    import ministack  # noqa: F401  (the process that local.aws starts needs it)

    from local.aws import StartError
    from local.context import add_web_origins, check_context, check_local, parse_context
    from local.edge import has_edge
    from local.stack import LocalStack, start_stack
except ModuleNotFoundError as error:
    sys.exit(
        f"local: {error.name} is not installed for {sys.executable}; `make demo` installs what is missing"
    )


_DEMO = {"kindsFile": "local/kinds.toml", "scanner": "guardduty", "push": "true"}
"""Context of a stack for people. It has a kind that a malware scanner checks, and push, which cost nothing here."""
_PAGE_ORIGIN = "http://127.0.0.1:8080"
"""Stands for the origin of the page, whose port is not known yet."""
_DELIVERY_KEY = f"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE{'A' * 86}=="
"""Stands for the key that the local AWS will have."""


def main() -> None:
    """Returns after Ctrl-C or SIGTERM; exits with 1 and a message on standard error when the stack cannot start."""
    signal.signal(signal.SIGTERM, _interrupt)
    arguments = _create_parser().parse_args()
    try:
        _run(arguments)
    except StartError as error:
        sys.exit(f"local: {error}")
    except KeyboardInterrupt:
        print()


def _run(arguments: argparse.Namespace) -> None:
    """Checks the context before anything starts. Raises StartError."""
    started_at = time.monotonic()
    context, ready_file = {**_DEMO, **parse_context(arguments.context)}, arguments.ready_file
    check_local(context)
    keys = {"deliveryKeys": _DELIVERY_KEY} if has_edge(context) else {}
    check_context(add_web_origins({**context, **keys}, arguments.web_origin or [_PAGE_ORIGIN]))
    with (
        _remove_at_exit(ready_file),
        start_stack(
            port=arguments.port,
            aws_port=arguments.aws_port,
            web_origins=arguments.web_origin,
            front=nullcontext,
            **context,
        ) as stack,
    ):
        if ready_file:
            stack.write_ready_file(ready_file)
        print(_summary(stack, time.monotonic() - started_at), flush=True)
        stack.emulator.process.wait()
        raise StartError("MiniStack exited")


@contextmanager
def _remove_at_exit(ready_file: Path | None) -> Iterator[None]:
    """Removes the file also at the start, so that it exists only while the stack runs and is never that of an earlier run."""
    if ready_file is None:
        yield
        return
    ready_file.parent.mkdir(parents=True, exist_ok=True)
    ready_file.unlink(missing_ok=True)
    try:
        yield
    finally:
        ready_file.unlink(missing_ok=True)


def _create_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local", description="Airlock on this machine; Ctrl-C stops it."
    )
    parser.add_argument(
        "--port", type=int, default=8080, help="port of the page; 0: any free port (default: 8080)"
    )
    parser.add_argument(
        "--aws-port", type=int, default=0, help="port of the local AWS; 0: any free port (default: 0)"
    )
    parser.add_argument(
        "--ready-file",
        type=Path,
        help="file that receives addresses and users as JSON when the stack is ready",
    )
    _add_deployment_options(parser)
    return parser


def _add_deployment_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--web-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="origin of a further page that may call the API and the bucket, such as http://localhost:5173; repeatable",
    )
    parser.add_argument(
        "--context",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="setting of the deployment, as for `cdk deploy -c` (docs/settings.md); repeatable",
    )


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _summary(stack: LocalStack, seconds: float) -> str:
    users = "\n".join(f"  {user.name}  {user.password}" for user in stack.users)
    sign_in = (
        f"Open {stack.web} and sign in as one of\n{users}" if users else f"Tokens come from {stack.issuer}"
    )
    return f"""Ready after {seconds:.1f} s. {sign_in}
API   {stack.api}
{f"Edge  {stack.edge.origin} delivers documents{chr(10)}" if stack.edge else ""}Pages {", ".join(stack.web_origins)} may call the API and the bucket
AWS   {stack.s3} (bucket {stack.bucket}, table {stack.table})
Log   {stack.emulator.log}
Ctrl-C stops the stack."""


if __name__ == "__main__":
    main()
