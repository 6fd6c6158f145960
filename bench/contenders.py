"""The functions that create uploads: Airlock's and the peers'. Each runs in its own process, with the same event and the
same stub of AWS.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import packages
from bench.stub import SIZE, Stub
from functions.settings import Settings
from tests.journeys import npm
from tests.lambdas.events import http_event

ROOT = Path(__file__).parents[1]
OURS = "Airlock, POST /documents"
PLAIN = "plain boto3 handler"
USUAL = "Powertools, Tracer, pydantic, boto3"
_PROBE = Path(__file__).with_name("probe.py")
REQUEST = {"fileName": "cat.png", "size": SIZE, "contentType": "image/png"}


@dataclass(frozen=True)
class Contender:
    """A function to measure. `command` starts its probe, `path` is its PYTHONPATH."""

    name: str
    command: Sequence[str]
    path: Path

    def start(self, aws: Stub, *flags: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*self.command, *flags],
            env=lambda_environment(aws) | {"PYTHONPATH": str(self.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run_once(self, aws: Stub, *flags: str) -> dict[str, Any]:
        """Returns the figures of one cold start. `probe.py` lists them."""
        with self.start(aws, *flags) as process:
            output, _ = process.communicate()
        figures: dict[str, Any] = json.loads(output.splitlines()[0])
        return figures


def lambda_environment(aws: Stub) -> dict[str, str]:
    """Returns the environment that Lambda sets, with tracing enabled and this request not sampled."""
    settings = Settings(
        bucket="a-bucket",
        table="records",
        upload_events_url=aws.origin,
        purge_queue_url=aws.origin,
        consumed_queues=json.dumps([[f"{aws.origin}/object-created", f"{aws.origin}/dead-letters"]]),
        slice_queue_url=aws.origin,
        step_queues=json.dumps({"promote": {"tasks": aws.origin, "results": f"{aws.origin}/results"}}),
        metrics_namespace="Airlock-prod",
    )
    return {
        "PATH": os.environ["PATH"],
        **settings.to_environment(),
        **aws.environment(),
        "AIRLOCK_OPEN_UPLOADS_LIMIT": "1000000",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "LAMBDA_TASK_ROOT": "/var/task",
        "LOG_LEVEL": "INFO",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0",
    }


def create_event() -> dict[str, Any]:
    claims = {"sub": "ada", "token_use": "access", "scope": "airlock/files"}
    headers = {"content-type": "application/json", "host": "api.example"}
    return http_event(
        "POST /documents", "/documents", claims=claims, headers=headers, body=json.dumps(REQUEST)
    )


@contextmanager
def find_contenders() -> Iterator[list[Contender]]:
    """Yields Airlock's function and the peers. Skips, with a printed line, peers whose packages cannot be installed."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(create_event(), file)
        file.flush()
        contenders = [create_airlock_contender("uploads", OURS, file.name)]
        try:
            interpreter, peers = str(packages.install_python()), packages.PEERS
            contenders += [
                Contender(name, [interpreter, str(_PROBE), module, file.name], peers)
                for name, module in (
                    (PLAIN, "plain_boto3"),
                    (USUAL, "powertools_boto3"),
                    ("FastAPI, Mangum, boto3", "fastapi_mangum"),
                )
            ]
        except packages.NotInstalledError as error:
            print(f"skipped: the peers in Python, because their packages cannot be installed ({error})")
        try:
            folder = packages.install_node_modules()
            probe = [
                str(npm.NODE),
                str(folder / "probe.mjs"),
                str(folder / "handler.bundle.mjs"),
                file.name,
            ]
            contenders.append(Contender("node, AWS SDK v3, bundled", probe, folder))
        except packages.NotInstalledError as error:
            print(f"skipped: the peers on Node.js, because their packages cannot be installed ({error})")
        yield contenders


def create_airlock_contender(function: str, name: str, event_file: str) -> Contender:
    module = f"functions.lambdas.{function}"
    return Contender(name, [sys.executable, str(_PROBE), module, event_file], ROOT)
