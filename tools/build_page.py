"""Builds the example page for one deployment: `python -m tools.build_page config.json build/page`.

The folder can be served by any web server at any path. The Content-Security-Policy of the page allows the origins of the
config alone. Framing can be denied by a header only, so the web server must send `HEADERS`.
"""

import argparse
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_ROOT = Path(__file__).parents[1]
PAGE = _ROOT / "examples" / "page"
CLIENT = _ROOT / "clients" / "js" / "src"

HEADERS = {
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every response of the page's web server."""

_USES = {
    "connect-src": ("api", "cognito", "storage", "downloads", "push"),
    "img-src": ("storage", "downloads"),
    "media-src": ("storage", "downloads"),
}
"""Directive of the policy -> keys of the config whose origins the page needs for it."""


def allow_origins(html: str, config: Mapping[str, Any]) -> str:
    """Returns the page with the origins of the config in its policy, which allows only its own origin without them."""
    for directive, keys in _USES.items():
        origins = _origins(config[key] for key in keys if config.get(key))
        html = html.replace(f"{directive} 'self'", " ".join((directive, "'self'", *origins)))
    return html


def build(config: Mapping[str, Any], folder: Path) -> None:
    """Writes page, client and config to a new folder. Raises ValueError for a config without an address of the API."""
    if not config.get("api"):
        raise ValueError("the config has no address of the API")
    shutil.copytree(PAGE, folder, ignore=shutil.ignore_patterns("tsconfig.json"))
    shutil.copytree(CLIENT, folder / "airlock")
    (folder / "config.json").write_text(json.dumps(config))
    index = folder / "index.html"
    index.write_text(allow_origins(index.read_text("utf-8"), config), "utf-8")


def _origins(urls: Iterable[str]) -> list[str]:
    """Returns the origin of each URL. Raises ValueError for one whose origin a policy cannot name."""
    origins = [f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, urls)]
    for origin in origins:
        if not re.fullmatch(r"(https?|wss?)://[A-Za-z0-9.:\[\]-]+", origin):
            raise ValueError(f"not an address with an origin: {origin!r}")
    return list(dict.fromkeys(origins))


def _run() -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.build_page", description=__doc__)
    parser.add_argument(
        "config",
        type=Path,
        help="JSON with api, cognito, clientId, region and storage, and downloads and push where they are on",
    )
    parser.add_argument("folder", type=Path, help="folder that is created")
    arguments = parser.parse_args()
    build(json.loads(arguments.config.read_text("utf-8")), arguments.folder)
    lines = "\n".join(f"  {name}: {value}" for name, value in HEADERS.items())
    print(f"Let the web server send these headers:\n{lines}")  # noqa: T201 - output of a command


if __name__ == "__main__":
    _run()
