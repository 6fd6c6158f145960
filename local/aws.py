"""Starts and stops the local AWS (MiniStack, in a process group of its own) and creates clients for it."""

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
from functools import cache
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from local.free_port import find_free_port

HOST = "127.0.0.1"
REGION = "us-east-1"
ACCOUNT = "000000000000"
ROOT = Path(__file__).parent.parent
_PACKAGES = (ROOT / "tools" / "ministack_gaps" / "src", ROOT / "clients" / "testing" / "src")
"""Packages of the repository that the process of MiniStack imports."""
_ROOT_KEY = "local"
_LOG = "aws.log"
_GRACE = 3.0
"""Seconds between SIGTERM and SIGKILL to the process group."""
_START_TIMEOUT = 60.0
"""Seconds until MiniStack responds; normally less than one."""
DIRECT = Config(proxies={})
"""Configuration of clients without a proxy, because a proxy cannot reach the loopback of this machine."""


class StartError(Exception):
    """The local stack cannot start. The message gives the reason and a remedy."""


@dataclass(frozen=True)
class Emulator:
    """A MiniStack process; ready after `wait_until_ready()`."""

    process: "subprocess.Popen[bytes]"
    port: int
    folder: Path
    """The folder for every file that it writes; deleted when it stops."""

    @property
    def log(self) -> Path:
        """The log file of MiniStack, with the output of the Lambda functions."""
        return self.folder / _LOG

    @property
    def endpoint(self) -> str:
        """The endpoint of every AWS service and the base of every presigned URL."""
        return f"http://{HOST}:{self.port}"

    def client(self, service: str) -> Any:
        """Returns a boto3 client with the account's root key, to which MiniStack applies no policy."""
        return _create_client(service, self.endpoint)

    def wait_until_ready(self) -> None:
        """Returns when MiniStack responds. Raises StartError when it exits, or after a minute."""
        deadline = time.monotonic() + _START_TIMEOUT
        while self.process.poll() is None and time.monotonic() < deadline:
            if _is_responding(self.port):
                return
            time.sleep(0.02)
        raise StartError("MiniStack does not start")


@cache
def _create_client(service: str, endpoint: str) -> Any:
    """Creates a client once, because that takes longer than most requests. Threads may share a client."""
    return boto3.client(  # type: ignore[call-overload]
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id=_ROOT_KEY,
        aws_secret_access_key=_ROOT_KEY,
        config=DIRECT,
    )


def _is_responding(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/_ministack/health")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def start_emulator(port: int, *, module: str = "local.emulator") -> Iterator[Emulator]:
    """Starts MiniStack on `port` (0: a free one) and stops it, with its process group, at the end of the context.

    It may not be ready yet. After a StartError its folder is kept for the log. `module` is what the process runs.
    """
    port = port or find_free_port()
    _check_port(port)
    folder = Path(tempfile.mkdtemp(prefix="airlock-"))
    process = _start_process(module, port, folder)
    keep_folder = False
    try:
        yield Emulator(process, port, folder)
    except StartError as error:
        keep_folder = True
        raise StartError(f"{error}\nThe log of the local AWS is {folder / _LOG}") from error
    finally:
        _stop(process)
        if not keep_folder:
            shutil.rmtree(folder, ignore_errors=True)


def _start_process(module: str, port: int, folder: Path) -> "subprocess.Popen[bytes]":
    """Starts it in a session of its own, so that Ctrl-C in the terminal reaches only this process."""
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


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise StartError(f"port {port} on {HOST} is in use; choose another with --aws-port") from error


def _environment(port: int, folder: Path) -> dict[str, str]:
    """Returns the environment of MiniStack and its Lambda workers, without this machine's AWS profile, proxy and docker.

    Lambda workers add the credentials of their role. AWS_ENDPOINT_URL makes them call and sign for this MiniStack.
    """
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "SYSTEMROOT") if name in os.environ}
    return kept | {
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder}/no-docker",
        "TMPDIR": str(folder / "tmp"),
        "PYTHONPATH": os.pathsep.join(map(str, _PACKAGES)),
        # botocore would find the awscrt that ministack_gaps needs, and sign in another way
        "BOTO_DISABLE_CRT": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_ENDPOINT_URL": f"http://{HOST}:{port}",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": _ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": _ROOT_KEY,
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
    }


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
    finally:
        _kill_group(process)


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    """Kills the process group, to which the Lambda workers belong. It may be empty already."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()
