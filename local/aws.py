"""Start and stop the local AWS (MiniStack, in a process group of its own) and make clients for it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

HOST = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT = "000000000000"
ROOT = Path(__file__).parent.parent
_GAPS = ROOT / "tools" / "ministack_gaps" / "src"
_ROOT_KEY = "local"
_LOG = "aws.log"
_GRACE = 3.0
"""Seconds between SIGTERM and the end of the whole process group."""
_PATIENCE = 60.0
"""Seconds until MiniStack answers; it takes less than one."""
DIRECT = Config(proxies={})
"""For clients: a proxy that this machine may need to reach the internet does not know our loopback."""


class StartError(Exception):
    """The local stack cannot start. The message says why and what to do."""


@dataclass(frozen=True)
class Emulator:
    """A MiniStack process, from the moment it was started."""

    process: "subprocess.Popen[bytes]"
    port: int
    folder: Path
    """Everything it writes; gone when it is stopped."""

    @property
    def log(self) -> Path:
        """What MiniStack says and what the Lambdas print."""
        return self.folder / _LOG

    @property
    def endpoint(self) -> str:
        """Every AWS service; also the base of every presigned URL, so its host is S3's host here."""
        return f"http://{HOST}:{self.port}"

    def client(self, service: str) -> Any:
        """A boto3 client with the account's root key, which MiniStack lets do everything."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=_ROOT_KEY,
            aws_secret_access_key=_ROOT_KEY,
            config=DIRECT,
        )

    def wait_until_ready(self) -> None:
        """Return when MiniStack answers. Raises StartError when it ended instead, or takes a minute."""
        deadline = time.monotonic() + _PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            if _answers(self.port):
                return
            time.sleep(0.02)
        raise StartError("MiniStack does not start")


def _answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    """A TCP port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_emulator(port: int, *, module: str = "local.emulator") -> Iterator[Emulator]:
    """MiniStack on `port` (0: a free one), started but perhaps not ready; stopped with all that it started.

    `module` `ministack` is MiniStack as it comes, gaps and all, for the tests of the gaps.
    """
    port = port or _free_port()
    _refuse_taken(port)
    folder = Path(tempfile.mkdtemp(prefix="airlock-"))
    process = _start(module, port, folder)
    keep = False
    try:
        yield Emulator(process, port, folder)
    except StartError as error:
        keep = True
        raise StartError(f"{error}\nThe log of the local AWS is {folder / _LOG}") from error
    finally:
        _stop(process)
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _start(module: str, port: int, folder: Path) -> "subprocess.Popen[bytes]":
    """In a session of its own: Ctrl-C in the terminal reaches only us, and what it starts stays one group."""
    (folder / "tmp").mkdir()
    with (folder / _LOG).open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=ROOT,
            env=_environment(port, folder),
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StartError(f"port {port} on {HOST} is in use; choose another with --aws-port") from error


def _environment(port: int, folder: Path) -> dict[str, str]:
    """All that MiniStack and its Lambdas see of this machine: no AWS profile, no proxy, no docker.

    The Lambdas add their own role's credentials. AWS_ENDPOINT_URL leads them, and what they sign, back here.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    return (
        kept
        | {
            "AUTH": "true",
            "BIND_HOST": HOST,
            "GATEWAY_PORT": str(port),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": f"unix://{folder}/no-docker",
            "TMPDIR": str(folder / "tmp"),
            "PYTHONPATH": str(_GAPS),
            "BOTO_DISABLE_CRT": "true",  # awscrt is there for ministack_gaps; with it botocore would sign in another way
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": _ROOT_KEY,
            "AWS_SECRET_ACCESS_KEY": _ROOT_KEY,
            "MINISTACK_ACCOUNT_ID": ACCOUNT,
            "MINISTACK_REGION": REGION,
        }
    )


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    finally:
        _end_group(process)


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """Workers share the emulator's group; it may be empty already."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()
