"""Log of the requests that pages send: parts to S3, and calls to the API."""

import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page, Request

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_TIMEOUT = 120.0


class NetworkLog:
    """Logs all pages of a context from now on. Requests are added while the test waits for the browser."""

    def __init__(self, context: BrowserContext, api: str) -> None:
        self.sent_parts: list[int] = []
        """The part number of each PUT."""
        self.stored_parts: list[int] = []
        """The part number of each PUT that S3 has confirmed."""
        self.max_in_flight = 0
        self.api_calls: list[str] = []
        """Method and path of each call to the API, with {id} for the id of a document. Those of the page's meter are left out."""
        self.part_headers: list[dict[str, str]] = []
        """The headers of each PUT of a part."""
        self._api = urlsplit(api)
        self._in_flight: list[Request] = []
        for event, listener in self._listeners().items():
            context.on(event, listener)  # type: ignore[call-overload]

    def wait_until(self, page: Page, is_true: Callable[[], bool]) -> None:
        """Waits for the browser until the condition is true."""
        deadline = time.monotonic() + _TIMEOUT
        while not is_true():
            assert time.monotonic() < deadline, (
                f"sent {self.sent_parts}, stored {self.stored_parts}, calls {self.api_calls}"
            )
            page.wait_for_timeout(50)

    @property
    def parts_in_flight(self) -> list[int]:
        return [parse_part_number(request) for request in self._in_flight]

    def _listeners(self) -> dict[str, Callable[[Request], None]]:
        return {
            "request": self._on_request,
            "requestfinished": self._on_request_finished,
            "requestfailed": self._on_request_failed,
        }

    def _on_request(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.netloc == self._api.netloc and url.path.startswith(self._api.path):
            call = f"{request.method} {_ID.sub('{id}', url.path.removeprefix(self._api.path))}"
            if call != "GET /usage":
                self.api_calls.append(call)
        elif "partNumber=" in url.query:
            self.sent_parts.append(parse_part_number(request))
            self.part_headers.append(request.headers)
            self._in_flight.append(request)
            self.max_in_flight = max(self.max_in_flight, len(self._in_flight))

    def _on_request_finished(self, request: Request) -> None:
        if request in self._in_flight:
            response = request.response()
            if response and response.ok:
                self.stored_parts.append(parse_part_number(request))
            self._in_flight.remove(request)

    def _on_request_failed(self, request: Request) -> None:
        if request in self._in_flight:
            self._in_flight.remove(request)


def parse_part_number(request: Request) -> int:
    return int(parse_qs(urlsplit(request.url).query)["partNumber"][0])
