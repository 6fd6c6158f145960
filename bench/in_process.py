"""Airlock's functions in this process, called as the gateway and the queue call them, with a stub of AWS."""

import io
import json
import os
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

from bench.contenders import lambda_environment
from bench.stub import VERSION, Stub, run_stub
from functions.domain.kinds import Kinds
from tests.lambdas.events import (
    EVENTS_QUEUE,
    Context,
    http_event,
    notification,
    s3_record,
    sqs_event,
    sqs_message,
)

BUCKET = "a-bucket"

_CLAIMS = {"sub": "ada", "token_use": "access", "scope": "airlock/files"}
_LOG = io.StringIO()
"""The log of the functions. Their logger keeps the stdout of the time when it was created."""

with redirect_stdout(_LOG):
    import functions.log  # noqa: F401 - creates the logger


class InProcessFunctions:
    """The functions of the API and of the pipeline."""

    def __init__(self, aws: Stub) -> None:
        self.aws = aws
        self.metric_bytes = 0
        """Bytes of the lines with metrics in the last part of the log that had any."""
        with redirect_stdout(_LOG):
            from functions.lambdas import documents, pipeline, scan, uploads
        self._api = {"uploads": uploads.lambda_handler, "documents": documents.lambda_handler}
        self._queues = {"pipeline": pipeline.lambda_handler, "scan": scan.lambda_handler}
        self._requests: list[dict[str, Any]] = []

    def take_requests(self) -> list[dict[str, Any]]:
        """Returns the requests to AWS since the last call."""
        requests, self._requests = self._requests + self.aws.take_requests(), []
        return requests

    def take_messages(self, queue: str) -> list[str]:
        """Returns the bodies of the messages that were sent to this queue since the last call for any queue."""
        sent = self.aws.take_requests()
        self._requests += sent
        messages = [request["body"] for request in sent if request["service"] == "sqs"]
        return [each["MessageBody"] for each in messages if each["QueueUrl"].endswith(f"/{queue}")]

    def take_log_bytes(self) -> int:
        """Returns the number of bytes that were logged since the last call, without the lines with metrics."""
        lines = _LOG.getvalue().splitlines(keepends=True)
        _LOG.seek(0)
        _LOG.truncate()
        traced = ('"message":"created"', '"message":"document"')
        metrics = sum(len(line.encode()) for line in lines if any(message in line for message in traced))
        self.metric_bytes = metrics or self.metric_bytes
        return sum(len(line.encode()) for line in lines) - metrics

    def call(self, function: str, route: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Calls a route and returns the JSON of its response, which must be a success."""
        event = http_event(
            route,
            path,
            claims=_CLAIMS,
            headers={"content-type": "application/json"},
            body=None if body is None else json.dumps(body),
        )
        response = self._api[function](event, Context())
        assert response["statusCode"] in (200, 201, 202), response
        return json.loads(response["body"])

    def process_events(self, keys: Sequence[str]) -> None:
        """Processes one batch of S3's events, one message for each key."""
        bodies = [notification(s3_record(BUCKET, key, VERSION)) for key in keys]
        self.process_messages("pipeline", EVENTS_QUEUE, bodies)

    def process_messages(self, function: str, queue: str, bodies: Sequence[str]) -> None:
        """Processes one batch of messages of a queue."""
        response = self._queues[function](
            sqs_event([sqs_message(body, queue=queue) for body in bodies]), Context()
        )
        assert response == {"batchItemFailures": []}, _LOG.getvalue()[-2000:]

    def send_bytes(self, url: str, headers: Mapping[str, str], size: int) -> None:
        """Sends the PUT of a client without its body. The stub learns the size from a header."""
        request = urllib.request.Request(url, b"", {**headers, "x-bench-size": str(size)}, method="PUT")
        with urllib.request.urlopen(request, timeout=60):
            pass

    def fetch(self, url: str) -> None:
        with urllib.request.urlopen(url, timeout=60) as response:
            response.read()


@contextmanager
def run_in_process(kinds: Kinds | None = None) -> Iterator[InProcessFunctions]:
    """Starts the stub and points this process's environment to it. At most one per process.

    `kinds` are deployed beside those of kinds.toml, with GuardDuty, and with the queues of their steps.
    """
    with redirect_stdout(_LOG):
        from functions import wiring
        from tests.lambdas.account import forget_wiring

    with run_stub() as aws:
        before = dict(os.environ)
        os.environ |= lambda_environment(aws) | {"AWS_ENDPOINT_URL_S3": aws.origin}
        os.environ.pop("AWS_LAMBDA_FUNCTION_NAME")
        if kinds:
            os.environ |= _step_environment(aws.origin, kinds)
        forget_wiring()
        if kinds:
            wiring.kinds().step_definitions |= kinds.step_definitions
            wiring.kinds()._kinds |= kinds._kinds
        try:
            yield InProcessFunctions(aws)
        finally:
            forget_wiring()
            os.environ.clear()
            os.environ |= before


def _step_environment(origin: str, kinds: Kinds) -> dict[str, str]:
    """Returns the variables of a deployment with the steps that these kinds list."""
    steps = ("promote", *kinds.step_definitions)
    queues = {
        step: {content: f"{origin}/{step}-{content}" for content in ("tasks", "results")} for step in steps
    }
    consumed = ["object-created", "verdicts", *(f"{step}-{each}" for step in steps for each in queues[step])]
    return {
        "AIRLOCK_SCANNER": "guardduty",
        "AIRLOCK_STEP_QUEUES": json.dumps(queues),
        "AIRLOCK_CONSUMED_QUEUES": json.dumps(
            [[f"{origin}/{name}", f"{origin}/dead-letters"] for name in consumed]
        ),
    }
