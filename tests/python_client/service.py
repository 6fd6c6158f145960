"""The service in process: a transport of httpx that leads to the handlers, to S3 in moto, and delivers S3's events."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

import httpx

from tests.lambdas.account import Account
from tests.lambdas.api import Api

ENDPOINT = "https://api.example"
TOKEN = "a-token-of-ada"

Fault = Callable[[httpx.Request], httpx.Response | None]
"""Returns a response instead of the service's, or None. May raise an error of httpx."""


@dataclass
class Service:
    """One deployment. Requests run one at a time, because moto is not made for threads."""

    account: Account
    s3: httpx.Client
    faults: list[Fault] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._respond)

    @property
    def calls(self) -> list[str]:
        """The calls of the API, and those of S3 without their URL."""
        return [_describe(request) for request in self.requests]

    def fail_once(self, call: str, response: httpx.Response | Exception) -> None:
        """Makes the next request like `call` of the property `calls` fail."""
        remaining = [response]

        def fault(request: httpx.Request) -> httpx.Response | None:
            if not remaining or not _describe(request).startswith(call):
                return None
            failure = remaining.pop()
            if isinstance(failure, Exception):
                raise failure
            return failure

        self.faults.append(fault)

    def _respond(self, request: httpx.Request) -> httpx.Response:
        with self._lock:
            self.requests.append(request)
            response = self._find_response(request)
            # A stream, as that of a connection is one.
            stream = httpx.ByteStream(response.content)
            return httpx.Response(response.status_code, headers=response.headers, stream=stream)

    def _find_response(self, request: httpx.Request) -> httpx.Response:
        for fault in self.faults:
            if response := fault(request):
                return response
        if request.url.host == "api.example":
            return self.call_api(request)
        return self.call_s3(request)

    def call_api(self, request: httpx.Request) -> httpx.Response:
        """Calls the handler as ada, if the token is hers."""
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return httpx.Response(401, json={"message": "Unauthorized"})
        headers = {
            name: request.headers[name]
            for name in ("idempotency-key", "if-match", "content-type")
            if name in request.headers
        }
        path, query = request.url.path, dict(request.url.params)
        answer = Api("ada").call(
            request.method, path, request.content.decode() or None, headers=headers, query=query
        )
        if path.endswith("/complete") and answer.status == 200:
            self.deliver(path.split("/")[2])
        sent = {name: value for name, value in answer.headers.items() if name != "content-encoding"}
        return httpx.Response(answer.status, headers=sent, content=answer.text.encode())

    def call_s3(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to S3, which has never seen an access token, and delivers its event."""
        response = self.put(request)
        if request.method == "PUT" and response.is_success and "partNumber" not in request.url.params:
            self.deliver(request.url.path.rpartition("/")[2])
        return response

    def put(self, request: httpx.Request) -> httpx.Response:
        """Sends the request to S3, whose event is late."""
        assert "authorization" not in request.headers
        headers = {name: value for name, value in request.headers.items() if name != "host"}
        return self.s3.request(request.method, request.url, headers=headers, content=request.content)

    def deliver(self, document_id: str) -> None:
        """Delivers the event of a file of ada."""
        self.account.deliver(self.account.arrival_event("ada", document_id))


def _describe(request: httpx.Request) -> str:
    if request.url.host == "api.example":
        return f"{request.method} {request.url.path}"
    part = request.url.params.get("partNumber")
    return f"{request.method} S3{f' part {part}' if part else ''}"
