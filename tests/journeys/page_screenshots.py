"""Pictures of the example page in each state, for the docs: `python -m tests.journeys.page_screenshots build/screenshots`."""

import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.page_states import STATES, open_state

SCREENS: Mapping[str, Any] = {
    "desktop": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}
_SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_VIEWS = [(screen, scheme) for screen in SCREENS for scheme in _SCHEMES]
_TIMEOUT_MS = 60_000


def write_screenshots(browser: Browser, state: str, folder: Path) -> list[Path]:
    """Writes `{state}-{screen}-{scheme}.png` for each screen, light and dark, and returns their paths."""
    paths = []
    with (
        TemporaryDirectory() as temporary,
        open_state(browser, state, Path(temporary), reduced_motion="reduce") as shown,
    ):
        for screen, scheme in _VIEWS:
            shown.page.set_viewport_size(SCREENS[screen])
            shown.page.emulate_media(color_scheme=scheme)
            paths.append(folder / f"{state}-{screen}-{scheme}.png")
            shown.page.screenshot(path=paths[-1])
    return paths


def create_gallery(states: list[str]) -> str:
    """Returns a page in Markdown with the pictures."""
    lines = ["# The page in pictures", ""]
    for state in states:
        lines += [f"## {state.replace('-', ' ').capitalize()}", ""]
        lines += [
            f"![{state}, {screen}, {scheme}]({state}-{screen}-{scheme}.png)" for screen, scheme in _VIEWS
        ]
        lines.append("")
    return "\n".join(lines)


def _run(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=_TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        for state in STATES:
            write_screenshots(browser, state, folder)
        browser.close()
    (folder / "index.md").write_text(create_gallery(list(STATES)))


if __name__ == "__main__":
    _run(Path(sys.argv[1]))
