"""The types that MiniStack's services exchange, and one change to an XML body."""

from collections.abc import Mapping
from typing import Any

Response = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""
Headers = dict[str, str]
"""Request headers; names are lower case."""
Query = dict[str, Any]
"""Query parameters; a value is a string or a list of strings."""


def append_elements(body: bytes, root: str, elements: Mapping[str, str]) -> bytes:
    """Returns the XML document with more children in its `root`."""
    end = f"</{root}>"
    added = "".join(f"<{name}>{value}</{name}>" for name, value in elements.items())
    return body.replace(end.encode(), (added + end).encode())
