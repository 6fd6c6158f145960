"""Blocks the requests of some parts in the browser, so that a test can act in the middle of an upload."""

import re
from contextlib import suppress

from playwright.sync_api import BrowserContext, Error, Route

from tests.journeys.network_log import parse_part_number


class RequestBlocker:
    """Blocks these parts on all pages of the context until `release`.

    Playwright answers the preflights of routed requests itself, so a test with a blocker proves nothing about CORS.
    """

    def __init__(self, context: BrowserContext, *part_numbers: int) -> None:
        self._part_numbers = set(part_numbers)
        self._routes: list[Route] = []
        context.route(re.compile(r"[?&]partNumber="), self._handle)

    def release(self) -> None:
        self._part_numbers.clear()
        for route in self._routes:
            with suppress(Error):  # the page was closed, or has cancelled the request
                route.continue_()

    def _handle(self, route: Route) -> None:
        if parse_part_number(route.request) in self._part_numbers:
            self._routes.append(route)
        else:
            route.continue_()
