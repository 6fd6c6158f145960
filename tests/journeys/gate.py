"""Holds some parts back in the browser, so that a test meets an upload half-way however fast the machine is."""

import re
from contextlib import suppress

from playwright.sync_api import BrowserContext, Error, Route

from tests.journeys.traffic import part_number


class Gate:
    """Closed for these parts, of every page of the context, until it is opened."""

    def __init__(self, context: BrowserContext, *part_numbers: int) -> None:
        self._closed_for = set(part_numbers)
        self._waiting: list[Route] = []
        context.route(re.compile(r"[?&]partNumber="), self._arrive)

    def open(self) -> None:
        self._closed_for.clear()
        for route in self._waiting:
            with suppress(Error):  # its page has been closed, or has given it up
                route.continue_()

    def _arrive(self, route: Route) -> None:
        if part_number(route.request) in self._closed_for:
            self._waiting.append(route)
        else:
            route.continue_()
