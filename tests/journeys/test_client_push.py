"""The client with push: what it reads when, and what it does without a connection. The WebSocket is one of the test's own."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import FakeApi

pytestmark = needs_chromium

_FAKE_SOCKET = """
  window.sockets = [];
  window.opens = true;
  window.WebSocket = class extends EventTarget {
    constructor(url) {
      super();
      sockets.push(this);
      this.url = url;
      setTimeout(() => this.fire(opens ? "open" : "close"));
    }
    fire(type, data) {
      const event = Object.assign(new Event(type), { data });
      this[`on${type}`]?.(event);
      this.dispatchEvent(event);
    }
    tell(...changes) {
      this.fire("message", JSON.stringify({ changes }));
    }
    close() {
      this.fire("close");
    }
  };
"""
_UPLOAD = """async (endpoint) => {
  const { Airlock } = await import("/airlock/index.js");
  const airlock = new Airlock({ endpoint, getToken: async () => "good" });
  window.upload = airlock.upload(new File(["notes"], "notes.txt"));
}"""
_FOLLOW = """async (endpoint) => {
  const { Airlock } = await import("/airlock/index.js");
  const airlock = new Airlock({ endpoint, getToken: async () => "good" });
  window.changes = [];
  window.controller = new AbortController();
  window.followed = (async () => {
    for await (const { type, id, sequence } of airlock.events({ signal: controller.signal })) {
      changes.push(id ? `${type} ${id} ${sequence}` : type);
    }
  })().then(() => "ended", (error) => error.name);
}"""
_TICKET = "POST /events/tickets"
KINDS = [
    {
        "name": "notes",
        "contentTypes": ["text/plain"],
        "extensions": [".txt"],
        "minSize": 1,
        "maxSize": 1000,
        "methods": ["PUT"],
        "steps": [],
        "strictTypes": False,
        "duplicates": "keep",
    }
]


@pytest.fixture
def api(api: FakeApi) -> FakeApi:
    api.is_checking, api.has_push, api.kinds = True, True, KINDS
    return api


@pytest.fixture
def page(own_context: BrowserContext) -> Page:
    page = own_context.new_page()
    page.add_init_script(_FAKE_SOCKET)
    page.goto("/")
    return page


def wait(page: Page, is_true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 120
    while not is_true():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def count_reads(api: FakeApi) -> int:
    return sum(call.startswith("GET /documents/") for call in api.calls)


def upload_until_connected(page: Page, api: FakeApi) -> None:
    """Uploads a file, and returns when the client has read it after the connection was open, and does not poll any more."""
    page.evaluate(_UPLOAD, api.url)
    wait(page, lambda: page.evaluate("sockets.length") == 1)
    wait(page, lambda: _has_no_reads_for(page, api, 3_000))
    assert count_reads(api) < 10


def _has_no_reads_for(page: Page, api: FakeApi, milliseconds: int) -> bool:
    reads = count_reads(api)
    page.wait_for_timeout(milliseconds)
    return count_reads(api) == reads


def test_a_document_that_waits_is_read_when_the_server_tells_of_a_change(page: Page, api: FakeApi) -> None:
    upload_until_connected(page, api)
    reads = count_reads(api)

    api.is_checking = False
    page.evaluate("(id) => sockets[0].tell({ id, sequence: 3 })", next(iter(api.documents)))

    assert page.evaluate("upload.then(({ status }) => status)") == "ready"
    assert count_reads(api) == reads + 1
    assert api.calls.count(_TICKET) == 1
    wait(page, lambda: page.evaluate("sockets.length") == 1)


def test_a_change_of_another_document_is_no_reason_to_read(page: Page, api: FakeApi) -> None:
    upload_until_connected(page, api)
    reads = count_reads(api)
    page.evaluate("sockets[0].tell({ id: 'another', sequence: 1 })")
    page.wait_for_timeout(2_000)
    assert count_reads(api) == reads


def test_what_has_changed_while_the_connection_was_lost_is_read(page: Page, api: FakeApi) -> None:
    upload_until_connected(page, api)
    page.evaluate("sockets[0].close()")
    api.is_checking = False
    assert page.evaluate("upload.then(({ status }) => status)") == "ready"


def test_without_a_connection_the_client_polls(page: Page, api: FakeApi) -> None:
    page.evaluate("opens = false")
    page.evaluate(_UPLOAD, api.url)
    wait(page, lambda: page.evaluate("sockets.length") >= 1)
    reads = count_reads(api)
    wait(page, lambda: count_reads(api) >= reads + 3)
    api.is_checking = False
    assert page.evaluate("upload.then(({ status }) => status)") == "ready"


def test_a_deployment_without_push_gets_no_request_for_a_ticket(page: Page, api: FakeApi) -> None:
    api.has_push = False
    page.evaluate(_UPLOAD, api.url)
    wait(page, lambda: count_reads(api) >= 6)
    api.is_checking = False
    assert page.evaluate("upload.then(({ status }) => status)") == "ready"
    assert _TICKET not in api.calls
    page.evaluate(_FOLLOW, api.url)
    assert page.evaluate("followed") == "ended"


def test_each_change_is_told_once_and_in_order(page: Page, api: FakeApi) -> None:
    page.evaluate(_FOLLOW, api.url)
    wait(page, lambda: page.evaluate("changes.length") == 1)
    page.evaluate(
        """() => {
          const change = (id, sequence) => ({ type: "document.x", id, sequence });
          sockets[0].tell(change("a", 1), change("b", 5), change("a", 2));
          sockets[0].tell(change("a", 2), change("a", 1), change("a", 4));
        }"""
    )
    wait(page, lambda: page.evaluate("changes.length") >= 5)
    page.evaluate("sockets[0].close()")
    wait(page, lambda: page.evaluate("changes.length") >= 6)
    told = ["connected", "document.x a 1", "document.x b 5", "document.x a 2", "document.x a 4", "connected"]
    assert page.evaluate("changes") == told

    page.evaluate("controller.abort()")
    assert page.evaluate("followed") == "AbortError"
    assert page.evaluate("sockets.length") == 2
