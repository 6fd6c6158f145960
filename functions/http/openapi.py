"""The API description and the page that shows it: two files that `make generate` writes.

Anybody may request them, so each response is small, and caches may keep it.
"""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path

DESCRIPTION = Path(__file__).with_name("openapi.json")
PAGE = Path(__file__).with_name("docs.html")

CACHEABLE = {"Cache-Control": "public, max-age=3600"}
"""Headers of both responses. They are the same for everybody and change with a deployment only."""


@cache
def read_description() -> str:
    """Returns the OpenAPI document as compact JSON."""
    return json.dumps(json.loads(DESCRIPTION.read_text("utf-8")), ensure_ascii=False, separators=(",", ":"))


@cache
def read_page() -> str:
    """Returns the page as base64 of gzip. It is never sent uncompressed, and every browser reads gzip."""
    import gzip  # not at every cold start

    return base64.b64encode(gzip.compress(PAGE.read_bytes(), mtime=0)).decode()


@cache
def page_headers() -> dict[str, str]:
    """Returns the headers of the page. No other site may frame it, and nothing but its own style is allowed."""
    policy = f"default-src 'none'; style-src '{_style_hash()}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return {**CACHEABLE, "Content-Encoding": "gzip", "Content-Security-Policy": policy}


def _style_hash() -> str:
    """Returns the source expression of the page's style (Content Security Policy Level 3, section 2.3.1)."""
    style = PAGE.read_bytes().partition(b"<style>")[2].partition(b"</style>")[0]
    return f"sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}"
