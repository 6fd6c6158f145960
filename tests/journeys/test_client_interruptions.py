"""Uploads in mid-transfer while the browser goes offline, and while the server restarts."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import FakeApi, start_fake_api

pytestmark = needs_chromium

_MIB = 1024**2
_UPLOAD_ALL = """({ endpoint, sizes }) => {
  window.statuses = new Set();
  window.uploads = import("/airlock/index.js").then(({ Airlock }) => {
    const airlock = new Airlock({ endpoint, getToken: async () => "good" });
    const onStatus = (status) => window.statuses.add(status);
    const entries = sizes.map((size, i) => ({ file: new File([new Uint8Array(size)], `notes-${i}.txt`), onStatus }));
    return Promise.all(airlock.uploadAll(entries).map((upload) => upload.then(({ status }) => status, ({ code }) => code)));
  });
}"""
_SIZES = [20 * _MIB, 5, 5, 5]
"""Bytes: a file of three parts, and a batch."""


@pytest.fixture
def page(own_context: BrowserContext) -> Page:
    page = own_context.new_page()
    page.goto("/")
    return page


@pytest.fixture
def start_uploads(page: Page) -> Callable[[FakeApi], None]:
    """Returns a function that returns when the files are being sent and none has arrived."""

    def start(api: FakeApi) -> None:
        api.before_put.clear()
        page.evaluate(_UPLOAD_ALL, {"endpoint": api.url, "sizes": _SIZES})
        _wait(page, lambda: len(api.documents) == len(_SIZES))
        page.wait_for_function("window.statuses.has('uploading')")
        page.wait_for_timeout(500)
        assert api.stored == []

    return start


def _wait(page: Page, is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_true():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def _assert_ready_and_stored_once(page: Page, api: FakeApi) -> None:
    outcomes: list[Any] = page.evaluate("window.uploads")
    assert outcomes == ["ready"] * len(_SIZES)
    assert len(api.documents) == len(_SIZES)
    assert len(api.stored) == len(set(api.stored)) == 6


def test_files_that_were_in_flight_when_the_browser_went_offline_are_sent_when_it_is_back(
    page: Page, start_uploads: Callable[[FakeApi], None]
) -> None:
    """Chromium does not end requests when it goes offline, so the server ends their connections."""
    with start_fake_api() as api:
        start_uploads(api)
        page.context.set_offline(True)
    page.wait_for_function("window.statuses.has('waiting')")

    with start_fake_api(api):
        before = (len(api.calls), len(api.stored))
        page.wait_for_timeout(3_000)
        assert (len(api.calls), len(api.stored)) == before

        page.context.set_offline(False)

        _assert_ready_and_stored_once(page, api)


def test_files_that_were_in_flight_when_the_server_restarted_are_sent_again(
    page: Page, start_uploads: Callable[[FakeApi], None]
) -> None:
    with start_fake_api() as api:
        start_uploads(api)
    page.wait_for_timeout(2_000)
    assert api.stored == []

    with start_fake_api(api):
        _assert_ready_and_stored_once(page, api)
