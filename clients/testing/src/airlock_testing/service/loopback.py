"""HTTP servers that listen on the loopback and respond to nothing else."""

import ipaddress
import threading
from collections.abc import Iterable
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

HOST = "127.0.0.1"
_NAMES = ("localhost", "127.0.0.1", "::1")


class _Handler(WSGIRequestHandler):
    """Logs nothing, and sends small responses at once."""

    disable_nagle_algorithm = True

    def log_request(self, *_: object) -> None:
        """URLs of requests are presigned."""


class LoopbackServer:
    """A server on 127.0.0.1 that listens from the start, so that its origin is known, and serves from `serve` on."""

    def __init__(self, port: int = 0, host: str = HOST) -> None:
        """`host` is the name in the origin. Raises OSError for a port that is in use."""
        self._server = make_server(HOST, port, _starting, threaded=True, request_handler=_Handler)
        self.origin = f"http://{host}:{self._server.server_port}"

    def serve(self, app: WSGIApplication) -> None:
        """Serves in threads that end with the process."""
        self._server.app = require_loopback(app)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


def require_loopback(app: WSGIApplication) -> WSGIApplication:
    """Responds 403 unless the peer is on this machine, and the request names this machine as its host.

    The second closes DNS rebinding: a page on the internet whose name leads here.
    """

    def check(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_loopback_address(environ.get("REMOTE_ADDR", "")) and is_loopback_host(
            environ.get("HTTP_HOST", "")
        ):
            return app(environ, start_response)
        return Response("airlock_testing serves the loopback only\n", 403)(environ, start_response)

    return check


def is_loopback_address(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_loopback_host(host: str) -> bool:
    """Returns True for a Host header that names this machine, with or without a port."""
    return urlsplit(f"//{host}").hostname in _NAMES


def is_loopback_origin(origin: str) -> bool:
    """Returns True for the Origin header of a page on this machine."""
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.hostname in _NAMES


def _starting(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    return Response("the service is starting\n", 503)(environ, start_response)
