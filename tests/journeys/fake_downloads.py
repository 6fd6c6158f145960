"""One document of the fake API and its object in S3, whose responses to ranges can fail in each way that browsers tell apart."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.journeys.fake_api import ApiHandler, FakeApi, start_fake_api

MIB = 1024**2
RANGE = 8 * MIB
"""Bytes of a range of the client."""
PARALLEL = 4
"""Ranges that the client requests before the first one is read."""
_CORS = {"access-control-allow-origin": "*", "access-control-expose-headers": "content-range, etag"}


@dataclass
class FakeDownloads(FakeApi):
    """`content` is the object. Each URL has a number, from 1."""

    content: bytes = b""
    urls: int = 0
    """URLs that were requested."""
    record_sizes: list[int] = field(default_factory=list)
    """Size in the response with each URL, instead of that of the object."""
    uses: int | None = None
    """Number of requests after which the first URL has expired."""
    status: int = 206
    """Status of responses to ranges. Without success the body is an error of S3 with `code`."""
    code: str = "AccessDenied"
    failures: int | None = None
    """Number of responses with `status`; None for all."""
    cuts: dict[int, int] = field(default_factory=dict)
    """First byte of a range -> number of bytes after which its connection stalls, once."""
    breaks: threading.Event = field(default_factory=threading.Event)
    """Ends the connections that have stalled. Browsers drop what the page has not read by then."""
    pause: float = 0
    """Seconds before each quarter of a MiB."""
    has_lengths: bool = True
    """False if a response that is cut looks complete, because nothing says how long it is."""
    has_storage_cors: bool = True
    """False if the page may not read any response of S3."""
    hides_errors: bool = False
    """True if the page may not read errors of S3, as those that CloudFront makes."""
    headers: dict[str, str] = field(default_factory=dict)
    """Headers that replace those of the responses from the second range on."""
    more: bytes = b""
    """Bytes after those that were requested."""
    ranges: list[str] = field(default_factory=list)
    """The Range header of each request."""
    preflights: int = 0

    def present_url(self) -> dict[str, Any]:
        """Returns the response to `GET /documents/{id}/download`."""
        self.urls += 1
        sizes = self.record_sizes or [len(self.content)]
        return {
            "url": f"{self.url}/s3/object?number={self.urls}",
            "expiresAt": "2099-01-01T00:00:00Z",
            "fileName": "film.mp4",
            "size": sizes[min(self.urls, len(sizes)) - 1],
            "contentType": "video/mp4",
            "sha256": None,
            "needsRanges": True,
        }

    def take_use(self, number: int) -> bool:
        """Returns False if the URL has expired."""
        if number != 1 or self.uses is None:
            return True
        self.uses -= 1
        return self.uses >= 0

    def take_failure(self) -> bool:
        """Returns True if this response has `status`."""
        if self.status == 206 or self.failures == 0:
            return False
        self.failures = None if self.failures is None else self.failures - 1
        return True


@contextmanager
def start_fake_downloads(content: bytes) -> Iterator[FakeDownloads]:
    """Yields the fake, which listens on 127.0.0.1."""
    api = FakeDownloads(content=content)
    with start_fake_api(api, _Handler):
        yield api
        api.breaks.set()


class _Handler(ApiHandler):
    @property
    def api(self) -> FakeDownloads:
        return self.server.state  # type: ignore[attr-defined, no-any-return]

    def do_OPTIONS(self) -> None:  # noqa: N802
        self.api.preflights += self.path.startswith("/s3/")
        super().do_OPTIONS()

    def do_GET(self) -> None:  # noqa: N802
        if self.path.startswith("/s3/"):
            self._send_range()
        else:
            super().do_GET()

    def _route(self, body: dict[str, Any]) -> None:
        if urlsplit(self.path).path == "/documents/1/download":
            self._answer(200, self.api.present_url())
        else:
            self._answer(404, {"code": "document_not_found", "detail": "No."})

    def _send_range(self) -> None:
        api, header = self.api, self.headers["range"]
        number = int(parse_qs(urlsplit(self.path).query)["number"][0])
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", header)
        assert found
        start, end = int(found[1]), int(found[2]) + 1
        with api.lock:
            api.ranges.append(header)
            is_first, is_valid, fails = len(api.ranges) == 1, api.take_use(number), api.take_failure()
            cut = api.cuts.pop(start, None)
        if not is_valid:
            self._send_error(403, "AccessDenied")
        elif fails and api.status >= 300:
            self._send_error(api.status, api.code)
        else:
            own = {"content-range": f"bytes {start}-{end - 1}/{len(api.content)}", "etag": '"1"'}
            headers = own | ({} if is_first else api.headers)
            self._send(api.status if fails else 206, headers, api.content[start:end] + api.more, cut)

    def _send_error(self, status: int, code: str) -> None:
        cors = {} if self.api.hides_errors else _CORS
        self.respond(status, f"<Error><Code>{code}</Code></Error>".encode(), cors)

    def _send(self, status: int, headers: dict[str, str], content: bytes, cut: int | None) -> None:
        cors = _CORS if self.api.has_storage_cors else {}
        if cut is None:
            self._start(status, headers | cors | {"content-length": str(len(content))})
            self._write(content)
            return
        # One byte more than there is, so that the last one is no end of the response.
        length = {"content-length": str(len(content) + 1)} if self.api.has_lengths else {}
        self._start(status, headers | cors | length | {"connection": "close"})
        self._write(content[:cut])
        self.api.breaks.wait(60)
        self.close_connection = True

    def _start(self, status: int, headers: dict[str, str]) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _write(self, content: bytes) -> None:
        for start in range(0, len(content), MIB // 4):
            time.sleep(self.api.pause)
            self.wfile.write(content[start : start + MIB // 4])
            self.wfile.flush()
