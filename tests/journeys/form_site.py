"""The example site without JavaScript, in a process of its own, as docs/forms.md starts it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx

from local.aws import ROOT
from tests.journeys.wait import wait_until


@dataclass(frozen=True)
class FormSite:
    """A site that will listen on a port of 127.0.0.1."""

    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @contextmanager
    def run(self, **environment: str) -> Iterator[None]:
        """Runs the site until the end of the context."""
        command = ["-m", "flask", "--app", "examples.forms.app", "run", "--port", str(self.port)]
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_until(self._is_up, "the site answers")
            yield
        finally:
            process.terminate()
            process.wait()

    def _is_up(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(self.origin).is_success
        return False
