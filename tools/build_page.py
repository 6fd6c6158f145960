"""Builds the example page for one deployment: `python -m tools.build_page config.json build/page`.

The folder can be served by any web server at any path. The Content-Security-Policy of the page allows the origins of the
config alone. Framing can be denied by a header only, so the web server must send `HEADERS`.
"""

import argparse
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from infra.page_files import HEADERS, USES, allow_sources, copy_files


def allow_origins(html: str, config: Mapping[str, Any]) -> str:
    """Returns the page with the origins of the config in its policy. Raises ValueError for a URL without an origin."""
    keys = {key for directive in USES.values() for key in directive if config.get(key)}
    return allow_sources(html, {key: _read_origin(config[key]) for key in keys})


def build(config: Mapping[str, Any], folder: Path) -> None:
    """Writes page, client and config to a new folder. Raises ValueError for a config without an address of the API."""
    if not config.get("api"):
        raise ValueError("the config has no address of the API")
    copy_files(folder)
    (folder / "config.json").write_text(json.dumps(config))
    index = folder / "index.html"
    index.write_text(allow_origins(index.read_text("utf-8"), config), "utf-8")


def _read_origin(url: str) -> str:
    """Raises ValueError for a URL whose origin a policy cannot name."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    if not re.fullmatch(r"(https?|wss?)://[A-Za-z0-9.:\[\]-]+", origin):
        raise ValueError(f"not an address with an origin: {origin!r}")
    return origin


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
