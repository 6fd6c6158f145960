"""The place in the site of a file of the repository."""

import posixpath
from pathlib import Path

_ASSETS = {".png", ".svg", ".jpg", ".webp"}


def is_asset(path: str) -> bool:
    """Returns whether a page shows the file itself, such as an image."""
    return posixpath.splitext(path)[1] in _ASSETS


def find_place(path: str) -> str:
    """Returns the path in the site of a `path` in the repository.

    Pages and images of docs/ are at the root, other pages keep their place, and any other file becomes a page in files/.
    """
    if path.endswith(".md") or is_asset(path):
        return path.removeprefix("docs/")
    return f"files/{path.rstrip('/')}.md"


def resolve_link(page: str, link: str, root: Path) -> str:
    """Returns the path in the repository to which a link of a page leads. Raises FileNotFoundError if nothing is there."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(page), link.partition("#")[0]))
    if not (root / path).exists():
        raise FileNotFoundError(f"{page}: {link}")
    return path


def is_local(link: str) -> bool:
    """Returns whether a link leads to another file of the repository."""
    return "://" not in link and not link.startswith(("#", "mailto:"))
