"""`python -m local`: start the stack, say where to look, and stop all of it on Ctrl-C or SIGTERM."""

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
    from local.running import Running, running_stack
except ModuleNotFoundError as error:
    sys.exit(
        f"local: {error.name} is not installed for {sys.executable}; `make demo` installs what is missing"
    )


def main() -> None:
    """Returns when it was told to stop; exits with 1 and a message on standard error when it could not start."""
    signal.signal(signal.SIGTERM, _stop)
    arguments = _parser().parse_args()
    try:
        _run(arguments.port, arguments.aws_port, arguments.ready_file)
    except StartError as error:
        sys.exit(f"local: {error}")
    except KeyboardInterrupt:
        print()


def _run(port: int, aws_port: int, ready_file: Path | None) -> None:
    began = time.monotonic()
    with _gone_at_the_end(ready_file), running_stack(port=port, aws_port=aws_port) as running:
        if ready_file:
            running.write_ready_file(ready_file)
        print(_where_to_look(running, time.monotonic() - began), flush=True)
        running.emulator.process.wait()
        raise StartError("MiniStack ended by itself")


@contextmanager
def _gone_at_the_end(ready_file: Path | None) -> Iterator[None]:
    """And at the start: the file is there while the stack is, so nobody reads one of an earlier run."""
    if ready_file is None:
        yield
        return
    ready_file.parent.mkdir(parents=True, exist_ok=True)
    ready_file.unlink(missing_ok=True)
    try:
        yield
    finally:
        ready_file.unlink(missing_ok=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local", description="Airlock on this machine; Ctrl-C stops it."
    )
    parser.add_argument(
        "--port", type=int, default=8080, help="of the page; 0: any free port (default: 8080)"
    )
    parser.add_argument(
        "--aws-port", type=int, default=0, help="of the local AWS; 0: any free port (default: 0)"
    )
    parser.add_argument(
        "--ready-file", type=Path, help="write addresses and users here, as JSON, once all is ready"
    )
    return parser


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


def _where_to_look(running: Running, seconds: float) -> str:
    users = "\n".join(f"  {user.name}  {user.password}" for user in running.users)
    return f"""Ready after {seconds:.1f} s. Open {running.web} and sign in as one of
{users}
API   {running.api}
AWS   {running.s3} (bucket {running.bucket}, table {running.table})
Log   {running.emulator.log}
Ctrl-C stops all of it."""


if __name__ == "__main__":
    main()
