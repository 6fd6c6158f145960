"""A tab of a browser, with what every engine can do."""

from pathlib import Path
from typing import Any, Protocol


class Tab(Protocol):
    """A tab in a profile of its own."""

    @property
    def downloads(self) -> Path:
        """The folder of downloaded files."""

    def open(self, url: str) -> None:
        """Navigates. Returns when the page has loaded, or when its download has started."""

    def run(self, function: str, argument: Any = None) -> Any:
        """Calls a function of JavaScript in the page and returns what it resolves to. Argument and result are JSON."""

    def choose_file(self, selector: str, path: Path) -> None:
        """Chooses a file in the input that the CSS selector matches."""


def wrap_function(function: str) -> str:
    """Returns the same function with an argument and a result that are JSON texts."""
    return f"async (text) => JSON.stringify((await ({function})(JSON.parse(text))) ?? null)"
