"""The upload client with more files than it sends at once: a file makes room for the next when its bytes are sent."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import FakeApi
from tests.journeys.uppy_page import UppyPage

pytestmark = needs_chromium

_UPLOAD_ALL = """async ({ endpoint, count }) => {
  const { Airlock } = await import("/airlock/index.js");
  const airlock = new Airlock({ endpoint, getToken: async () => "good" });
  const files = Array.from({ length: count }, (_, i) => ({ file: new File(["notes"], `notes-${i}.txt`) }));
  const uploads = airlock.uploadAll(files);
  window.uploads = Promise.all(uploads.map(async (upload) => (await upload).status));
}"""


@pytest.fixture
def api(api: FakeApi) -> FakeApi:
    api.is_checking = True
    return api


@pytest.fixture
def page(own_context: BrowserContext) -> Page:
    page = own_context.new_page()
    page.goto("/")
    return page


def _wait(page: Page, is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 180
    while not is_true():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def test_files_are_sent_while_others_are_checked(page: Page, api: FakeApi) -> None:
    page.evaluate(_UPLOAD_ALL, {"endpoint": api.url, "count": 12})
    _wait(page, lambda: len(api.stored) == 12)
    assert {document["status"] for document in api.documents.values()} == {"processing"}

    api.is_checking = False

    assert page.evaluate("window.uploads") == ["ready"] * 12


def test_500_files_that_are_all_checked_at_once_take_10_creates_and_few_polls(
    page: Page, api: FakeApi
) -> None:
    page.evaluate(_UPLOAD_ALL, {"endpoint": api.url, "count": 500})
    _wait(page, lambda: len(api.stored) == 500)
    assert [call for call in api.calls if call.startswith("POST")] == ["POST /documents/batch"] * 10

    def list_polls() -> list[str]:
        return [call for call in api.calls if call.startswith("GET")]

    # The first poll of a document comes when its bytes are there: the faster the machine, the more in a second.
    _wait(page, lambda: len(set(list_polls())) == 500)
    first, started = len(list_polls()), time.monotonic()
    page.wait_for_timeout(10_000)
    assert 0 < (len(list_polls()) - first) / (time.monotonic() - started) < 30


def test_uppy_sends_files_while_others_are_checked(
    own_context: BrowserContext, api: FakeApi, tmp_path: Path
) -> None:
    paths = [tmp_path / f"notes-{number}.txt" for number in range(5)]
    for path in paths:
        path.write_text(path.name)
    dashboard = UppyPage.open_with_access(own_context, {"endpoint": api.url, "token": "good"})
    dashboard.choose_files(*paths)
    _wait(dashboard.page, lambda: len(api.stored) == 5)
    assert dashboard.documents == []

    api.is_checking = False

    dashboard.expect_text("Complete")
    assert len(dashboard.documents) == 5
