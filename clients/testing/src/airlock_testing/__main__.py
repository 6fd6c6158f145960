"""`python -m airlock_testing`: starts the service, prints its URL, and serves until SIGTERM.

If standard input is a pipe, the service also stops when that closes: whoever started it has ended, even if it was killed.
"""

import argparse
import json
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from airlock_testing.service.vendored import add_vendored_packages

_ERRORS = (OSError, ValueError)


def main() -> None:
    """Exits with 1 and a message on standard error if the service cannot start."""
    arguments = _create_parser().parse_args()
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    try:
        ready = _start(arguments.port, arguments.kinds, _parse_settings(arguments.setting))
    except _ERRORS as error:
        sys.exit(f"airlock_testing: {error}")
    with _write_ready_file(arguments.ready_file, ready):
        print(ready["url"], flush=True)
        _stop_with_parent(stopped)
        stopped.wait()
    os._exit(0)  # nothing is left to clean up, and Python would take half a second to free all modules


def _start(port: int, kinds: Path | None, settings: Mapping[str, str]) -> dict[str, str]:
    """Returns the content of the ready file. What the functions log goes to standard error."""
    add_vendored_packages()
    with redirect_stdout(sys.stderr):
        from airlock_testing.service.environment import prepare_environment

        prepare_environment()
        from airlock_testing.service.control import PREFIX, Control
        from airlock_testing.service.service import Service

        service = Service(port, kinds, settings)
        service.start(Control(service, service.create_gateway()))
    return {
        "url": service.url,
        "control": service.url + PREFIX,
        "issuer": service.issuer.url,
        "storage": service.storage_url,
    }


def _create_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m airlock_testing",
        description="Airlock in one process on the loopback, for tests. SIGTERM stops it.",
    )
    parser.add_argument("--port", type=int, default=0, help="port of the API; 0: any free port (default: 0)")
    parser.add_argument(
        "--ready-file", type=Path, help="file that receives the URLs as JSON when the service is ready"
    )
    parser.add_argument("--kinds", type=Path, help="kinds.toml of your deployment (default: that of Airlock)")
    parser.add_argument(
        "--setting",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="setting of your deployment, such as restoreWindow=60 (docs/settings.md); repeatable",
    )
    return parser


def _parse_settings(pairs: list[str]) -> dict[str, str]:
    parsed = [pair.partition("=") for pair in pairs]
    if bad := [name for name, equals, _ in parsed if not equals]:
        raise ValueError(f"--setting {bad[0]!r} is not NAME=VALUE")
    return {name: value for name, _, value in parsed}


@contextmanager
def _write_ready_file(path: Path | None, content: Mapping[str, str]) -> Iterator[None]:
    """Writes the file at once as a whole. It exists only while the service runs."""
    if path is None:
        yield
        return
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(json.dumps(content))
    partial.replace(path)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def _stop_with_parent(stopped: threading.Event) -> None:
    """A terminal or /dev/null as standard input stops nothing, because shells give the second to what runs in the background."""
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=_wait_for_end, args=(stopped,), daemon=True).start()


def _wait_for_end(stopped: threading.Event) -> None:
    while os.read(0, 4_096):
        pass
    stopped.set()


if __name__ == "__main__":
    main()
