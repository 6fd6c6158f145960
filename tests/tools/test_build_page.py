"""The example page, built for a deployment: its policy allows the origins of the config alone (S9)."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from infra.page_files import HEADERS, PAGE, build_header_policy
from tools.build_page import allow_origins, build

CONFIG = {
    "api": "https://abc.execute-api.eu-central-1.amazonaws.com/",
    "cognito": "https://cognito-idp.eu-central-1.amazonaws.com",
    "storage": "https://bucket.s3.eu-central-1.amazonaws.com",
    "clientId": "client",
}
INDEX = (PAGE / "index.html").read_text("utf-8")


def policy(html: str) -> dict[str, list[str]]:
    """Returns directive -> sources."""
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)
    assert found
    directives = [directive.split() for directive in found[1].split(";")]
    return {name: sources for name, *sources in directives}


def test_the_policy_has_the_hash_of_the_import_map() -> None:
    """A browser ignores an import map with another hash, and the page loads no module."""
    found = re.search(r'<script type="importmap">(.*?)</script>', INDEX, re.DOTALL)
    assert found
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy(INDEX)["script-src"]


def test_the_page_in_the_repository_may_reach_its_own_origin_only() -> None:
    assert {name: sources for name, sources in policy(INDEX).items() if name.endswith("-src")} == {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'sha256-LyodEzbwC9Uv9gBQir8o+BIwkH9VjWqkuARJMULVMR4='"],
        "style-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'"],
        "media-src": ["'self'"],
        "object-src": ["'none'"],
    }


def test_a_built_page_may_reach_the_origins_of_its_config(tmp_path: Path) -> None:
    build(CONFIG, tmp_path / "page")
    built = policy((tmp_path / "page" / "index.html").read_text("utf-8"))
    api, cognito, storage = (CONFIG[key].rstrip("/") for key in ("api", "cognito", "storage"))
    assert built == policy(INDEX) | {
        "connect-src": ["'self'", api, cognito, storage],
        "img-src": ["'self'", storage],
        "media-src": ["'self'", storage],
    }
    assert json.loads((tmp_path / "page" / "config.json").read_text()) == CONFIG
    assert (tmp_path / "page" / "airlock" / "index.js").is_file()


@pytest.mark.parametrize("storage", ["https:", "javascript:alert(1)", "https://a.example; script-src *", "*"])
def test_an_address_without_an_origin_is_rejected(storage: str) -> None:
    with pytest.raises(ValueError, match="not an address with an origin"):
        allow_origins(INDEX, CONFIG | {"storage": storage})


def test_a_config_without_an_api_is_rejected(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no address of the API"):
        build({}, tmp_path / "page")


def test_no_site_may_frame_the_page() -> None:
    assert HEADERS["Content-Security-Policy"] == "frame-ancestors 'none'"


def test_the_policy_of_a_header_has_what_is_the_same_for_every_deployment() -> None:
    header = dict(each.partition(" ")[::2] for each in build_header_policy(INDEX).split("; "))
    own = policy(INDEX)
    shared = own.keys() - {"default-src", "connect-src", "img-src", "media-src"}
    assert header == {name: " ".join(own[name]) for name in shared} | {"frame-ancestors": "'none'"}
