"""The API and the presigned requests as a client sends them, each with its time."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from operate.errors import OperateError
from operate.http import Response, request

_WAIT = 120.0
"""Seconds until a file must be processed."""

_DONE = ("ready", "rejected", "failed", "expired", "aborted")


@dataclass
class SmokeClient:
    """A client with a token. `timings` are the steps that are done, in milliseconds."""

    api: str
    token: str = field(repr=False)
    timings: list[tuple[str, int]] = field(default_factory=list)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measures a step, and names it in the error if it fails."""
        started = time.monotonic()
        try:
            yield
        except OperateError as error:
            raise OperateError(f"{name}: {error}") from error
        self.timings.append((name, round((time.monotonic() - started) * 1000)))

    def call(self, method: str, path: str, body: Any = None, *, expected: tuple[int, ...] = (200,)) -> Any:
        """Sends a request to the API and returns its JSON. Raises OperateError with the problem of the response."""
        headers = {"authorization": f"Bearer {self.token}"}
        data = None
        if body is not None:
            headers["content-type"], data = "application/json", json.dumps(body).encode()
        response = request(method, self.api + path, headers=headers, body=data)
        if response.status not in expected:
            raise OperateError(f"{method} {path}: status {response.status} {_describe(response)}")
        return response.json() if response.body else None

    def send(self, upload: dict[str, Any], data: bytes) -> None:
        """Sends the bytes in the way that the response of the create names."""
        if upload["method"] == "POST":
            content_type, form = _build_form(upload["fields"], data)
            response = request("POST", upload["url"], headers={"content-type": content_type}, body=form)
        else:
            target = upload["parts"][0] if upload["method"] == "MULTIPART" else upload
            response = request("PUT", target["url"], headers=target["headers"], body=data)
        if response.status not in (200, 201, 204):
            raise OperateError(f"S3 answers {response.status} {_describe(response)}")

    def wait_until_ready(self, document_id: str) -> dict[str, Any]:
        """Raises OperateError unless the document is ready in time."""
        document = self.wait_until_processed(document_id)
        if document["status"] != "ready":
            raise OperateError(f"the document is {document['status']}: {document.get('reason')}")
        return document

    def wait_until_processed(self, document_id: str) -> dict[str, Any]:
        """Returns the document with its final status. Raises OperateError unless it has one in time."""
        deadline, delay = time.monotonic() + _WAIT, 0.1
        while True:
            document: dict[str, Any] = self.call("GET", f"/documents/{document_id}")
            if document["status"] in _DONE:
                return document
            if time.monotonic() > deadline:
                raise OperateError(f"the document is still {document['status']} after {_WAIT:.0f} s")
            time.sleep(delay)
            delay = min(2.0, delay * 1.5)


def wait_until(is_true: Callable[[], bool], what: str) -> None:
    """Raises OperateError if it takes longer than a file may take."""
    deadline = time.monotonic() + _WAIT
    while not is_true():
        if time.monotonic() > deadline:
            raise OperateError(f"{what} takes longer than {_WAIT:.0f} s")
        time.sleep(0.2)


def _describe(response: Response) -> str:
    """Returns the code of a problem, or the beginning of S3's error."""
    try:
        problem = json.loads(response.body)
        return f"{problem.get('code', '')}: {problem.get('detail', '')}"
    except (ValueError, AttributeError):
        text = response.body.decode(errors="replace")
        return text.partition("<Code>")[2].partition("</Code>")[0]


def _build_form(fields: dict[str, str], data: bytes) -> tuple[str, bytes]:
    boundary = uuid.uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="smoke"\r\n\r\n'.encode()
    body = b"".join([*parts, head, data, f"\r\n--{boundary}--\r\n".encode()])
    return f"multipart/form-data; boundary={boundary}", body
