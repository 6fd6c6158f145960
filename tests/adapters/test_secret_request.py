"""A request to Secrets Manager without boto3: its signature is botocore's, and every fault is Unavailable."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from functions.adapters.secret_request import SecretRequest
from functions.domain.errors import Unavailable
from functions.signing.credentials import Credentials

REGION, NAME = "eu-west-1", "Airlock-prod/delivery-keys"
CREDENTIALS = Credentials("AKID", "a-secret", "a-token")


class Server(HTTPServer):
    """Responds with `status` and `content`, and keeps the last request."""

    status, content = 200, b'{"SecretString": "a-value"}'
    headers: dict[str, str]
    body: bytes


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        self.server.headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(self.server.status)
        self.send_header("content-length", str(len(self.server.content)))
        self.end_headers()
        self.wfile.write(self.server.content)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def request_to(port: int) -> SecretRequest:
    return SecretRequest(f"http://127.0.0.1:{port}", REGION, NAME, lambda: CREDENTIALS)


def test_the_value_of_the_secret_is_returned(server: Server) -> None:
    assert request_to(server.server_port)() == "a-value"
    assert json.loads(server.body) == {"SecretId": NAME}


def test_the_signature_is_that_of_botocore(server: Server) -> None:
    request_to(server.server_port)()
    names = ("content-type", "x-amz-target", "host")
    theirs = AWSRequest(
        "POST", f"http://{server.headers['host']}/", {n: server.headers[n] for n in names}, server.body
    )
    theirs.context["timestamp"] = server.headers["x-amz-date"]
    signer = SigV4Auth(BotoCredentials("AKID", "a-secret", "a-token"), "secretsmanager", REGION)
    theirs.headers["X-Amz-Date"] = server.headers["x-amz-date"]
    theirs.headers["X-Amz-Security-Token"] = "a-token"
    signature = signer.signature(signer.string_to_sign(theirs, signer.canonical_request(theirs)), theirs)
    assert server.headers["authorization"].endswith(f"Signature={signature}")
    assert server.headers["content-type"] == "application/x-amz-json-1.1"


@pytest.mark.parametrize(
    ("status", "content"),
    [
        (400, b'{"__type": "ResourceNotFoundException"}'),
        (400, b'{"__type": "AccessDeniedException"}'),
        (500, b'{"__type": "InternalServiceError"}'),
        (503, b"<html>busy</html>"),
    ],
)
def test_every_fault_is_unavailable(server: Server, status: int, content: bytes) -> None:
    server.status, server.content = status, content
    with pytest.raises(Unavailable):
        request_to(server.server_port)()


def test_a_server_that_is_gone_is_unavailable(server: Server) -> None:
    request = request_to(server.server_port)
    server.server_close()
    with pytest.raises(Unavailable):
        request()
