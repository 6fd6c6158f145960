"""Headless Chromium with one chosen file in an empty page of the stack's own origin, where browser.js runs."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from bench.memory import growth
from local.aws import HOST

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
"""None when this machine has no Chromium. Playwright's own is not downloaded."""

_SCRIPT = Path(__file__).with_suffix(".js")
_RUN = "([name, where, options]) => bench.run(name, document.querySelector('input').files[0], where, options)"
_LOAD = """async (text) => {
    globalThis.bench = await import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
}"""
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--enable-precise-memory-info",
)


@dataclass(frozen=True)
class Where:
    """What a contender must know. `uppy` is the text of Uppy's module."""

    api: str
    token: str
    signer: str
    uppy: str


@dataclass(frozen=True)
class Result:
    """`seconds` until S3 had made the object. Bytes: `heap` is the highest of JavaScript's own, `grown` what the
    browser's processes together had more at most than before.
    """

    seconds: float
    heap: int
    grown: int


@contextmanager
def chromium(playwright: Playwright, detours: Mapping[int, int]) -> Iterator[Browser]:
    """`detours`: what the page asks of a port of this machine goes to another, with the URL and Host as they were."""
    rules = ", ".join(
        f"MAP {host}:{port} {HOST}:{other}" for port, other in detours.items() for host in (HOST, "localhost")
    )
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, args=[*_QUIET, f"--host-resolver-rules={rules}"]
    )
    try:
        yield browser
    finally:
        browser.close()


def upload(
    browser: Browser, origin: str, file: Path, contender: str, where: Where, options: Mapping[str, Any]
) -> Result:
    """One upload in a page of its own, whose connections and memory are new. Raises Error with what went wrong."""
    with browser.new_context() as context:
        page = context.new_page()
        _prepare(page, origin, file)
        with growth(_processes(browser)) as memory:
            result = page.evaluate(_RUN, [contender, asdict(where), options])
        return Result(result["seconds"], result["heap"], memory.bytes)


def _prepare(page: Page, origin: str, file: Path) -> None:
    """Any path that is not there answers a page with nothing on it."""
    page.goto(f"{origin}/bench")
    page.set_content("<input type=file>")
    page.set_input_files("input", file)
    page.evaluate(_LOAD, _SCRIPT.read_text())


def _processes(browser: Browser) -> list[int]:
    """Of the browser itself, the network and the pages."""
    session = browser.new_browser_cdp_session()
    return [process["id"] for process in session.send("SystemInfo.getProcessInfo")["processInfo"]]
