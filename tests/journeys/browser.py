"""A real browser for journeys: Chromium without a window, one for each test module."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from local.stack import LocalStack
from tests.journeys.desk import Desk
from tests.journeys.storage import Storage
from tests.journeys.traffic import Traffic
from tests.skips import skip_or_fail

_CHROMIUM = shutil.which("chromium")
_PATIENCE_MS = 120_000
"""Until a test gives up; far above what a working stack needs, so that a slow machine fails nothing."""

needs_chromium = pytest.mark.skipif(**skip_or_fail("chromium", _CHROMIUM is not None))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=_CHROMIUM)
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser, stack: LocalStack) -> Iterator[BrowserContext]:
    """What one person's browser keeps: pages opened in it share what they remember, as tabs do."""
    context = browser.new_context(base_url=stack.web)
    context.set_default_timeout(_PATIENCE_MS)
    yield context
    context.unroute_all(behavior="ignoreErrors")
    context.close()


@pytest.fixture
def tidy(context: BrowserContext, storage: Storage) -> Iterator[None]:
    """For tests with large files."""
    yield
    storage.remove_large()


@pytest.fixture
def traffic(context: BrowserContext, stack: LocalStack) -> Traffic:
    return Traffic(context, stack.api)


@pytest.fixture
def desk(context: BrowserContext) -> Desk:
    return Desk.open(context)
