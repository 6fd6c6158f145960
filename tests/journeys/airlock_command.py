"""The command `airlock` of clients/python as a person runs it, against a local stack."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from local.aws import ROOT
from local.stack import LocalStack
from tests.journeys.stalling_proxy import StallingProxy

_SOURCE = ROOT / "clients" / "python" / "src"


@dataclass(frozen=True)
class AirlockCommand:
    """The command with a home of its own, from the source unless `program` is another. `options` are variables of its environment."""

    stack: LocalStack
    home: Path
    options: Mapping[str, str]
    program: Sequence[str] = (sys.executable, "-m", "airlock_client")

    def through(self, proxy: StallingProxy) -> "AirlockCommand":
        return replace(self, options={**self.options, "HTTP_PROXY": proxy.origin, "NO_PROXY": ""})

    def start(self, *arguments: str, **options: str) -> "subprocess.Popen[str]":
        environment = os.environ | {
            "AIRLOCK_HOME": str(self.home),
            "AIRLOCK_ENDPOINT": self.stack.api,
            "PYTHONPATH": str(_SOURCE),
            **self.options,
            **options,
        }
        return subprocess.Popen(
            [*self.program, *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, exit_code: int = 0, **options: str) -> str:
        """Returns what the command prints. Asserts its exit code."""
        process = self.start(*arguments, **options)
        output, errors = process.communicate(timeout=1200)
        assert process.returncode == exit_code, errors
        return output

    def run_json(self, *arguments: str, exit_code: int = 0, **options: str) -> list[Any]:
        """Returns the JSON objects that the command prints."""
        output = self.run(*arguments, "--json", exit_code=exit_code, **options)
        return [json.loads(line) for line in output.splitlines()]
