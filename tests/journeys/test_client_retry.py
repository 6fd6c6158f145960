"""Another attempt of an upload that has failed: with the same document, and without bytes that have arrived."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.browser import needs_chromium
from tests.journeys.fake_api import FakeApi
from tests.journeys.uppy_page import UppyPage

pytestmark = needs_chromium

_FAST = """setTimeout = ((original) => (callback, ms = 0, ...rest) =>
  original(callback, ms < 60_000 ? Math.min(ms, 20) : ms, ...rest))(setTimeout)"""
"""Shortens the waits between attempts, and not the time after which a request counts as stalled."""

_UPLOAD_TWICE = """async ({ endpoint, count, isAlone }) => {
  const { Airlock } = await import("/airlock/index.js");
  const airlock = new Airlock({ endpoint, getToken: async () => "good" });
  const files = Array.from({ length: count }, (_, i) => new File(["notes"], `notes-${i}.txt`));
  const uploads = isAlone ? files.map((file) => airlock.upload(file)) : airlock.uploadAll(files.map((file) => ({ file })));
  const settle = (uploads) => Promise.all(uploads.map((upload) => upload.then(({ id }) => id, ({ code }) => code)));
  const first = await settle(uploads);
  const retried = uploads.map((upload, i) => (first[i].includes("-") ? upload : upload.retry()));
  return { first, second: await settle(retried) };
}"""


@pytest.fixture
def own_context(own_context: BrowserContext) -> BrowserContext:
    own_context.add_init_script(_FAST)
    return own_context


@pytest.fixture
def upload_twice(own_context: BrowserContext, api: FakeApi) -> Callable[..., Any]:
    """Returns a function that uploads files and retries those that have failed, and returns ids or codes of both."""
    page = own_context.new_page()
    page.goto("/")

    def run(count: int, *, is_alone: bool) -> dict[str, list[str]]:
        options = {"endpoint": api.url, "count": count, "isAlone": is_alone}
        outcomes: dict[str, list[str]] = page.evaluate(_UPLOAD_TWICE, options)
        return outcomes

    return run


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_file_that_storage_has_refused_is_sent_again_for_the_same_document(
    upload_twice: Callable[..., Any], api: FakeApi, is_alone: bool
) -> None:
    api.refused_puts = 1
    outcomes = upload_twice(4, is_alone=is_alone)
    assert outcomes["first"].count("s3_400") == 1
    assert sorted(outcomes["second"]) == sorted(api.documents)
    assert len(api.documents) == 4
    assert len(api.stored) == 4


@pytest.mark.parametrize("is_alone", [True, False])
def test_a_file_that_has_arrived_is_not_sent_again(
    upload_twice: Callable[..., Any], api: FakeApi, is_alone: bool
) -> None:
    api.failing_reads = 8
    outcomes = upload_twice(1, is_alone=is_alone)
    assert outcomes["first"] == ["busy"]
    assert outcomes["second"] == list(api.documents)
    assert len(api.stored) == 1


def test_a_batch_that_could_not_be_created_is_repeated_once_for_all_its_files(
    upload_twice: Callable[..., Any], api: FakeApi
) -> None:
    api.failing_creates = 8
    outcomes = upload_twice(20, is_alone=False)
    assert outcomes["first"] == ["busy"] * 20
    assert sorted(outcomes["second"]) == sorted(api.documents)
    assert api.calls.count("POST /documents/batch") == 9


def test_uppy_retries_with_the_same_document(
    own_context: BrowserContext, api: FakeApi, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("notes")
    api.refused_puts = 1
    dashboard = UppyPage.open_with_access(own_context, {"endpoint": api.url, "token": "good"})
    dashboard.choose_file(path)
    dashboard.expect_text("Upload failed")

    dashboard.press("Retry upload")

    dashboard.expect_text("Complete")
    assert [document["id"] for document in dashboard.documents] == list(api.documents)
    assert len(api.documents) == 1
