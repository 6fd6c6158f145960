"""Headless Chromium with one chosen file in an empty page of the stack's own origin, where browser.js runs."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Playwright

from local.aws import HOST

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
"""None when this machine has no Chromium. Playwright's own is not downloaded."""

_SCRIPT = Path(__file__).with_suffix(".js")
_PROCESSES = Path("/proc")
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
    """`seconds` until S3 had made the object. Bytes: `heap` is the highest of JavaScript's own; `grown` is by how
    much resident memory was higher at most than before, summed over the browser's processes. 0 where no /proc is.
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
        processes = _processes(browser)
        for process in processes:
            (process / "clear_refs").write_text("5")  # its highest is from now on
        before = sum(_highest(process) for process in processes)
        result = page.evaluate(
            "([name, where, options]) => bench.run(name, document.querySelector('input').files[0], where, options)",
            [contender, asdict(where), options],
        )
        after = sum(_highest(process) for process in processes)
        return Result(result["seconds"], result["heap"], after - before)


def _prepare(page: Page, origin: str, file: Path) -> None:
    """Any path that is not there answers a page with nothing on it."""
    page.goto(f"{origin}/bench")
    page.set_content("<input type=file>")
    page.set_input_files("input", file)
    page.evaluate(
        "async (text) => globalThis.bench = await import(URL.createObjectURL(new Blob([text], {type: 'text/javascript'})))",
        _SCRIPT.read_text(),
    )


def _processes(browser: Browser) -> list[Path]:
    """The browser's, the network's and the page's own; on Linux."""
    if not _PROCESSES.is_dir():
        return []
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    return [_PROCESSES / str(process["id"]) for process in told["processInfo"]]


def _highest(process: Path) -> int:
    """VmHWM is in units of 1,024 bytes, whatever proc(5) calls them."""
    lines = (process / "status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
