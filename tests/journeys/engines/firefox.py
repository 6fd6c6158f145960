"""Firefox, headless, over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), for which it needs no driver."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.journeys.engines.processes import start_process
from tests.journeys.engines.tab import wrap_function
from tests.journeys.wait import wait_until

FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")

_PREFERENCES = {
    # A start loads settings and experiments from the internet without these two.
    "services.settings.server": "data:,",
    "app.normandy.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
}


class _CommandError(Exception):
    """Firefox answered a command with an error."""


@dataclass(frozen=True)
class _Session:
    _socket: ClientConnection
    _ids: Iterator[int]

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Returns the result of a command. Each message answers a command, because the session subscribes to no event."""
        self._socket.send(json.dumps({"id": next(self._ids), "method": method, "params": params}))
        answer = json.loads(self._socket.recv())
        if answer["type"] == "error":
            raise _CommandError(f"{method}: {answer['message']}")
        result: dict[str, Any] = answer["result"]
        return result


@dataclass(frozen=True)
class FirefoxTab:
    downloads: Path
    _session: _Session
    _context: str

    def open(self, url: str) -> None:
        self._session.send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def run(self, function: str, argument: Any = None) -> Any:
        called = self._session.send(
            "script.callFunction",
            functionDeclaration=wrap_function(function),
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            awaitPromise=True,
            target={"context": self._context},
        )
        assert called["type"] == "success", called
        return json.loads(called["result"]["value"])

    def choose_file(self, selector: str, path: Path) -> None:
        locator = {"type": "css", "value": selector}
        found = self._session.send("browsingContext.locateNodes", context=self._context, locator=locator)
        [node] = found["nodes"]
        element = {"sharedId": node["sharedId"]}
        self._session.send("input.setFiles", context=self._context, element=element, files=[str(path)])


@contextmanager
def start_firefox() -> Iterator[FirefoxTab]:
    """Yields a tab."""
    with (
        tempfile.TemporaryDirectory(prefix="airlock-firefox-", ignore_cleanup_errors=True) as profile,
        _start_browser(Path(profile)) as address,
        connect(address, max_size=None, open_timeout=60, ping_interval=None) as socket,
    ):
        yield _open_tab(_Session(socket, count(1)), Path(profile, "downloads"))


@contextmanager
def _start_browser(profile: Path) -> Iterator[str]:
    """Yields the address for a session."""
    preferences = [
        f"user_pref({json.dumps(name)}, {json.dumps(_PREFERENCES[name])});\n" for name in _PREFERENCES
    ]
    (profile / "user.js").write_text("".join(preferences))
    file = profile / "WebDriverBiDiServer.json"
    command = [
        str(FIREFOX),
        "--headless",
        "--no-remote",
        "--profile",
        str(profile),
        "--remote-debugging-port=0",
    ]
    with start_process(command):
        wait_until(lambda: file.exists() and file.read_text().rstrip().endswith("}"), "Firefox listens")
        server = json.loads(file.read_text())
        yield f"ws://{server['ws_host']}:{server['ws_port']}/session"


def _open_tab(session: _Session, downloads: Path) -> FirefoxTab:
    session.send("session.new", capabilities={})
    behavior = {"type": "allowed", "destinationFolder": str(downloads)}
    session.send("browser.setDownloadBehavior", downloadBehavior=behavior)
    context: str = session.send("browsingContext.create", type="tab")["context"]
    return FirefoxTab(downloads, session, context)
