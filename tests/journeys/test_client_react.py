"""The hooks and components for React: the pages of a list, and the buttons of an upload."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.journeys.browser import needs_chromium
from tests.journeys.built_applications import bundle_with_react
from tests.journeys.fake_api import ApiHandler, FakeApi, start_fake_api
from tests.journeys.unreadable_files import drop_with_unreadable_file
from tests.journeys.wait import wait_until

pytestmark = needs_chromium

_SCRIPT = Path(__file__).parent / "react/page.js"
_PAGE_SIZE = 2
_CLICK = """([name, times]) => {
  const button = [...document.querySelectorAll("button")].find((each) => each.innerText === name);
  for (let i = 0; i < times; i++) button.click();
}"""


@dataclass
class ListApi(FakeApi):
    """An API whose lists have many pages. A cursor is the status of its list, and the number of its first document."""

    before_page: threading.Event = field(default_factory=threading.Event)
    """No page is returned before it is set."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    """Status and cursor of each request of a page."""


class ListHandler(ApiHandler):
    def do_GET(self) -> None:  # noqa: N802
        url = urlsplit(self.path)
        if url.path != "/documents":
            super().do_GET()
            return
        query = parse_qs(url.query)
        status, cursor = query["status"][0], query.get("cursor", [""])[0]
        assert isinstance(self.api, ListApi)
        self.api.requests.append((status, cursor))
        self.api.before_page.wait(60)
        start = int(cursor.partition(":")[2] or 0)
        documents = [{"id": f"{status} {start + i}"} for i in range(_PAGE_SIZE)]
        self._answer(200, {"documents": documents, "nextCursor": f"{status}:{start + _PAGE_SIZE}"})


@pytest.fixture
def api() -> Iterator[ListApi]:
    with start_fake_api(ListApi(), ListHandler) as api:
        assert isinstance(api, ListApi)
        api.before_page.set()
        yield api
        api.before_page.set()


@pytest.fixture(scope="module")
def script() -> str:
    return bundle_with_react(_SCRIPT).decode()


@pytest.fixture
def page(own_context: BrowserContext, api: ListApi, script: str) -> Page:
    page = own_context.new_page()
    page.goto("/")
    page.add_script_tag(content=script, type="module")
    page.wait_for_function("() => window.show")  # a module runs after its script element has been added
    page.evaluate("endpoint => window.show(endpoint)", api.url)
    return page


def _expect_documents(page: Page, *documents: str) -> None:
    expect(page.get_by_role("list", name="Documents").get_by_role("listitem")).to_have_text([*documents])


def _click(page: Page, button: str, times: int = 1) -> None:
    """Clicks in the same task, as a user clicks before React has rendered again."""
    page.evaluate(_CLICK, [button, times])


def test_a_double_click_reads_the_next_page_once(page: Page, api: ListApi) -> None:
    _expect_documents(page, "ready 0", "ready 1")
    _click(page, "Show more", times=2)
    _expect_documents(page, "ready 0", "ready 1", "ready 2", "ready 3")
    _click(page, "Show more")
    _expect_documents(page, *(f"ready {number}" for number in range(6)))
    assert api.requests == [("ready", ""), ("ready", "ready:2"), ("ready", "ready:4")]


def test_a_list_is_never_continued_by_the_cursor_of_another(page: Page, api: ListApi) -> None:
    _expect_documents(page, "ready 0", "ready 1")
    api.before_page.clear()
    page.get_by_role("button", name="Show rejected").click()
    wait_until(lambda: api.requests[-1] == ("rejected", ""), "the other list is requested")
    _click(page, "Show more")
    api.before_page.set()
    _expect_documents(page, "rejected 0", "rejected 1")
    _click(page, "Show more")
    _expect_documents(page, *(f"rejected {number}" for number in range(4)))
    assert [cursor for _, cursor in api.requests] == ["", "", "rejected:2"]


def test_an_upload_whose_bytes_have_arrived_has_no_button_that_cancels_it(page: Page, api: ListApi) -> None:
    api.is_checking = True
    api.before_put.clear()
    page.set_input_files(
        "input[type=file]", {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"notes"}
    )
    cancel = page.get_by_role("button", name="Cancel notes.txt")
    expect(cancel).to_be_visible()
    api.before_put.set()
    expect(page.locator('li[data-status="checking"]')).to_be_visible()
    expect(cancel).to_have_count(0)


def test_a_dropped_file_that_cannot_be_read_is_reported_and_the_others_are_added(page: Page) -> None:
    drop_with_unreadable_file(page, "button")
    expect(page.locator('li[data-status="ready"]')).to_contain_text("notes.txt")
    expect(page.get_by_role("alert")).to_have_text("locked.txt could not be read.")
