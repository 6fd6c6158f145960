"""Lighthouse's score of the example page for accessibility, before and after the sign-in."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from local.free_port import find_free_port
from tests.journeys.browser import needs_chromium
from tests.journeys.npm import NODE, install_page_checks
from tests.journeys.page_states import StatePage, serve_page

pytestmark = needs_chromium

Audit = Callable[[str], dict[str, Any]]


@pytest.fixture
def profile(browser: Browser, tmp_path: Path) -> Iterator[tuple[BrowserContext, Audit]]:
    """Yields a browser profile, and a function that audits a URL in a new tab of it. Tabs share their session."""
    port = find_free_port()
    context = browser.browser_type.launch_persistent_context(
        str(tmp_path / "profile"),
        executable_path=shutil.which("chromium"),
        args=[f"--remote-debugging-port={port}"],
    )
    yield context, lambda url: _audit(url, port)
    context.close()


def _audit(url: str, port: int) -> dict[str, Any]:
    command = install_page_checks() / "node_modules/lighthouse/cli/index.js"
    options = ["--only-categories=accessibility", "--form-factor=desktop", "--screenEmulation.disabled"]
    result = subprocess.run(
        [str(NODE), str(command), url, f"--port={port}", "--output=json", "--quiet", *options],
        capture_output=True,
        text=True,
        check=True,
    )
    report: dict[str, Any] = json.loads(result.stdout)
    return report


def _list_failures(report: dict[str, Any]) -> list[str]:
    return [name for name, audit in report["audits"].items() if audit["score"] not in (None, 1)]


def test_the_accessibility_has_100_points_before_and_after_the_sign_in(
    profile: tuple[BrowserContext, Audit], tmp_path: Path
) -> None:
    context, audit = profile
    with serve_page(tmp_path) as (api, url):
        signed_out = audit(url)
        state = StatePage(context.new_page(), api, tmp_path)
        state.page.goto(url)
        state.open_list()
        reads = len(api.calls)
        signed_in = audit(url)
        assert len(api.calls) > reads, "the audited tab has the session"
    for report in (signed_out, signed_in):
        assert _list_failures(report) == []
        assert report["categories"]["accessibility"]["score"] == 1
