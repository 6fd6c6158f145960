"""Starts and stops a MiniStack for tests, on 127.0.0.1 and with IAM enforced."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config

REGION = "us-east-1"
NO_PROXY = Config(proxies={})
_HOST = "127.0.0.1"
_ROOT_KEY = "root"
_LAUNCHER = Path(__file__).with_name("launcher.py")
_SOURCE = Path(__file__).parents[1] / "src"
_START_TIMEOUT = 60.0
_KEPT = ("PATH", "HOME", "LANG")


@dataclass(frozen=True)
class Server:
    """A MiniStack that answers."""

    port: int

    @property
    def endpoint(self) -> str:
        return f"http://{_HOST}:{self.port}"

    def client(self, service: str) -> Any:
        """Returns a boto3 client with the account's root key, to which MiniStack applies no policy."""
        return boto3.client(  # type: ignore[call-overload]
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=_ROOT_KEY,
            aws_secret_access_key=_ROOT_KEY,
            config=NO_PROXY,
        )


@contextmanager
def start_server(module: str, folder: Path) -> Iterator[Server]:
    """`module` is `ministack_gaps` or `ministack`; `folder` receives all files that it writes."""
    port = _find_free_port()
    command = [sys.executable, str(_LAUNCHER), module]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(
            command,
            cwd=folder,
            env=_environment(port, folder),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as process,
    ):
        try:
            _wait_until_ready(process, port)
            yield Server(port)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _find_free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + _START_TIMEOUT
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if httpx.get(f"http://{_HOST}:{port}/_ministack/health", trust_env=False).is_success:
                return
        time.sleep(0.02)
    raise RuntimeError("MiniStack does not start")


def _environment(port: int, folder: Path) -> dict[str, str]:
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | {
        "AUTH": "true",
        "BIND_HOST": _HOST,
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": f"unix://{folder}/no-docker",
        "TMPDIR": str(folder),
        "PYTHONPATH": str(_SOURCE),
        "AWS_ENDPOINT_URL": f"http://{_HOST}:{port}",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": _ROOT_KEY,
        "AWS_SECRET_ACCESS_KEY": _ROOT_KEY,
    }
