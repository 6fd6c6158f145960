"""Downloads of the client in Chromium through a proxy that sees each range, delays and breaks them, for any stack."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from local.stack import LocalStack
from tests.journeys.breaking_proxy import BreakingProxy, start_breaking_proxy
from tests.journeys.browser import new_context
from tests.journeys.fake_downloads import RANGE
from tests.journeys.network_log import NetworkLog

SIZE = 5 * RANGE + 1000
"""Bytes of a document with six ranges."""
RANGES = [f"bytes={start}-{min(start + RANGE, SIZE) - 1}" for start in range(0, SIZE, RANGE)]

_START = """async ({ endpoint, token, id }) => {
  const { Airlock } = await import("/airlock/index.js");
  const { fetchDocument } = await import("/airlock/download.js");
  const response = await fetchDocument(new Airlock({ endpoint, getToken: async () => token }), id);
  window.sha256 = response.arrayBuffer().then(async (bytes) => {
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  });
}"""


@dataclass(frozen=True)
class RangedDownload:
    """A page that can download one document, whose bytes are `content`."""

    stack: LocalStack
    page: Page
    proxy: BreakingProxy
    log: NetworkLog
    document_id: str
    content: bytes

    def start(self) -> None:
        """Returns when the first ranges are requested."""
        access = {"endpoint": self.stack.api, "token": self.stack.users[0].access_token}
        self.page.evaluate(_START, access | {"id": self.document_id})

    def expect_content(self) -> None:
        assert self.page.evaluate("sha256") == hashlib.sha256(self.content).hexdigest()

    @property
    def url_count(self) -> int:
        """Number of URLs that the page has requested."""
        return self.log.api_calls.count("GET /documents/{id}/download")

    @property
    def answered(self) -> list[str]:
        """The ranges that arrived, in order of their first byte."""
        ranges = [name for name, status in self.proxy.ranges if status == 206]
        return sorted(ranges, key=lambda name: int(name.removeprefix("bytes=").partition("-")[0]))


@contextmanager
def open_download(
    browser: Browser, stack: LocalStack, document_id: str, content: bytes
) -> Iterator[RangedDownload]:
    """Yields a page of the stack's own origin behind a proxy."""
    with start_breaking_proxy() as proxy:
        through = {"server": proxy.origin, "bypass": "<-loopback>"}
        context = new_context(browser, base_url=stack.web, proxy=through)
        page = context.new_page()
        page.goto("/airlock/index.js")
        yield RangedDownload(stack, page, proxy, NetworkLog(context, stack.api), document_id, content)
        context.close()
