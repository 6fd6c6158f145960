"""Forwarded events: a receiver with a library of Standard Webhooks accepts them; one that is down is reported."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from standardwebhooks import Webhook

from operate.errors import OperateError
from operate.event_forward import Forward, parse_secret

DETAIL = {"id": "a-document", "owner": "an-owner", "at": "2026-11-29T11:29:01.620Z", "sequence": 2}
EVENT = {"detail-type": "document.ready", "detail": DETAIL}


@contextmanager
def receive(status: int = 204) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """Yields the URL of a server and what it has received: headers and body."""
    received: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook", received
    finally:
        server.shutdown()
        server.server_close()


def test_a_library_accepts_the_signature() -> None:
    with receive() as (url, received):
        forward = Forward(url, parse_secret(None))
        assert [forward.send(EVENT), forward.send(EVENT)] == ["204", "204"]
    ids = set()
    for headers, body in received:
        content = Webhook(forward.secret).verify(body, headers)
        assert content == {
            "type": "document.ready",
            "timestamp": DETAIL["at"],
            "data": DETAIL | {"download": None},
        }
        ids.add(headers["webhook-id"])
    assert ids == {"msg_a-document_2"}


def test_an_event_of_an_owner_has_an_id_too() -> None:
    detail = {"owner": "an-owner", "day": "2026-11-29", "counter": "bytes", "at": DETAIL["at"]}
    with receive() as (url, received):
        Forward(url, b"key").send({"detail-type": "owner.suspicious", "detail": detail})
    assert received[0][0]["webhook-id"] == "msg_an-owner_2026-11-29_bytes"


def test_a_receiver_that_fails_or_is_down_is_reported() -> None:
    with receive(500) as (url, _):
        assert Forward(url, b"key").send(EVENT) == "500"
    assert "no response from 127.0.0.1" in Forward(url, b"key").send(EVENT)


def test_a_secret_that_is_no_base64_is_an_error() -> None:
    assert parse_secret("whsec_a2V5") == b"key"
    with pytest.raises(OperateError, match="not base64 behind whsec_"):
        parse_secret("whsec_!")
