"""Downloads of the client in ranges, from a storage that fails in each way."""

import gzip
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.journeys.browser import needs_chromium, new_context
from tests.journeys.fake_downloads import MIB, PARALLEL, RANGE, FakeDownloads, start_fake_downloads
from tests.journeys.npm import bundle_client
from tests.journeys.origins import start_page

pytestmark = needs_chromium

MAX_BYTES = 3_500
"""Minified and compressed with gzip, with all that the module imports."""
_SIZE = 5 * RANGE + 1000
_RANGES = [f"bytes={start}-{min(start + RANGE, _SIZE) - 1}" for start in range(0, _SIZE, RANGE)]

_FAST = """setTimeout = ((original) => (callback, ms = 0, ...rest) =>
  original(callback, ms < 60_000 ? Math.min(ms, 20) : window.stallTimeout, ...rest))(setTimeout)"""
"""Shortens the waits between attempts. A page sets the time after which a request counts as stalled."""

_OPEN = """async (endpoint) => {
  const { Airlock } = await import("/airlock/index.js");
  const { fetchDocument } = await import("/airlock/download.js");
  window.airlock = new Airlock({ endpoint, getToken: async () => "good" });
  window.progress = [];
  window.stallTimeout = 60_000;
  window.open = (id, options) =>
    fetchDocument(airlock, id, { onProgress: ({ loaded, total }) => window.progress.push([loaded, total]), ...options });
  window.digest = async (response) => {
    const hash = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
    return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, "0")).join("");
  };
  window.describe = ({ name, code, status }) => (name === "AirlockError" ? [code, status] : [name]);
}"""
_DOCS = Path(__file__).parents[2] / "docs/client.md"
_RUN = """async (code) => {
  const { fetchDocument } = await import("/airlock/download.js");
  const folder = await navigator.storage.getDirectory();
  let shown = 0;
  const given = {
    fetchDocument,
    airlock,
    id: "1",
    signal: new AbortController().signal,
    show: (share) => (shown = share),
    showSaveFilePicker: ({ suggestedName }) => folder.getFileHandle(suggestedName, { create: true }),
  };
  await new Function(...Object.keys(given), `return (async () => { ${code} })()`)(...Object.values(given));
  const file = await (await folder.getFileHandle("film.mp4")).getFile();
  return { shown, sha256: await digest(new Response(file)) };
}"""
"""Runs a recipe on a page without a user, who chooses a file: that is one of the page's own file system."""
_DESCRIBE = """async () => {
  const response = await open("1");
  const { type, size } = await response.blob();
  return [response.ok, response.fileName, response.headers.get("content-length"), type, size];
}"""
_READ = """async (length) => {
  for (let read = 0; read < length; ) read += (await reader.read()).value.length;
}"""
_END = """async ({ end, loaded }) => {
  const controller = new AbortController();
  const reader = (await open("1", { signal: controller.signal })).body.getReader();
  while (progress.at(-1)?.[0] !== loaded) await new Promise((resolve) => setTimeout(resolve, 10));
  await eval(end);
  const readToEnd = async () => {
    for (;;) if ((await reader.read()).done) return [];
  };
  return readToEnd().catch(describe);
}"""
"""Reads a download after an end of the page's own, and returns what it fails with."""
_SAVE = "async (id) => open(id).then(digest).catch(describe)"


@pytest.fixture(scope="module")
def content() -> bytes:
    return os.urandom(_SIZE)


@pytest.fixture
def api(content: bytes) -> Iterator[FakeDownloads]:
    with start_fake_downloads(content) as api:
        yield api


@pytest.fixture(scope="module")
def empty_page(browser: Browser) -> Iterator[Page]:
    with start_page() as origin:
        context = new_context(browser)
        context.add_init_script(_FAST)
        page = context.new_page()
        page.goto(origin)
        yield page
        context.close()


@pytest.fixture
def page(empty_page: Page, api: FakeDownloads) -> Page:
    """A page of another origin than API and storage, with a client that has downloaded nothing."""
    empty_page.evaluate(_OPEN, api.url)
    return empty_page


def _save(page: Page, id: str = "1") -> Any:
    """Returns the SHA-256 of the bytes that arrive, or the code and the status of the error."""
    return page.evaluate(_SAVE, id)


def _wait_until_loaded(page: Page, loaded: int) -> None:
    page.wait_for_function("(loaded) => progress.at(-1)?.[0] === loaded", arg=loaded)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _resume(index: int, arrived: int) -> str:
    """Returns the Range header for the rest of a range."""
    start, _, last = _RANGES[index].removeprefix("bytes=").partition("-")
    return f"bytes={int(start) + arrived}-{last}"


def test_a_document_arrives_in_ranges_of_one_url_and_without_a_preflight(
    page: Page, api: FakeDownloads
) -> None:
    assert _save(page) == _sha256(api.content)
    assert sorted(api.ranges) == sorted(_RANGES)
    assert (api.urls, api.preflights) == (1, 0)
    progress = page.evaluate("progress")
    assert progress == sorted(progress)
    assert progress[-1] == [_SIZE, _SIZE]


def test_the_response_has_what_the_page_needs_to_save_the_file(page: Page) -> None:
    described = page.evaluate(_DESCRIBE)
    assert described == [True, "film.mp4", str(_SIZE), "video/mp4", _SIZE]


def test_the_recipe_of_the_documentation_saves_the_file(page: Page, api: FakeDownloads) -> None:
    section = _DOCS.read_text("utf-8").partition("\n## Downloads\n")[2]
    found = re.search(r"```js\nimport [^\n]+\n\n(.*?)```", section, re.DOTALL)
    assert found
    assert page.evaluate(_RUN, found[1]) == {"shown": 1, "sha256": _sha256(api.content)}


def test_no_more_ranges_are_requested_than_memory_is_meant_for(page: Page, api: FakeDownloads) -> None:
    page.evaluate("open('1').then((response) => { window.reader = response.body.getReader(); })")
    _wait_until_loaded(page, PARALLEL * RANGE)
    page.wait_for_timeout(300)
    assert sorted(api.ranges) == sorted(_RANGES[:PARALLEL])
    page.evaluate(_READ, RANGE + 1)
    _wait_until_loaded(page, (PARALLEL + 1) * RANGE)


@pytest.mark.parametrize("hides_errors", [False, True])
def test_a_url_that_has_expired_is_replaced(page: Page, api: FakeDownloads, hides_errors: bool) -> None:
    api.uses, api.hides_errors = 2, hides_errors
    assert _save(page) == _sha256(api.content)
    assert api.urls == 2
    assert set(api.ranges) == set(_RANGES)


@pytest.mark.parametrize("arrived", [0, 3 * MIB, RANGE - 1, RANGE])
def test_a_range_that_breaks_continues_where_it_was(page: Page, api: FakeDownloads, arrived: int) -> None:
    api.cuts = {RANGE: arrived}
    page.evaluate("() => { window.saved = open('1').then(digest); }")
    _wait_until_loaded(page, PARALLEL * RANGE + arrived)
    api.breaks.set()
    assert page.evaluate("saved") == _sha256(api.content)
    again = [_resume(1, arrived)] if arrived < RANGE else []
    assert sorted(api.ranges) == sorted([*_RANGES, *again])
    assert api.urls == 1


def test_a_response_that_ends_too_early_is_no_complete_one(page: Page, api: FakeDownloads) -> None:
    api.cuts, api.has_lengths = {RANGE: 3 * MIB}, False
    api.breaks.set()
    assert _save(page) == _sha256(api.content)
    assert sorted(api.ranges) == sorted([*_RANGES, _resume(1, 3 * MIB)])


def test_a_range_that_stalls_continues_where_it_was(page: Page, api: FakeDownloads) -> None:
    page.evaluate("() => { stallTimeout = 5_000; }")
    api.cuts = {0: MIB}
    assert _save(page) == _sha256(api.content)
    assert _resume(0, MIB) in api.ranges


@pytest.mark.parametrize("content", [bytes(3 * MIB)])
def test_a_slow_range_does_not_stall(page: Page, api: FakeDownloads, content: bytes) -> None:
    page.evaluate("() => { stallTimeout = 5_000; }")
    api.pause = 0.5
    assert _save(page) == _sha256(content)
    assert len(api.ranges) == 1


def test_a_busy_storage_is_asked_again(page: Page, api: FakeDownloads) -> None:
    api.status, api.code, api.failures = 503, "SlowDown", 3
    assert _save(page) == _sha256(api.content)
    assert api.urls == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 200},
        {"headers": {"content-range": f"bytes 0-{RANGE - 1}/{_SIZE}"}},
        {"headers": {"content-range": f"bytes {RANGE}-{2 * RANGE - 1}/{_SIZE + 1}"}},
        {"headers": {"etag": '"2"'}},
        {"more": b"more"},
        {"record_sizes": [_SIZE + 1]},
        {"record_sizes": [_SIZE - 1]},
        {"record_sizes": [_SIZE, _SIZE + 1], "uses": 2},
    ],
    ids=[
        "whole",
        "other range",
        "other size",
        "other object",
        "longer",
        "record larger",
        "smaller",
        "replaced",
    ],
)
def test_what_is_not_a_range_of_the_document_is_refused(
    page: Page, api: FakeDownloads, fault: dict[str, Any]
) -> None:
    for name, value in fault.items():
        setattr(api, name, value)
    assert _save(page) == ["integrity", 0]
    assert len(api.ranges) <= len(_RANGES)


@pytest.mark.parametrize(
    ("status", "code", "urls"),
    [(403, "AccessDenied", 2), (403, "SignatureDoesNotMatch", 1), (404, "NoSuchVersion", 1)],
)
def test_what_the_storage_refuses_for_good_ends_the_download(
    page: Page, api: FakeDownloads, status: int, code: str, urls: int
) -> None:
    api.status, api.code = status, code
    assert _save(page) == [code, status]
    assert api.urls <= urls


def test_a_page_that_may_not_read_the_storage_is_told_so(page: Page, api: FakeDownloads) -> None:
    api.has_storage_cors = False
    assert _save(page) == ["request_blocked", 0]
    assert api.urls == 1


def test_a_document_that_does_not_exist_has_no_response(page: Page, api: FakeDownloads) -> None:
    assert _save(page, "2") == ["document_not_found", 404]
    assert api.ranges == []


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        ("controller.abort()", ["AbortError"]),
        ("controller.abort(new RangeError('enough'))", ["RangeError"]),
        ("reader.cancel()", []),
    ],
)
def test_an_end_of_the_page_ends_all_requests(
    page: Page, api: FakeDownloads, end: str, expected: list[str]
) -> None:
    api.cuts = {start * RANGE: MIB for start in range(PARALLEL)}
    ended: list[str] = []

    def record(request: Request) -> None:
        ended.append(request.headers["range"])

    page.on("requestfailed", record)
    assert page.evaluate(_END, {"end": end, "loaded": PARALLEL * MIB}) == expected
    for _ in range(600):
        page.wait_for_timeout(100)
        if len(ended) >= PARALLEL:
            break
    page.remove_listener("requestfailed", record)
    assert sorted(ended) == sorted(_RANGES[:PARALLEL])
    assert len(api.ranges) == PARALLEL


def test_a_signal_that_was_aborted_before_starts_nothing(page: Page, api: FakeDownloads) -> None:
    assert page.evaluate("open('1', { signal: AbortSignal.abort() }).catch(describe)") == ["AbortError"]
    assert (api.urls, api.ranges) == (0, [])


def test_an_error_of_the_page_itself_is_not_taken_for_a_lost_connection(
    page: Page, api: FakeDownloads
) -> None:
    options = "{ onProgress: () => null.length }"
    assert page.evaluate(f"open('1', {options}).then(digest).catch(describe)") == ["TypeError"]
    assert len(api.ranges) <= PARALLEL


@pytest.mark.parametrize("content", [b""])
def test_an_empty_document_needs_no_range(page: Page, api: FakeDownloads, content: bytes) -> None:
    assert _save(page) == _sha256(b"")
    assert api.ranges == []


def test_the_module_stays_small() -> None:
    assert len(gzip.compress(bundle_client("download"), 9)) <= MAX_BYTES
