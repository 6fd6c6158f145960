"""Our functions in this process, with AWS a stub, called as the gateway and the queue call them."""

import io
import json
import os
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any

from bench.contenders import environment
from bench.stub import VERSION, Stub, stub
from tests.lambdas.events import Context, http_event, notification, s3_record, sqs_event, sqs_message

_CLAIMS = {"sub": "ada", "token_use": "access", "scope": "airlock/files"}
_LOG = io.StringIO()
"""What the functions log: their logger keeps the stdout that was there when it was made."""


class Inside:
    """What a client and a queue do with them."""

    def __init__(self, aws: Stub) -> None:
        self.aws = aws
        with redirect_stdout(_LOG):
            from functions.lambdas import documents, pipeline, uploads
        self._api = {"uploads": uploads.lambda_handler, "documents": documents.lambda_handler}
        self._object_created = pipeline.lambda_handler

    def take_log_bytes(self) -> int:
        """What all invocations have logged since the last time."""
        count = _LOG.tell()
        _LOG.seek(0)
        _LOG.truncate()
        return count

    def call(self, function: str, route: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON of an answer that has to be a good one."""
        event = http_event(
            route,
            path,
            claims=_CLAIMS,
            headers={"content-type": "application/json"},
            body=None if body is None else json.dumps(body),
        )
        answer = self._api[function](event, Context())
        assert answer["statusCode"] in (200, 201, 202), answer
        return json.loads(answer["body"])

    def arrived(self, keys: Sequence[str]) -> None:
        """One batch of S3's events, a message each."""
        bodies = [notification(s3_record("a-bucket", key, VERSION)) for key in keys]
        answer = self._object_created(sqs_event([sqs_message(body) for body in bodies]), Context())
        assert answer == {"batchItemFailures": []}, _LOG.getvalue()[-2000:]

    def send(self, url: str, headers: Mapping[str, str], size: int) -> None:
        """A PUT as a client sends it, without the bytes."""
        request = urllib.request.Request(url, b"", {**headers, "x-bench-size": str(size)}, method="PUT")
        with urllib.request.urlopen(request, timeout=60):
            pass

    def fetch(self, url: str) -> None:
        with urllib.request.urlopen(url, timeout=60) as answer:
            answer.read()


@contextmanager
def inside() -> Iterator[Inside]:
    """One at a time in a process."""
    with redirect_stdout(_LOG):
        from tests.lambdas.account import forget_wiring

    with stub() as aws:
        before = dict(os.environ)
        os.environ |= environment(aws) | {"AWS_ENDPOINT_URL_S3": aws.origin}
        os.environ.pop("AWS_LAMBDA_FUNCTION_NAME")
        forget_wiring()
        try:
            yield Inside(aws)
        finally:
            forget_wiring()
            os.environ.clear()
            os.environ |= before
