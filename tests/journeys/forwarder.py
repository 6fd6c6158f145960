"""The part that the HTTP proxies of the tests share: a request is sent to its server, and the response to the client."""

from contextlib import closing
from http.client import HTTPConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.journeys.origins import Handler

_OF_THE_CONNECTION = ("transfer-encoding", "connection", "content-length")
"""Headers that a proxy does not forward."""


class Forwarded(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    content: bytes


class Forwarder(Handler):
    """A request of a client to its proxy."""

    def read_body(self) -> bytes:
        """Raises ConnectionError if the client ends in the middle of its body, of which the server then gets nothing."""
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionError(f"{len(body)} of {length} bytes")
        return body

    def fetch(self, body: bytes) -> Forwarded:
        """Sends the request to its server, and returns the whole response."""
        url = urlsplit(self.path)
        with closing(HTTPConnection(url.netloc, timeout=60)) as server:
            server.request(self.command, f"{url.path}?{url.query}", body, dict(self.headers))
            response = server.getresponse()
            return Forwarded(response.status, response.getheaders(), response.read())

    def send(self, response: Forwarded, limit: int | None = None) -> None:
        """Sends the response; with a limit, only so many of its bytes."""
        self.send_response_only(response.status)
        for name, value in response.headers:
            if name.lower() not in _OF_THE_CONNECTION:
                self.send_header(name, value)
        self.send_header("content-length", str(len(response.content)))
        self.end_headers()
        self.wfile.write(response.content[:limit])
