"""`python -m local`: starts the stack, prints its addresses, and stops on Ctrl-C or SIGTERM."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

try:
    import ministack  # noqa: F401  (the process that local.aws starts needs it)

    from local.aws import StartError
    from local.stack import LocalStack, start_stack
except ModuleNotFoundError as error:
    sys.exit(
        f"local: {error.name} is not installed for {sys.executable}; `make demo` installs what is missing"
    )


def main() -> None:
    """Returns after Ctrl-C or SIGTERM; exits with 1 and a message on standard error when the stack cannot start."""
    signal.signal(signal.SIGTERM, _interrupt)
    arguments = _create_parser().parse_args()
    try:
        _run(arguments.port, arguments.aws_port, arguments.ready_file)
    except StartError as error:
        sys.exit(f"local: {error}")
    except KeyboardInterrupt:
        print()


def _run(port: int, aws_port: int, ready_file: Path | None) -> None:
    started_at = time.monotonic()
    with _remove_at_exit(ready_file), start_stack(port=port, aws_port=aws_port) as stack:
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
    return parser


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _summary(stack: LocalStack, seconds: float) -> str:
    users = "\n".join(f"  {user.name}  {user.password}" for user in stack.users)
    return f"""Ready after {seconds:.1f} s. Open {stack.web} and sign in as one of
{users}
API   {stack.api}
AWS   {stack.s3} (bucket {stack.bucket}, table {stack.table})
Log   {stack.emulator.log}
Ctrl-C stops the stack."""


if __name__ == "__main__":
    main()
