"""`python -m operate` as a person runs it, against a local stack."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from local.aws import ROOT
from local.stack import LocalStack

_ROOT_KEY = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


@dataclass(frozen=True)
class OperateCommand:
    """The command with the account's root key, or with `credentials` as environment variables."""

    stack: LocalStack
    credentials: Mapping[str, str] | None = None

    def run(self, *arguments: str) -> str:
        """Returns what the command prints. Asserts that it succeeds."""
        finished = self.start(*arguments)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout

    def start(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {
            "AWS_ENDPOINT_URL": self.stack.emulator.endpoint,
            "AWS_DEFAULT_REGION": self.stack.region,
            **(self.credentials or _ROOT_KEY),
        }
        command = [sys.executable, "-m", "operate", *arguments, "--stage", "local"]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
