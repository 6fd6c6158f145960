"""Headers of a response, whose names ignore case."""

from collections.abc import Iterable, Iterator

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Headers of one connection, https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1"""


class Headers:
    """A list of headers that can be changed. It keeps order, case of names, and repeated headers."""

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = list(items)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._items)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def get(self, name: str) -> str | None:
        """Returns the values of a header, joined by commas, or None."""
        values = [value for key, value in self._items if key.lower() == name.lower()]
        return ", ".join(values) if values else None

    def set(self, name: str, value: str) -> None:
        """Replaces a header, or adds it at the end."""
        self.remove(name)
        self._items.append((name, value))

    def remove(self, *names: str) -> None:
        """Removes headers, if they are there."""
        unwanted = {name.lower() for name in names}
        self._items = [(key, value) for key, value in self._items if key.lower() not in unwanted]

    def copy(self) -> "Headers":
        return Headers(self._items)


def content_length(headers: Headers) -> int | None:
    """Returns the number of bytes of the body, if the header is there and a number."""
    value = headers.get("content-length")
    return int(value) if value is not None and value.isascii() and value.isdigit() else None
