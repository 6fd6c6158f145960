"""Requests to endpoints that belong to somebody else: where they go, and how they end when the endpoint misbehaves."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from functions.adapters import public_https
from functions.adapters.public_https import PublicHttps, Timeouts
from functions.domain.webhooks import SendFailure, WebhookResponse
from tests.tls_server import LOOPBACK, Request, TlsServer, respond, start_tls_server, write_head

HOST = "hooks.example.com"
BODY = b'{"type":"document.ready"}'
PATIENT = Timeouts(connect=30, request=60)
IMPATIENT = Timeouts(connect=0.3, request=0.6)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsServer]:
    with start_tls_server(tmp_path_factory.mktemp("tls"), HOST) as running:
        yield running


@pytest.fixture(autouse=True)
def trusted(server: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenSSL's own variable names the authority that is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(server.ca_file))
    server.requests.clear()
    server.respond = respond(204)


def to_loopback(_host: str, _port: int) -> Sequence[str]:
    return [LOOPBACK]


def is_loopback(address: str) -> bool:
    return address == LOOPBACK


def create_sender(
    resolve: Callable[[str, int], Sequence[str]] = to_loopback, timeouts: Timeouts = PATIENT
) -> PublicHttps:
    return PublicHttps(resolve, is_loopback, timeouts)


def post(server: TlsServer, sender: PublicHttps | None = None, path: str = "/hook?a=b") -> object:
    url = f"https://{HOST}:{server.port}{path}"
    return (sender or create_sender()).post(url, {"Webhook-Id": "msg_1"}, BODY)


def test_the_request_comes_as_it_was_given_with_the_name_of_its_host(server: TlsServer) -> None:
    assert post(server) == WebhookResponse(204, None)
    [request] = server.requests
    assert (request.line, request.body, request.server_name) == ("POST /hook?a=b HTTP/1.1", BODY, HOST)
    assert request.headers == {
        "host": f"{HOST}:{server.port}",
        "user-agent": "Airlock-Webhooks",
        "content-length": str(len(BODY)),
        "connection": "close",
        "webhook-id": "msg_1",
    }


def test_a_url_without_a_path_is_that_of_the_root(server: TlsServer) -> None:
    post(server, path="")
    assert server.requests[0].line == "POST / HTTP/1.1"


@pytest.mark.parametrize("status", [200, 204, 400, 410, 429, 500, 503])
def test_the_status_and_retry_after_are_returned(server: TlsServer, status: int) -> None:
    server.respond = respond(status, Retry_After="120")
    assert post(server) == WebhookResponse(status, "120")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(server: TlsServer, status: int) -> None:
    asked: list[str] = []

    def resolve(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return [LOOPBACK]

    server.respond = respond(status, Location="http://169.254.169.254/latest/meta-data/")
    assert post(server, create_sender(resolve)) == WebhookResponse(status, None)
    assert asked == [HOST]
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["fd00:ec2::254"],
        ["8.8.8.8", "127.0.0.1"],
        ["127.0.0.1", "8.8.8.8"],
    ],
    ids=",".join,
)
def test_a_name_with_any_address_that_is_not_public_is_refused(
    server: TlsServer, addresses: list[str]
) -> None:
    sender = PublicHttps(lambda _host, _port: addresses, timeouts=PATIENT)
    assert post(server, sender) is SendFailure.ADDRESS_NOT_PUBLIC
    assert server.requests == []


def test_the_resolver_of_a_deployment_is_that_of_the_machine_and_loopback_is_refused(
    server: TlsServer,
) -> None:
    sender = PublicHttps(timeouts=PATIENT)
    assert sender.post(f"https://localhost:{server.port}/", {}, BODY) is SendFailure.ADDRESS_NOT_PUBLIC
    assert server.requests == []


def test_a_name_is_resolved_once_so_that_it_cannot_change_after_the_check(server: TlsServer) -> None:
    answers = iter([[LOOPBACK], ["127.0.0.2"]])
    assert post(server, create_sender(lambda _host, _port: next(answers))) == WebhookResponse(204, None)
    assert next(answers) == ["127.0.0.2"]


def test_the_next_address_is_tried_if_one_does_not_accept(server: TlsServer) -> None:
    sender = PublicHttps(lambda _host, _port: ["127.0.0.9", LOOPBACK], lambda _address: True, PATIENT)
    assert post(server, sender) == WebhookResponse(204, None)


def test_a_certificate_of_another_host_is_refused(server: TlsServer) -> None:
    url = f"https://other.example.com:{server.port}/"
    assert create_sender().post(url, {}, BODY) is SendFailure.TLS_FAILED
    assert server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused(
    server: TlsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    assert post(server) is SendFailure.TLS_FAILED


def fail_to_resolve(_host: str, _port: int) -> Sequence[str]:
    raise socket.gaierror(socket.EAI_NONAME, "unknown")


def test_a_name_that_is_unknown_or_empty_is_a_failure(server: TlsServer) -> None:
    assert post(server, create_sender(fail_to_resolve)) is SendFailure.NAME_NOT_RESOLVED
    assert post(server, create_sender(lambda _host, _port: [])) is SendFailure.NAME_NOT_RESOLVED


def test_a_resolver_that_hangs_is_not_waited_for(server: TlsServer) -> None:
    answered = threading.Event()

    def hang(_host: str, _port: int) -> Sequence[str]:
        answered.wait(30)
        return [LOOPBACK]

    assert post(server, create_sender(hang, IMPATIENT)) is SendFailure.TIMED_OUT
    answered.set()


def test_a_port_that_nobody_listens_on_is_a_failure() -> None:
    with socket.socket() as unused:
        unused.bind((LOOPBACK, 0))
        url = f"https://{HOST}:{unused.getsockname()[1]}/"
        assert create_sender().post(url, {}, BODY) is SendFailure.CONNECTION_FAILED


def say_nothing(_request: Request, connection: socket.socket) -> None:
    connection.recv(1)


def drip(_request: Request, connection: socket.socket) -> None:
    """Sends a valid head so slowly that each byte comes in time and the whole does not."""
    for byte in write_head(204):
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


@pytest.mark.parametrize("behaviour", [say_nothing, drip], ids=["silent", "slow"])
def test_a_request_ends_in_time_however_slow_the_endpoint_is(
    server: TlsServer, behaviour: Callable[[Request, socket.socket], None]
) -> None:
    server.respond = behaviour
    assert post(server, create_sender(timeouts=IMPATIENT)) is SendFailure.TIMED_OUT


def test_a_server_that_never_greets_is_a_failure() -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        url = f"https://{HOST}:{listener.getsockname()[1]}/"
        assert create_sender(timeouts=IMPATIENT).post(url, {}, BODY) is SendFailure.TIMED_OUT


def write(data: bytes) -> Callable[[Request, socket.socket], None]:
    return lambda _request, connection: connection.sendall(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 99999 No\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 20_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 150 + b"\r\n",
    ],
    ids=["closed", "cut", "no http", "no status", "long header", "many headers"],
)
def test_what_is_no_response_of_http_is_a_failure(server: TlsServer, data: bytes) -> None:
    server.respond = write(data)
    assert post(server) is SendFailure.INVALID_RESPONSE


def test_a_body_without_end_is_not_read(server: TlsServer) -> None:
    sent = 0

    def flood(_request: Request, connection: socket.socket) -> None:
        nonlocal sent
        connection.sendall(write_head(200))
        for _ in range(1_000):
            connection.sendall(b"x" * 65_536)
            sent += 65_536

    server.respond = flood
    assert post(server) == WebhookResponse(200, None)
    assert sent < 1_000 * 65_536


def test_no_proxy_of_the_environment_is_used(server: TlsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(server) == WebhookResponse(204, None)


def test_the_timeouts_of_a_deployment_fit_into_the_function() -> None:
    assert public_https.Timeouts() == Timeouts(connect=5, request=15)
