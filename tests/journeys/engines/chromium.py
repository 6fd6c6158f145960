"""Chromium, headless, over its DevTools protocol by Playwright."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

from tests.journeys.engines.tab import wrap_function

CHROMIUM = shutil.which("chromium")


@dataclass(frozen=True)
class ChromiumTab:
    downloads: Path
    _page: Page

    def open(self, url: str) -> None:
        try:
            self._page.goto(url)
        except Error as error:
            if "Download is starting" not in error.message:
                raise

    def run(self, function: str, argument: Any = None) -> Any:
        return json.loads(self._page.evaluate(wrap_function(function), json.dumps(argument)))

    def choose_file(self, selector: str, path: Path) -> None:
        self._page.locator(selector).set_input_files(path)


@contextmanager
def start_chromium() -> Iterator[ChromiumTab]:
    """Yields a tab. The names of its downloads are random, because Playwright chooses them."""
    with (
        tempfile.TemporaryDirectory(prefix="airlock-chromium-") as downloads,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, downloads_path=downloads)
        yield ChromiumTab(Path(downloads), browser.new_page())
        browser.close()
