"""A server that scripts of files send a request to, so that a test sees which of them have run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from tests.journeys.origins import Handler, serve

_PAGE = "/page"


@dataclass
class Canary:
    origin: str = ""
    seen: set[str] = field(default_factory=set)
    """Names of the scripts that have run."""
    page: tuple[str, bytes] = ("", b"")
    """Content type and bytes of the page of this server."""

    @property
    def page_url(self) -> str:
        return self.origin + _PAGE

    def name_url(self, name: str) -> str:
        """Returns the URL to which the script of this name sends its request."""
        return f"{self.origin}/{quote(name)}"


@contextmanager
def start_canary() -> Iterator[Canary]:
    canary = Canary()
    with serve(_Handler, canary) as canary.origin:
        yield canary


class _Handler(Handler):
    def do_GET(self) -> None:  # noqa: N802
        canary: Canary = self.server.state  # type: ignore[attr-defined]
        if self.path == _PAGE:
            content_type, data = canary.page
            self.respond(200, data, {"content-type": content_type})
        else:
            canary.seen.add(unquote(self.path.removeprefix("/")))
            self.respond(204, b"", {})
