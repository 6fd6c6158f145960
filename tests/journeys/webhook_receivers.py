"""The receivers of docs/webhooks.md, which verify webhooks with independent libraries, as programs of their own."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from local.free_port import find_free_port
from tests.journeys.npm import NODE, install_packages
from tests.tls_server import Request

_PAGE = Path(__file__).parents[2] / "docs" / "webhooks.md"
_PACKAGES = Path(__file__).parent / "standardwebhooks"
_HOST = "127.0.0.1"


@dataclass(frozen=True)
class ExampleReceiver:
    """One running program. It prints the type and the document of each event that it has not seen."""

    process: "subprocess.Popen[str]"
    port: int

    def post(self, request: Request, **changes: str) -> int:
        """Forwards a request as the proxy in front of a receiver does, with other headers if given. Returns the status."""
        headers = {name: value for name, value in request.headers.items() if name.startswith("webhook-")}
        url = f"http://{_HOST}:{self.port}/"
        return httpx.post(url, headers=headers | changes, content=request.body).status_code

    def read_line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@contextmanager
def start_receiver(language: str, secret: str, folder: Path) -> Iterator[ExampleReceiver]:
    """Starts the program of the page in this language, and ends it with the context."""
    port = find_free_port()
    process = subprocess.Popen(
        _prepare(language, folder),
        env={"PATH": os.environ["PATH"], "WEBHOOK_SECRET": f"whsec_{secret}", "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        _wait_for(port)
        yield ExampleReceiver(process, port)
    finally:
        process.kill()
        process.communicate()


def _prepare(language: str, folder: Path) -> list[str]:
    [source] = re.findall(rf"^```{language}\n(.*?)^```$", _PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    if language == "python":
        program, interpreter = folder / "receive.py", sys.executable
    else:
        packages = install_packages("standardwebhooks", sorted(_PACKAGES.iterdir()))
        program, interpreter = packages / "receive.js", str(NODE)
    program.write_text(source)
    return [interpreter, str(program)]


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((_HOST, port)) == 0:
                return
        time.sleep(0.02)
    raise TimeoutError("the receiver does not listen")
