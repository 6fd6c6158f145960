"""Headless Chromium for journeys, one instance per test module."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from local.stack import LocalStack
from tests.journeys.documents_page import DocumentsPage
from tests.journeys.network_log import NetworkLog
from tests.journeys.origins import start_page
from tests.journeys.storage import Storage
from tests.skips import skip_or_fail

_CHROMIUM = shutil.which("chromium")
_TIMEOUT_MS = 120_000
"""Far longer than a working stack needs, so that no test fails on a slow machine."""

needs_chromium = pytest.mark.skipif(**skip_or_fail("chromium", _CHROMIUM is not None))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=_TIMEOUT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_CHROMIUM)
        yield chromium
        chromium.close()


def new_context(browser: Browser, **options: Any) -> BrowserContext:
    """Returns a new browser profile, whose waits take as long as those of `expect`."""
    context = browser.new_context(**options)
    context.set_default_timeout(_TIMEOUT_MS)
    return context


@pytest.fixture
def context(browser: Browser, stack: LocalStack) -> Iterator[BrowserContext]:
    """Yields a browser profile, whose pages share cookies and storage as tabs do."""
    context = new_context(browser, base_url=stack.web)
    yield context
    context.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.fixture
def own_context(browser: Browser) -> Iterator[BrowserContext]:
    """Yields a browser profile whose pages come from another origin than the API, and need no stack."""
    with start_page() as origin:
        context = new_context(browser, base_url=origin)
        yield context
        context.close()


@pytest.fixture
def remove_large_files(context: BrowserContext, storage: Storage) -> Iterator[None]:
    """Removes the files of a test afterwards, because the local S3 keeps them in memory."""
    yield
    storage.remove_large_objects()


@pytest.fixture
def network_log(context: BrowserContext, stack: LocalStack) -> NetworkLog:
    return NetworkLog(context, stack.api)


@pytest.fixture
def documents_page(context: BrowserContext) -> DocumentsPage:
    return DocumentsPage.open(context)
