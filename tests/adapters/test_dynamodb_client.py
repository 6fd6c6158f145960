"""The client of DynamoDB's API: what it tries again and what not, and that it keeps its connections."""

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

HANG_UP = (0, b"")
"""Instead of an answer: the connection closes."""

THROTTLED = (400, b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "slow"}')
REFUSED = (400, b'{"__type": "com.amazon.coral.validate#ValidationException", "message": "no such thing"}')
BROKEN = (503, b"<html>")
GARBLED = (200, b"<html>")
SUCCESS_RESPONSES = (200, b'{"Item": {}}')


class Server(ThreadingHTTPServer):
    """Gives the answers of `script`, then good ones; notes each connection and each request."""

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
        answer = self.server.script.pop(0) if self.server.script else SUCCESS_RESPONSES
        if answer == HANG_UP:
            self.close_connection = True
            return
        self.send_response(answer[0])
        self.send_header("Content-Length", str(len(answer[1])))
        self.end_headers()
        self.wfile.write(answer[1])

    def log_message(self, format: str, *args: Any) -> None:
        """Silent."""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "DynamoDB")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + private)
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
    made = server.client
    yield made
    made.close()


def test_a_call_is_a_signed_post_of_json(server: Server, client: DynamoDBClient) -> None:
    assert client("GetItem", TableName="t", Key={"pk": {"S": "ü"}}) == {"Item": {}}
    [(headers, body)] = server.requests
    assert body == {"TableName": "t", "Key": {"pk": {"S": "ü"}}}
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert headers["x-amz-security-token"] == "token"
    assert "/eu-west-1/dynamodb/aws4_request" in headers["authorization"]


def test_one_connection_serves_one_call_after_another(server: Server, client: DynamoDBClient) -> None:
    client.connect()
    time.sleep(0.2)  # what TLS sends after its handshake is there by then, and is no sign of an end
    for _ in range(5):
        client("GetItem")
    assert (server.connections, len(server.requests)) == (1, 5)


def test_calls_at_the_same_time_do_not_mix_their_answers(server: Server, client: DynamoDBClient) -> None:
    server.script = [(200, json.dumps({"n": n}).encode()) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client("GetItem")["n"], range(40)))
    assert sorted(answers) == list(range(40))


@pytest.mark.parametrize(
    "trouble",
    [THROTTLED, BROKEN, GARBLED, HANG_UP],
    ids=["throttled", "broken", "garbled", "hung up"],
)
def test_what_may_pass_is_tried_again(
    server: Server, client: DynamoDBClient, trouble: tuple[int, bytes]
) -> None:
    server.script = [trouble, trouble]
    assert client("GetItem") == {"Item": {}}
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("answer", "error"), [(HANG_UP, ConnectionError), (THROTTLED, DynamoDBError), (BROKEN, DynamoDBError)]
)
def test_what_adds_to_a_number_is_not_tried_again(
    server: Server, client: DynamoDBClient, answer: tuple[int, bytes], error: type[Exception]
) -> None:
    server.script = [answer]
    with pytest.raises(error):
        client("UpdateItem", Key="k")
    assert len(server.requests) == 1


def test_a_connection_that_has_died_since_the_last_call_is_replaced(
    server: Server, client: DynamoDBClient
) -> None:
    client("GetItem")
    server.script = [HANG_UP]
    assert client("GetItem") == {"Item": {}}
    assert server.connections == 2


def test_what_stays_throttled_is_an_error_with_its_name(server: Server, client: DynamoDBClient) -> None:
    server.script = [THROTTLED] * 3
    with pytest.raises(DynamoDBError, match="ThrottlingException: slow"):
        client("GetItem")


def test_a_fault_without_json_has_a_name_too(server: Server, client: DynamoDBClient) -> None:
    server.script = [BROKEN] * 3
    with pytest.raises(DynamoDBError) as error:
        client("GetItem")
    assert error.value.code == "InternalServerError"


def test_what_never_answers_is_a_connection_error(server: Server, client: DynamoDBClient) -> None:
    server.script = [HANG_UP] * 3
    with pytest.raises(ConnectionError):
        client("GetItem")


def test_a_refusal_is_not_tried_again(server: Server, client: DynamoDBClient) -> None:
    server.script = [REFUSED]
    with pytest.raises(DynamoDBError) as error:
        client("PutItem")
    assert (error.value.code, len(server.requests)) == ("ValidationException", 1)
    assert error.value.answer["message"] == "no such thing"


def test_all_tries_of_a_transaction_have_one_token_and_the_next_has_another(
    server: Server, client: DynamoDBClient
) -> None:
    """So that a transaction whose answer was lost is not done twice: DynamoDB keeps a token for ten minutes."""
    server.script = [HANG_UP, SUCCESS_RESPONSES, SUCCESS_RESPONSES]
    client("TransactWriteItems", TransactItems=[])
    client("TransactWriteItems", TransactItems=[])
    first, second, other = (body["ClientRequestToken"] for _, body in server.requests)
    assert first == second != other
    assert 1 <= len(first) <= 36
