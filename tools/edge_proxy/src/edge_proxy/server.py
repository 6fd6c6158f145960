"""Serves an application on 127.0.0.1, with a thread for each connection."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

HOST = "127.0.0.1"


class EdgeServer:
    """Listens from the start, so that its address is known; it responds while `serve()` is entered."""

    def __init__(self, port: int = 0) -> None:
        """Listens on `port` (0: a free one). Raises OSError when the port is in use."""
        self._server: BaseWSGIServer = make_server(
            HOST, port, _not_ready, threaded=True, request_handler=_Handler
        )

    @property
    def host(self) -> str:
        """Host and port, as a viewer sends them."""
        return f"{HOST}:{self._server.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @contextmanager
    def serve(self, app: WSGIApplication) -> Iterator[None]:
        """Responds to requests until the end of the context."""
        self._server.app = app
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._server.shutdown()
            thread.join()

    def close(self) -> None:
        """Stops listening."""
        self._server.server_close()


def _not_ready(_environ: object, _start_response: object) -> list[bytes]:
    raise RuntimeError("the server has no application yet")


class _Handler(WSGIRequestHandler):
    def version_string(self) -> str:
        return "CloudFront"

    def log(self, type: str, message: str, *args: object) -> None:
        """Logs nothing, because URLs are credentials."""
