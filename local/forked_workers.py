"""Starts the Lambda workers of MiniStack as forks of a process that has imported the packages of every function.

AWS starts each execution environment on CPUs of its own. Here all of them share the cores of one machine, and a worker takes a
second of CPU to import these packages. MiniStack also unpacks the code for each worker, for a quarter of a second of its own
interpreter; here a worker has links to code that is unpacked once. On AWS the folder of the code is read-only.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html

Linux only: on macOS, system libraries may crash in a process that is forked and does not start another program.
https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods
"""

import hashlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, ClassVar

from ministack.core import lambda_runtime

from local.fork_server import LENGTH

_SERVER = Path(__file__).with_name("fork_server.py")
_MODULES = (
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.utilities.typing",
    "boto3",
    "botocore.handlers",
    "pydantic",
)
"""Modules of packages that the functions import. The functions themselves are imported by each worker."""


def fork_workers() -> None:
    """Replaces the start of Python workers. Call once, before the first invocation. Does nothing on other systems than Linux."""
    if sys.platform != "linux":
        return
    server = ForkServer(_MODULES)
    lambda_runtime.subprocess = SimpleNamespace(PIPE=subprocess.PIPE, Popen=_choose_start(server))
    lambda_runtime.zipfile = SimpleNamespace(**vars(zipfile) | {"ZipFile": LinkedZipFile})


def _choose_start(server: "ForkServer") -> Callable[..., Any]:
    """Returns a replacement of Popen that forks Python, and starts every other program as before."""

    def start(command: Sequence[str], **options: Any) -> "ForkedProcess | subprocess.Popen[Any]":
        program, *script = command
        if program != sys.executable:
            return subprocess.Popen(command, **options)
        return server.start(*script, cwd=options["cwd"], env=options["env"])

    return start


class ForkServer:
    """The process that forks. It ends with this process, which holds the other end of its socket."""

    def __init__(self, modules: Sequence[str]) -> None:
        self._lock = threading.Lock()
        self._socket, theirs = socket.socketpair()
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, str(_SERVER), str(theirs.fileno()), *modules],
                env=environment,
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def stop(self) -> None:
        """Ends the server. The processes that it has forked continue."""
        self._socket.close()
        self.process.wait()

    def start(self, script: str, *, cwd: str, env: Mapping[str, str]) -> "ForkedProcess":
        """Starts a process that runs a script. Raises OSError when the server has ended."""
        request = json.dumps({"script": script, "cwd": cwd, "env": dict(env)}).encode()
        input_, output, error, end = os.pipe(), os.pipe(), os.pipe(), os.pipe()
        theirs = (input_[0], output[1], error[1], end[1])
        ours = (input_[1], output[0], error[0], end[0])
        with ExitStack() as closing:
            for descriptor in theirs:
                closing.callback(os.close, descriptor)
            try:
                pid = self._send(request, theirs)
            except OSError:
                for descriptor in ours:
                    closing.callback(os.close, descriptor)
                raise
        return ForkedProcess(pid, *ours)

    def _send(self, request: bytes, descriptors: Sequence[int]) -> int:
        with self._lock:
            socket.send_fds(self._socket, [len(request).to_bytes(LENGTH, "big")], descriptors)
            self._socket.sendall(request)
            answer = self._socket.recv(LENGTH, socket.MSG_WAITALL)
        if not answer:
            raise BrokenPipeError("the fork server has ended")
        return int.from_bytes(answer, "big")


class ForkedProcess:
    """The part of `subprocess.Popen` that MiniStack uses, for a process that is no child of this one. Its exit status is unknown, so 0."""

    def __init__(self, pid: int, stdin: int, stdout: int, stderr: int, end: int) -> None:
        self.pid = pid
        self.stdin: IO[str] = os.fdopen(stdin, "w", buffering=1)
        self.stdout: IO[str] = os.fdopen(stdout)
        self.stderr: IO[str] = os.fdopen(stderr)
        self._end = end
        """Is readable when the process has ended, because that closes the other end."""
        weakref.finalize(self, os.close, end)

    def poll(self) -> int | None:
        return 0 if self._has_ended(0) else None

    def wait(self, timeout: float | None = None) -> int:
        """Raises TimeoutExpired after `timeout` seconds."""
        if not self._has_ended(timeout):
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return 0

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def _has_ended(self, timeout: float | None) -> bool:
        poll = select.poll()
        poll.register(self._end)
        return bool(poll.poll(None if timeout is None else timeout * 1000))


class LinkedZipFile(zipfile.ZipFile):
    """A zip whose `extractall` makes links to what was unpacked of the same bytes before."""

    _folders: ClassVar[dict[bytes, Path]] = {}
    """Digest of a zip -> the folder with its content."""
    _lock: ClassVar = threading.Lock()

    def extractall(self, path: str | os.PathLike[str] | None = None, *_: object, **__: object) -> None:
        digest = hashlib.sha256(Path(str(self.filename)).read_bytes()).digest()
        with self._lock:
            if digest not in self._folders:
                folder = tempfile.mkdtemp(prefix="code-")
                super().extractall(folder)
                self._folders[digest] = Path(folder)
        for entry in self._folders[digest].iterdir():
            Path(path or os.curdir, entry.name).symlink_to(entry)
