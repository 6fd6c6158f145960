"""The fixture serves and calls the loopback only."""

import socket
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from airlock_testing import Airlock, AirlockError
from airlock_testing.control import require_loopback
from airlock_testing.service.loopback import is_loopback_origin
from airlock_testing.service.loopback import require_loopback as guard

FOREIGN = [
    "http://10.0.0.1:80",
    "https://api.example.com",
    "http://localhost.example.com",
    "ftp://localhost",
    "/x",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_a_url_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(AirlockError, match="not on the loopback"):
        Airlock(url)


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.1:1/x", "http://[::1]:1"])
def test_a_url_on_this_machine_is_accepted(url: str) -> None:
    assert require_loopback(url) == url


@pytest.mark.parametrize(
    ("peer", "host", "status"),
    [
        ("127.0.0.1", "localhost:8080", 200),
        ("::1", "[::1]:8080", 200),
        ("192.0.2.1", "localhost", 403),
        ("127.0.0.1", "rebound.example.com", 403),
        ("127.0.0.1", "localhost.example.com", 403),
    ],
)
def test_a_request_from_elsewhere_or_to_another_name_is_refused(peer: str, host: str, status: int) -> None:
    client = Client(guard(Response("served")))
    environ = {"REMOTE_ADDR": peer, "HTTP_HOST": host}
    assert client.get("/", environ_overrides=environ).status_code == status


def test_the_service_refuses_a_name_that_was_rebound(airlock: Airlock) -> None:
    connection = HTTPConnection("127.0.0.1", urlsplit(airlock.url).port or 0)
    connection.request("POST", "/_test/tokens", headers={"host": "rebound.example.com"})
    assert connection.getresponse().status == 403
    connection.close()


def test_a_server_listens_on_one_address_alone(airlock: Airlock) -> None:
    port = urlsplit(airlock.url).port
    with socket.socket() as other, pytest.raises(ConnectionRefusedError):
        other.connect(("127.0.0.2", port))


def test_an_origin_elsewhere_is_not_one_of_this_machine() -> None:
    assert [
        is_loopback_origin(each) for each in ("http://localhost:1", "https://example.com", "null", "")
    ] == [
        True,
        False,
        False,
        False,
    ]
