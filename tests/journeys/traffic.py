"""What pages send: the parts that go to S3, and the calls to the API."""

import re
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import BrowserContext, Page, Request

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_PATIENCE = 120.0


class Traffic:
    """Of all pages of a context, from now on. It learns of a request when the test next waits for the browser."""

    def __init__(self, context: BrowserContext, api: str) -> None:
        self.sent: list[int] = []
        """The part number of each PUT."""
        self.arrived: list[int] = []
        """The part number of each PUT that S3 has confirmed."""
        self.most_at_once = 0
        self.calls: list[str] = []
        """Method and path of each call to the API, with {id} for any document's."""
        self.headers: list[dict[str, str]] = []
        """Those of each PUT of a part."""
        self._api = urlsplit(api)
        self._under_way: list[Request] = []
        for event, listener in self._listeners().items():
            context.on(event, listener)  # type: ignore[call-overload]

    def wait_until(self, page: Page, is_true: Callable[[], bool]) -> None:
        """What the browser tells arrives while the test waits for it."""
        deadline = time.monotonic() + _PATIENCE
        while not is_true():
            assert time.monotonic() < deadline, (
                f"sent {self.sent}, arrived {self.arrived}, calls {self.calls}"
            )
            page.wait_for_timeout(50)

    @property
    def under_way(self) -> list[int]:
        return [part_number(request) for request in self._under_way]

    def _listeners(self) -> dict[str, Callable[[Request], None]]:
        return {"request": self._begun, "requestfinished": self._finished, "requestfailed": self._ended}

    def _begun(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.netloc == self._api.netloc and url.path.startswith(self._api.path):
            self.calls.append(f"{request.method} {_ID.sub('{id}', url.path.removeprefix(self._api.path))}")
        elif "partNumber=" in url.query:
            self.sent.append(part_number(request))
            self.headers.append(request.headers)
            self._under_way.append(request)
            self.most_at_once = max(self.most_at_once, len(self._under_way))

    def _finished(self, request: Request) -> None:
        if request in self._under_way:
            response = request.response()
            if response and response.ok:
                self.arrived.append(part_number(request))
        self._ended(request)

    def _ended(self, request: Request) -> None:
        if request in self._under_way:
            self._under_way.remove(request)


def part_number(request: Request) -> int:
    return int(parse_qs(urlsplit(request.url).query)["partNumber"][0])
