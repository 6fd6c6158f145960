"""The client of DynamoDB's API: retries, persistent connections and errors."""

import json
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from functions.adapters.dynamodb.client import DynamoDBClient, DynamoDBError
from functions.signing.credentials import Credentials

CLOSED = (0, b"")
"""In place of a response: the connection closes."""


THROTTLED = (400, b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow"}')
INVALID = (400, b'{"__type": "com.amazon.coral.validate#ValidationException", "message": "no such thing"}')
BROKEN = (503, b"<html>")
GARBLED = (200, b"<html>")
SUCCESS = (200, b'{"Item": {}}')


class Server(ThreadingHTTPServer):
    """Sends the responses of `script`, then successes. Records each connection and each request."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, tls: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.scheme = "https" if tls else "http"
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.script: list[tuple[int, bytes]] = []
        self.requests: list[tuple[dict[str, str], Any]] = []
        self.connections = 0

    @property
    def client(self) -> DynamoDBClient:
        origin = f"{self.scheme}://127.0.0.1:{self.server_address[1]}"
        return DynamoDBClient(origin, "eu-west-1", lambda: Credentials("AKID", "secret", "token"))


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        self.server.connections += 1
        super().setup()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((headers, json.loads(body)))
        response = self.server.script.pop(0) if self.server.script else SUCCESS
        if response == CLOSED:
            self.close_connection = True
            return
        self.send_response(response[0])
        self.send_header("Content-Length", str(len(response[1])))
        self.end_headers()
        self.wfile.write(response[1])

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a certificate of 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "DynamoDB")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(signed.public_bytes(Encoding.PEM) + private)
    return path


@pytest.fixture(params=["http", "https"])
def server(
    request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    tls = None
    if request.param == "https":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    with Server(tls) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def client(server: Server) -> Iterator[DynamoDBClient]:
    dynamodb = server.client
    yield dynamodb
    dynamodb.close()


def test_a_call_is_a_signed_post_of_json(server: Server, client: DynamoDBClient) -> None:
    assert client("GetItem", TableName="t", Key={"pk": {"S": "ü"}}) == {"Item": {}}
    [(headers, body)] = server.requests
    assert body == {"TableName": "t", "Key": {"pk": {"S": "ü"}}}
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert headers["x-amz-security-token"] == "token"
    assert "/eu-west-1/dynamodb/aws4_request" in headers["authorization"]


def test_sequential_calls_share_one_connection(server: Server, client: DynamoDBClient) -> None:
    client.connect()
    time.sleep(
        0.2
    )  # TLS sends messages after its handshake, which must not count as the end of the connection
    for _ in range(5):
        client("GetItem")
    assert (server.connections, len(server.requests)) == (1, 5)


def test_concurrent_calls_get_their_own_responses(server: Server, client: DynamoDBClient) -> None:
    server.script = [(200, json.dumps({"n": n}).encode()) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: client("GetItem")["n"], range(40)))
    assert sorted(responses) == list(range(40))


@pytest.mark.parametrize(
    "failure",
    [THROTTLED, BROKEN, GARBLED, CLOSED],
    ids=["throttled", "broken", "garbled", "closed"],
)
def test_a_temporary_error_is_retried(
    server: Server, client: DynamoDBClient, failure: tuple[int, bytes]
) -> None:
    server.script = [failure, failure]
    assert client("GetItem") == {"Item": {}}
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("response", "error"), [(CLOSED, ConnectionError), (THROTTLED, DynamoDBError), (BROKEN, DynamoDBError)]
)
def test_an_update_is_not_retried(
    server: Server, client: DynamoDBClient, response: tuple[int, bytes], error: type[Exception]
) -> None:
    server.script = [response]
    with pytest.raises(error):
        client("UpdateItem", Key="k")
    assert len(server.requests) == 1


def test_a_closed_idle_connection_is_replaced(server: Server, client: DynamoDBClient) -> None:
    client("GetItem")
    server.script = [CLOSED]
    assert client("GetItem") == {"Item": {}}
    assert server.connections == 2


def test_persistent_throttling_is_an_error_with_its_code(server: Server, client: DynamoDBClient) -> None:
    server.script = [THROTTLED] * 3
    with pytest.raises(DynamoDBError, match="ThrottlingException: slow"):
        client("GetItem")


def test_an_error_without_json_has_a_code(server: Server, client: DynamoDBClient) -> None:
    server.script = [BROKEN] * 3
    with pytest.raises(DynamoDBError) as error:
        client("GetItem")
    assert error.value.code == "InternalServerError"


def test_no_response_is_a_connection_error(server: Server, client: DynamoDBClient) -> None:
    server.script = [CLOSED] * 3
    with pytest.raises(ConnectionError):
        client("GetItem")


def test_a_permanent_error_is_not_retried(server: Server, client: DynamoDBClient) -> None:
    server.script = [INVALID]
    with pytest.raises(DynamoDBError) as error:
        client("PutItem")
    assert (error.value.code, len(server.requests)) == ("ValidationException", 1)
    assert error.value.response["message"] == "no such thing"


def test_all_attempts_of_a_transaction_have_the_same_token(server: Server, client: DynamoDBClient) -> None:
    """DynamoDB executes a transaction with the same token once within ten minutes."""
    server.script = [CLOSED, SUCCESS, SUCCESS]
    client("TransactWriteItems", TransactItems=[])
    client("TransactWriteItems", TransactItems=[])
    first, second, next_transaction = (body["ClientRequestToken"] for _, body in server.requests)
    assert first == second != next_transaction
    assert 1 <= len(first) <= 36
