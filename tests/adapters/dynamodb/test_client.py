"""The client of DynamoDB's API: retries, persistent connections and errors."""

import json
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from functions.adapters.dynamodb.client import DynamoDBClient, DynamoDBError
from functions.signing.credentials import Credentials
from tests.fault_server import CLOSED, RESET, Answer, FaultServer, error, run_fault_server

THROTTLED = error("ThrottlingException")
INVALID = Answer(
    400, b'{"__type": "com.amazon.coral.validate#ValidationException", "message": "no such thing"}'
)


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
) -> Iterator[FaultServer]:
    tls = None
    if request.param == "https":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate)
    with run_fault_server(tls) as running:
        yield running


@pytest.fixture
def client(server: FaultServer) -> Iterator[DynamoDBClient]:
    credentials = Credentials("AKID", "secret", "token")
    with closing(DynamoDBClient(server.origin, "eu-west-1", lambda: credentials)) as dynamodb:
        yield dynamodb


def test_a_call_is_a_signed_post_of_json(server: FaultServer, client: DynamoDBClient) -> None:
    assert client("GetItem", TableName="t", Key={"pk": {"S": "ü"}}) == {"Item": {}}
    [(headers, body)] = server.requests
    assert body == {"TableName": "t", "Key": {"pk": {"S": "ü"}}}
    assert headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert headers["x-amz-security-token"] == "token"
    assert "/eu-west-1/dynamodb/aws4_request" in headers["authorization"]


def test_sequential_calls_share_one_connection(server: FaultServer, client: DynamoDBClient) -> None:
    client.connect()
    time.sleep(
        0.2
    )  # TLS sends messages after its handshake, which must not count as the end of the connection
    for _ in range(5):
        client("GetItem")
    assert (server.connections, len(server.requests)) == (1, 5)


def test_concurrent_calls_get_their_own_responses(server: FaultServer, client: DynamoDBClient) -> None:
    server.script = [Answer(body=json.dumps({"n": n}).encode()) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        responses = list(pool.map(lambda _: client("GetItem")["n"], range(40)))
    assert sorted(responses) == list(range(40))


@pytest.mark.parametrize("failure", [THROTTLED, CLOSED, RESET], ids=["throttled", "closed", "reset"])
def test_a_temporary_error_is_retried(server: FaultServer, client: DynamoDBClient, failure: Answer) -> None:
    server.script = [failure]
    assert client("GetItem") == {"Item": {}}
    assert len(server.requests) == 2


def test_a_connection_that_closes_under_a_request_is_replaced(
    server: FaultServer, client: DynamoDBClient
) -> None:
    client("GetItem")
    server.script = [CLOSED]
    assert client("GetItem") == {"Item": {}}
    assert server.connections == 2


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_an_idle_connection_that_has_closed_is_not_used(
    server: FaultServer, client: DynamoDBClient, reset: bool
) -> None:
    client("GetItem")
    server.drop_connections(reset=reset)
    time.sleep(0.05)
    client("GetItem")
    assert (server.connections, len(server.requests)) == (2, 2)


def test_persistent_throttling_is_an_error_with_its_code(server: FaultServer, client: DynamoDBClient) -> None:
    server.script = [THROTTLED] * 3
    with pytest.raises(DynamoDBError, match="ThrottlingException: slow"):
        client("GetItem")


def test_a_permanent_error_is_not_retried(server: FaultServer, client: DynamoDBClient) -> None:
    server.script = [INVALID]
    with pytest.raises(DynamoDBError) as failure:
        client("PutItem")
    assert (failure.value.code, len(server.requests)) == ("ValidationException", 1)
    assert failure.value.response["message"] == "no such thing"


def test_all_attempts_of_a_transaction_have_the_same_token(
    server: FaultServer, client: DynamoDBClient
) -> None:
    """DynamoDB executes a transaction with the same token once within ten minutes."""
    server.script = [CLOSED]
    client("TransactWriteItems", TransactItems=[])
    client("TransactWriteItems", TransactItems=[])
    first, second, next_transaction = (body["ClientRequestToken"] for _, body in server.requests)
    assert first == second != next_transaction
    assert 1 <= len(first) <= 36
