"""Headless Chromium with one file in an empty page of the stack's origin, where browser.js uploads the file."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from bench.memory import watch_memory
from local.aws import HOST

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
"""Path of Chromium, or None if it is not installed. Playwright's own browser is not downloaded."""

_SCRIPT = Path(__file__).with_suffix(".js")
_RUN = (
    "([name, environment, options]) =>"
    " bench.run(name, document.querySelector('input').files[0], environment, options)"
)
_LOAD = """async (text) => {
    globalThis.bench = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}"""
_CHROMIUM_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--enable-precise-memory-info",
)


@dataclass(frozen=True)
class Environment:
    """The URLs and the token that a contender needs. `uppy` is the source of Uppy's module."""

    api: str
    token: str
    signer: str
    uppy: str


@dataclass(frozen=True)
class Result:
    """The time and the memory of one upload.

    `seconds` is the time until S3 had created the object. `heap` is the maximum size of the JavaScript heap in bytes.
    `memory_growth` is the maximum growth of all browser processes together in bytes.
    """

    seconds: float
    heap: int
    memory_growth: int


@contextmanager
def launch_chromium(playwright: Playwright, port_map: Mapping[int, int]) -> Iterator[Browser]:
    """Launches a browser that sends requests for one local port to another, with the URL and Host unchanged."""
    rules = ", ".join(
        f"MAP {host}:{port} {HOST}:{other}"
        for port, other in port_map.items()
        for host in (HOST, "localhost")
    )
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*_CHROMIUM_ARGUMENTS, f"--host-resolver-rules={rules}"]
    )
    try:
        yield browser
    finally:
        browser.close()


def upload(
    browser: Browser,
    origin: str,
    file: Path,
    contender: str,
    environment: Environment,
    options: Mapping[str, Any],
) -> Result:
    """Uploads in a new page without open connections. Raises Playwright's Error if the upload fails."""
    with browser.new_context() as context:
        page = context.new_page()
        _prepare(page, origin, file)
        with watch_memory(_process_ids(browser)) as memory:
            result = page.evaluate(_RUN, [contender, asdict(environment), options])
        return Result(result["seconds"], result["heap"], memory.growth)


def _prepare(page: Page, origin: str, file: Path) -> None:
    """Opens an unknown path, whose response is an empty page, and loads browser.js and the file."""
    page.goto(f"{origin}/bench")
    page.set_content("<input type=file>")
    page.set_input_files("input", file)
    page.evaluate(_LOAD, _SCRIPT.read_text())


def _process_ids(browser: Browser) -> list[int]:
    """Returns the ids of all processes of the browser."""
    session = browser.new_browser_cdp_session()
    return [process["id"] for process in session.send("SystemInfo.getProcessInfo")["processInfo"]]
