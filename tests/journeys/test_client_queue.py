"""The queue of the client: order, progress of all uploads, pause, cancel, retry, and its size with the client's core."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.fake_api import FakeApi, start_fake_api
from tests.journeys.npm import bundle_client
from tests.journeys.origins import start_page

MAX_CORE_BYTES = 15_000
"""Minified and compressed with gzip; what is loaded later, such as names of file types, does not count."""
_OPEN = """async ({ endpoint, concurrency }) => {
  const { Airlock } = await import("/airlock/index.js");
  const { UploadQueue } = await import("/airlock/upload-queue.js");
  const airlock = new Airlock({ endpoint, getToken: async () => "good" });
  window.ended = [];
  window.queue = new UploadQueue(airlock, { concurrency, onDocument: ({ title }) => window.ended.push(title) });
  window.add = (title, options) => {
    const [id] = queue.add([new File(["some text"], `${title}.txt`)], { title, ...options });
    return id;
  };
  window.statuses = () => queue.getSnapshot().uploads.map(({ status }) => status).join(" ");
}"""


@contextmanager
def _open(browser: Browser, concurrency: int = 1) -> Iterator[tuple[Page, FakeApi]]:
    with start_page() as origin, start_fake_api() as api:
        context = new_context(browser)
        page = context.new_page()
        page.goto(origin)
        page.evaluate(_OPEN, {"endpoint": api.url, "concurrency": concurrency})
        yield page, api
        context.close()


def _expect_statuses(page: Page, statuses: str) -> None:
    page.wait_for_function("(expected) => statuses() === expected", arg=statuses)


def _read_progress(page: Page) -> dict[str, Any]:
    progress: dict[str, Any] = page.evaluate("queue.getSnapshot().progress")
    return progress


@needs_chromium
def test_files_with_a_higher_priority_are_sent_first(browser: Browser) -> None:
    with _open(browser) as (page, api):
        page.evaluate("['a', 'b', 'c'].forEach((title) => add(title)), add('first', { priority: 1 })")
        _expect_statuses(page, "ready ready ready ready")
        sent = [api.documents[path.rpartition("/")[2]]["title"] for path in api.stored]
        assert sent == ["a", "first", "b", "c"]
        assert sorted(page.evaluate("ended")) == ["a", "b", "c", "first"]


@needs_chromium
def test_the_progress_of_all_counts_bytes_and_outcomes(browser: Browser) -> None:
    with _open(browser, concurrency=3) as (page, api):
        api.refused_puts = 1
        page.evaluate("add('a')")
        _expect_statuses(page, "error")
        page.evaluate("['b', 'c'].forEach((title) => add(title))")
        _expect_statuses(page, "error ready ready")
        progress = _read_progress(page)
        counts = {name: progress[name] for name in ("loaded", "total", "finished", "ready", "failed")}
        assert counts == {"loaded": 27, "total": 27, "finished": 3, "ready": 2, "failed": 1}


@needs_chromium
def test_a_paused_queue_sends_nothing_until_it_is_resumed(browser: Browser) -> None:
    with _open(browser) as (page, api):
        page.evaluate("['a', 'b'].forEach((title) => add(title)), queue.pause()")
        page.wait_for_function("statuses().startsWith('paused')")
        assert api.stored == []
        page.evaluate("queue.resume()")
        _expect_statuses(page, "ready ready")


@needs_chromium
def test_an_upload_with_an_error_is_retried_with_its_document(browser: Browser) -> None:
    with _open(browser) as (page, api):
        api.refused_puts = 1
        page.evaluate("add('a')")
        _expect_statuses(page, "error")
        page.evaluate("queue.retry()")
        _expect_statuses(page, "ready")
        assert len(api.documents) == 1


@needs_chromium
def test_a_cancelled_upload_is_retried_with_a_new_document_or_removed(browser: Browser) -> None:
    with _open(browser) as (page, api):
        api.is_checking = True
        page.evaluate("['a', 'b', 'c'].forEach((title) => add(title)), queue.cancel(2)")
        _expect_statuses(page, "checking aborted checking")
        assert page.evaluate("queue.isBusy") is False
        page.evaluate("queue.retry(2)")
        _expect_statuses(page, "checking checking checking")
        page.evaluate("queue.remove(2)")
        api.is_checking = False
        _expect_statuses(page, "ready ready")
        page.evaluate("queue.remove()")
        _expect_statuses(page, "")


@needs_chromium
def test_an_upload_whose_bytes_have_arrived_is_not_cancelled(browser: Browser) -> None:
    with _open(browser) as (page, api):
        api.is_checking = True
        page.evaluate("add('a')")
        _expect_statuses(page, "checking")
        page.evaluate("queue.cancel()")
        _expect_statuses(page, "checking")
        assert page.evaluate("queue.getSnapshot().uploads[0].canCancel") is False
        api.is_checking = False
        _expect_statuses(page, "ready")


@needs_chromium
def test_an_upload_that_was_paused_and_cancelled_is_retried_without_the_pause(browser: Browser) -> None:
    with _open(browser) as (page, _):
        page.evaluate("add('a'), queue.pause(1), queue.cancel(1)")
        page.evaluate("queue.retry(1)")
        _expect_statuses(page, "ready")


@needs_chromium
def test_a_cancel_ends_when_the_api_has_aborted_the_document(browser: Browser) -> None:
    with _open(browser) as (page, api):
        api.before_put.clear()
        page.evaluate("add('a')")
        _expect_statuses(page, "uploading")
        page.evaluate("queue.cancel()")
        assert [document["status"] for document in api.documents.values()] == ["aborted"]
        api.before_put.set()


@needs_chromium
def test_a_snapshot_is_the_same_object_until_something_changes(browser: Browser) -> None:
    with _open(browser) as (page, _):
        assert page.evaluate("queue.getSnapshot() === queue.getSnapshot()")
        assert page.evaluate("""() => {
            const before = queue.getSnapshot();
            let calls = 0;
            const end = queue.subscribe(() => calls++);
            add("a");
            end();
            return calls > 0 && queue.getSnapshot() !== before;
        }""")


@pytest.mark.parametrize(("module", "limit"), [("index", MAX_CORE_BYTES), ("upload-queue", 2_500)])
def test_the_module_stays_small(module: str, limit: int) -> None:
    assert len(gzip.compress(bundle_client(module), 9)) <= limit
