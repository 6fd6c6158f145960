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
from tests.lambdas.events import Context, http_event, notification, s3_record, sqs_event, sqs_message

_CLAIMS = {"sub": "ada", "token_use": "access", "scope": "airlock/files"}
_LOG = io.StringIO()
"""The log of the functions. Their logger keeps the stdout of the time when it was created."""


class InProcessFunctions:
    """The functions of the API and of the pipeline."""

    def __init__(self, aws: Stub) -> None:
        self.aws = aws
        self.metric_bytes = 0
        """Bytes of the lines with metrics in the last part of the log that had any."""
        with redirect_stdout(_LOG):
            from functions.lambdas import documents, pipeline, uploads
        self._api = {"uploads": uploads.lambda_handler, "documents": documents.lambda_handler}
        self._pipeline = pipeline.lambda_handler

    def take_log_bytes(self) -> int:
        """Returns the number of bytes that were logged since the last call, without the lines with metrics."""
        lines = _LOG.getvalue().splitlines(keepends=True)
        _LOG.seek(0)
        _LOG.truncate()
        metrics = sum(len(line.encode()) for line in lines if '"message":"document"' in line)
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
        bodies = [notification(s3_record("a-bucket", key, VERSION)) for key in keys]
        response = self._pipeline(sqs_event([sqs_message(body) for body in bodies]), Context())
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
def run_in_process() -> Iterator[InProcessFunctions]:
    """Starts the stub and points this process's environment to it. At most one per process."""
    with redirect_stdout(_LOG):
        from tests.lambdas.account import forget_wiring

    with run_stub() as aws:
        before = dict(os.environ)
        os.environ |= lambda_environment(aws) | {"AWS_ENDPOINT_URL_S3": aws.origin}
        os.environ.pop("AWS_LAMBDA_FUNCTION_NAME")
        forget_wiring()
        try:
            yield InProcessFunctions(aws)
        finally:
            forget_wiring()
            os.environ.clear()
            os.environ |= before
