"""Shows documents as waiting for a step, so that a test sees what a page does meanwhile."""

import re

from playwright.sync_api import BrowserContext, Route

_DOCUMENT = re.compile(r"/documents/[^/?]+$")
_WAITING = {"name": "word_list", "status": "waiting", "at": "2026-11-28T12:00:00Z"}
_REPORT = {"contentType": "application/json", "size": 2, "sha256": "0" * 64}


class StepWaiting:
    """Replaces the status of ready documents in responses of the API until `release`. They then have a rendition."""

    def __init__(self, context: BrowserContext) -> None:
        self._is_waiting = True
        context.route(_DOCUMENT, self._handle)

    def release(self) -> None:
        self._is_waiting = False

    def _handle(self, route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        response = route.fetch()
        document = response.json()
        if document.get("status") == "ready":
            document |= (
                {"status": "processing", "steps": [_WAITING]}
                if self._is_waiting
                else {"renditions": {"report": _REPORT}}
            )
        route.fulfill(response=response, json=document)
