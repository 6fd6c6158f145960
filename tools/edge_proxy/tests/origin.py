"""An S3 origin in process: moto behind strict_s3, which counts the requests that it receives."""

from collections.abc import Callable, Iterable
from datetime import datetime
from threading import Event
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import httpx

from strict_s3 import StrictS3, moto_s3
from tools.edge_proxy.tests.template import BUCKET_DOMAIN

ACCESS_KEY, SECRET = "AKIDEDGE", "secret-of-the-edge"
URLS = {BUCKET_DOMAIN: "http://s3.us-east-1.amazonaws.com/a-bucket"}


class S3Origin:
    """`requests` has method, path with query, and headers of each request. A test can hold responses by `gate`.

    With `content_length`, responses state another length than they have."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._app: WSGIApplication = StrictS3(moto_s3(), {ACCESS_KEY: SECRET}, now=now)
        self.requests: list[tuple[str, str, dict[str, str]]] = []
        self.gate = Event()
        self.gate.set()
        self.content_length: int | None = None

    @property
    def transport(self) -> httpx.BaseTransport:
        return httpx.WSGITransport(app=self._call)

    def _call(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        # httpx gives PATH_INFO as text, PEP 3333 requires Latin-1, and moto reads keys from RAW_URI.
        path = environ["PATH_INFO"]
        environ |= {"PATH_INFO": path.encode().decode("latin-1"), "RAW_URI": quote(path)}
        headers = {
            name[5:].lower().replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        self.requests.append((environ["REQUEST_METHOD"], f"{path}?{environ['QUERY_STRING']}", headers))
        self.gate.wait(10)

        def start(status: str, items: list[tuple[str, str]], *rest: Any) -> Callable[[bytes], object]:
            if self.content_length is not None:
                items = [item for item in items if item[0].lower() != "content-length"]
                items.append(("Content-Length", str(self.content_length)))
            return start_response(status, items, *rest)

        return self._app(environ, start)
