"""Uploads of the example page with an API on a second origin: many files, retries, cancelled files, and a new sign-in."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.documents_page import DocumentsPage
from tests.journeys.fake_api import FakeApi
from tests.journeys.origins import start_page
from tests.journeys.unreadable_files import drop_with_unreadable_file
from tools.build_page import build

pytestmark = needs_chromium

_MIB = 1024**2
_FAST = """() => {
  const original = setTimeout;
  globalThis.setTimeout = (callback, ms = 0, ...rest) =>
    original(callback, ms < 60_000 ? Math.min(ms, 20) : ms, ...rest);
}"""
"""Shortens the waits between attempts, and not the time after which a request counts as stalled."""
_DROP = """(count) => {
  const transfer = new DataTransfer();
  for (let i = 0; i < count; i++) transfer.items.add(new File([`notes ${i}`], `notes-${i}.txt`));
  dispatchEvent(new DragEvent("drop", { dataTransfer: transfer }));
}"""


@pytest.fixture
def uploads_page(browser: Browser, api: FakeApi, tmp_path: Path) -> Iterator[DocumentsPage]:
    """Yields the example page for a user who has signed in."""
    folder = tmp_path / "page"
    build({"api": api.url, "cognito": f"{api.url}/cognito", "clientId": "client", "storage": api.url}, folder)
    with start_page(folder) as origin:
        context = new_context(browser, base_url=origin)
        page = context.new_page()
        page.goto("/airlock/index.html")
        _sign_in(page)
        yield DocumentsPage(page)
        context.close()


@pytest.fixture
def notes(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"notes-{number}.txt" for number in range(5)]
    for path in paths:
        path.write_text(path.name)
    return paths


def _sign_in(page: Page) -> None:
    page.get_by_label("User name").fill("ada")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Documents")).to_be_visible()


def _wait(page: Page, is_true: Callable[[], bool], every_ms: int = 50) -> None:
    deadline = time.monotonic() + 1_200
    while not is_true():
        assert time.monotonic() < deadline
        page.wait_for_timeout(every_ms)


def _count_creates(api: FakeApi) -> int:
    return sum(call.startswith("POST /documents") and "/abort" not in call for call in api.calls)


def test_500_dropped_files_take_10_creating_calls(uploads_page: DocumentsPage, api: FakeApi) -> None:
    uploads_page.page.evaluate(_DROP, 500)

    summary = uploads_page.page.locator("#uploads-summary")
    _wait(uploads_page.page, lambda: summary.inner_text() == "500 of 500 finished", every_ms=1000)
    assert _count_creates(api) == 10
    assert len(api.stored) == 500


def test_a_dropped_file_that_cannot_be_read_is_reported_and_the_others_are_added(
    uploads_page: DocumentsPage,
) -> None:
    drop_with_unreadable_file(uploads_page.page, "body")
    uploads_page.expect_upload("notes.txt", "ready")
    expect(
        uploads_page.page.get_by_role("alert").filter(has_text="locked.txt could not be read.")
    ).to_be_visible()


def test_a_retry_has_the_same_document_and_sends_nothing_twice(
    uploads_page: DocumentsPage, api: FakeApi, notes: list[Path]
) -> None:
    uploads_page.page.evaluate(_FAST)
    api.failing_reads = 9
    uploads_page.choose_files(notes[0])
    uploads_page.expect_upload(notes[0].name, "error")

    uploads_page.press("Retry", notes[0].name)

    uploads_page.expect_upload(notes[0].name, "ready")
    assert len(api.documents) == 1
    assert len(api.stored) == 1


def test_a_file_that_is_cancelled_in_the_queue_is_aborted_and_can_be_sent_again(
    uploads_page: DocumentsPage, api: FakeApi, notes: list[Path]
) -> None:
    api.before_put.clear()
    uploads_page.choose_files(*notes)
    name = notes[4].name
    uploads_page.expect_upload(name, "queued")
    _wait(uploads_page.page, lambda: len(api.documents) == 5)
    uploads_page.press("Cancel", name)
    uploads_page.expect_upload(name, "aborted")
    api.before_put.set()
    for path in notes[:4]:
        uploads_page.expect_upload(path.name, "ready")
    _wait(
        uploads_page.page,
        lambda: [document["status"] for document in api.documents.values()].count("aborted") == 1,
    )
    assert len(api.stored) == 4

    uploads_page.press("Retry", name)

    uploads_page.expect_upload(name, "ready")
    assert len(api.stored) == 5


def test_a_sign_out_removes_files_that_are_checked(
    uploads_page: DocumentsPage, api: FakeApi, notes: list[Path]
) -> None:
    api.is_checking = True
    uploads_page.choose_files(*notes)
    for path in notes:
        uploads_page.expect_upload(path.name, "checking")

    uploads_page.page.get_by_role("button", name="Sign out").click()
    _sign_in(uploads_page.page)

    expect(uploads_page.page.get_by_role("list", name="Uploads").get_by_role("listitem")).to_have_count(0)


def test_a_large_file_is_paused_and_resumed(
    uploads_page: DocumentsPage, api: FakeApi, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(bytes(65 * _MIB))
    api.before_put.clear()
    uploads_page.choose_files(film)
    uploads_page.expect_upload(film.name, "uploading")
    uploads_page.press("Pause", film.name)
    uploads_page.expect_upload(film.name, "paused")
    api.before_put.set()

    uploads_page.press("Resume", film.name)

    uploads_page.expect_upload(film.name, "ready")
    assert len(api.documents) == 1


@pytest.mark.parametrize("is_hidden", [True, False])
def test_uploads_continue_after_the_user_has_signed_in_again(
    uploads_page: DocumentsPage, api: FakeApi, notes: list[Path], is_hidden: bool
) -> None:
    page = uploads_page.page
    api.hides_unauthorized = is_hidden
    api.before_put.clear()
    uploads_page.choose_files(*notes)
    _wait(page, lambda: len(api.documents) == 5)
    api.tokens = {"later"}
    api.before_put.set()
    expect(page.get_by_role("alert").filter(has_text="Your session has ended")).to_be_visible()

    api.next_token = "later"
    _sign_in(page)

    for path in notes:
        uploads_page.expect_upload(path.name, "ready")
    assert _count_creates(api) == 1
    assert len(api.stored) == 5
