"""Starts the process of the service, and stops it."""

import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from airlock_testing.client import Airlock

_START_SECONDS = 60
_STOP_SECONDS = 5


class StartError(Exception):
    """The service does not start. The message has the end of its log."""


@contextmanager
def start_airlock(
    kinds: Path | None = None, settings: Mapping[str, str] | None = None, python: Path | None = None
) -> Iterator[Airlock]:
    """Starts a service on free ports and stops it at the end of the context. Raises StartError.

    - `kinds` is the kinds.toml of your deployment.
    - `settings` are those of docs/settings.md by their names, such as `restoreWindow`.
    - `python` is the interpreter of another environment, which has `airlock-testing[service]`. By default it is this one.
    """
    with tempfile.TemporaryFile() as log:
        process = _start(_command(python, kinds, settings or {}), _environment(python), log)
        try:
            yield Airlock(_read_url(process, log))
        finally:
            _stop(process)


def _command(python: Path | None, kinds: Path | None, settings: Mapping[str, str]) -> list[str]:
    """Python's `-P` keeps the current folder off the path of the service, because it may have a package `functions` too."""
    command = [str(python or sys.executable), "-P", "-m", "airlock_testing"]
    if kinds is not None:
        command += ["--kinds", str(kinds)]
    return command + [f"--setting={name}={value}" for name, value in settings.items()]


def _environment(python: Path | None) -> Mapping[str, str]:
    """Returns the environment in which this interpreter finds this package, also if it is not installed."""
    if python is not None:
        return os.environ
    package = str(Path(__file__).parents[1])
    path = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    return os.environ | {"PYTHONPATH": path}


def _start(command: list[str], environment: Mapping[str, str], log: IO[bytes]) -> "subprocess.Popen[bytes]":
    """The pipe to its standard input ends the service with this process, also if that is killed."""
    try:
        return subprocess.Popen(  # noqa: S603 - no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment
        )
    except OSError as error:
        raise StartError(f"{command[0]} cannot run: {error}") from error


def _read_url(process: "subprocess.Popen[bytes]", log: IO[bytes]) -> str:
    output = process.stdout
    assert output is not None  # noqa: S101 - it is a pipe
    lines: queue.Queue[bytes] = queue.Queue()
    threading.Thread(target=lambda: lines.put(output.readline()), daemon=True).start()
    try:
        url = lines.get(timeout=_START_SECONDS).decode().strip()
    except queue.Empty:
        url = ""
    if not url:
        log.seek(0)
        raise StartError(
            log.read().decode(errors="replace")[-2_000:].strip() or "the service does not respond"
        )
    return url


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
