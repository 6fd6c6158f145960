"""Serves the example page, its client and /config.json to browsers on this machine.

The API has another origin, as in production.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from infra.page_files import CLIENT, HEADERS, PAGE
from local.aws import HOST, StartError
from tools.build_page import allow_origins


class Page:
    """A web server that listens from the start, so that its origin is known; it responds while `serve()` is entered."""

    def __init__(self, port: int, page: Path = PAGE, client: Path = CLIENT) -> None:
        """Listens on `port` (0: a free one). Raises StartError when the port is in use.

        `page` is the folder that is served at the root, `client` the one that is served as /airlock/.
        """
        self._page = page
        self._client = client
        try:
            self._server = ThreadingHTTPServer((HOST, port), SimpleHTTPRequestHandler)
        except OSError as error:
            raise StartError(f"port {port} on {HOST} is in use; choose another with --port") from error
        self._server.daemon_threads = True

    @property
    def origin(self) -> str:
        """Scheme, host and port, as a browser sends it."""
        return f"http://{HOST}:{self._server.server_port}"

    @contextmanager
    def serve(self, config: Mapping[str, Any]) -> Iterator[None]:
        """Responds to requests until the end of the context; `config` is the content of /config.json."""
        index = allow_origins((self._page / "index.html").read_text("utf-8"), config)
        made = {
            "/config.json": ("application/json", json.dumps(config).encode()),
            **dict.fromkeys(("/", "/index.html"), ("text/html; charset=utf-8", index.encode())),
        }
        self._server.RequestHandlerClass = partial(_Handler, made, self._client, directory=str(self._page))
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


class _Handler(SimpleHTTPRequestHandler):
    # The system's table may map .js to text/plain, with which browsers reject a module.
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".css": "text/css",
        ".svg": "image/svg+xml",
    }

    def __init__(self, made: Mapping[str, tuple[str, bytes]], client: Path, *args: Any, **more: Any) -> None:
        """`made` has content type and body of what is no file, by its path."""
        self._made = made
        self._client = client
        super().__init__(*args, **more)

    def do_GET(self) -> None:
        made = self._made.get(self.path.partition("?")[0])
        if made:
            self._send(*made)
        else:
            super().do_GET()

    def translate_path(self, path: str) -> str:
        """Returns the file for a URL path. The base class drops every `..`, so that no path leaves its folder."""
        translated = super().translate_path(path)
        mount = f"{self.directory}/airlock/"
        if translated.startswith(mount):
            return f"{self._client}/{translated.removeprefix(mount)}"
        return translated

    def _send(self, content_type: str, body: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        for name, value in HEADERS.items():
            self.send_header(name, value)
        super().end_headers()

    def list_directory(self, _path: Any) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: Any) -> None:
        """Logs nothing, because the browser's own tools show every request."""
