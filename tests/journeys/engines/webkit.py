"""WebKitGTK in its MiniBrowser, over WebDriver (https://www.w3.org/TR/webdriver2/), on a virtual screen."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local.free_port import find_free_port
from tests.journeys.engines.processes import start_process
from tests.journeys.engines.tab import wrap_function
from tests.journeys.wait import wait_until

WEBKIT = shutil.which("WebKitWebDriver")
XVFB = shutil.which("Xvfb")

_TIMEOUT_MS = 120_000
"""Far longer than a working stack needs, so that no test fails on a slow machine."""
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
"""The key of an element's id, a constant of the standard."""
_CALL = """
const [text, done] = arguments;
(%s)(text).then((result) => done({ result }), (error) => done({ error: String(error) }));
"""


@dataclass(frozen=True)
class WebKitTab:
    downloads: Path
    _session: httpx.Client

    def open(self, url: str) -> None:
        self._send("url", url=url)

    def run(self, function: str, argument: Any = None) -> Any:
        script = _CALL % wrap_function(function)
        called = self._send("execute/async", script=script, args=[json.dumps(argument)])
        assert "result" in called, called
        return json.loads(called["result"])

    def choose_file(self, selector: str, path: Path) -> None:
        element = self._send("element", using="css selector", value=selector)[_ELEMENT]
        self._send(f"element/{element}/value", text=str(path))

    def _send(self, command: str, **body: Any) -> Any:
        return _read_value(self._session.post(command, json=body))


@contextmanager
def start_webkit() -> Iterator[WebKitTab]:
    """Yields a tab. The browser's home folder is that of its downloads."""
    with (
        tempfile.TemporaryDirectory(prefix="airlock-webkit-", ignore_cleanup_errors=True) as home,
        _start_screen() as display,
        _start_driver(display, home) as driver,
    ):
        session = _read_value(driver.post("session", json={"capabilities": _describe_browser()}))
        driver.base_url = driver.base_url.join(f"session/{session['sessionId']}")
        yield WebKitTab(Path(home), driver)
        driver.delete("")


def _describe_browser() -> dict[str, Any]:
    browser = next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    options = {"binary": str(browser), "args": ["--automation"]}
    return {"alwaysMatch": {"webkitgtk:browserOptions": options, "timeouts": {"script": _TIMEOUT_MS}}}


def _read_value(response: httpx.Response) -> Any:
    value = response.json()["value"]
    assert response.is_success, value
    return value


@contextmanager
def _start_screen() -> Iterator[str]:
    """Yields the name of an X display."""
    reader, writer = os.pipe()
    command = [str(XVFB), "-displayfd", str(writer), "-nolisten", "tcp", "-screen", "0", "1280x1024x24"]
    with os.fdopen(reader) as name, start_process(command, inherit=[writer]):
        os.close(writer)
        yield f":{name.readline().strip()}"


@contextmanager
def _start_driver(display: str, home: str) -> Iterator[httpx.Client]:
    """Yields a client of the driver, which chooses no free port itself."""
    port = find_free_port()
    command = [str(WEBKIT), f"--port={port}"]
    with (
        start_process(command, DISPLAY=display, HOME=home, XDG_CONFIG_HOME=f"{home}/.config"),
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=_TIMEOUT_MS / 1000) as driver,
    ):
        wait_until(lambda: _is_ready(driver), "WebKitWebDriver listens")
        yield driver


def _is_ready(driver: httpx.Client) -> bool:
    try:
        return driver.get("status").is_success
    except httpx.TransportError:
        return False
