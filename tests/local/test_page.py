"""The web server of the page, with a folder of its own."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.aws import StartError
from local.page import Page
from tests.local.account import request

_CONFIG = {"api": "http://localhost:1/api", "region": "us-east-1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    web = tmp_path / "web"
    (web / "views").mkdir(parents=True)
    (web / "index.html").write_text("<!doctype html>")
    (web / "views" / "list.js").write_text("export {}")
    (tmp_path / "secret").write_text("not part of the page")
    return web


@pytest.fixture
def origin(folder: Path) -> Iterator[str]:
    page = Page(0, folder)
    with page.serve(_CONFIG):
        yield page.origin
    page.close()


def test_a_module_has_a_javascript_content_type(origin: str) -> None:
    assert request("GET", f"{origin}/views/list.js").headers["content-type"] == "text/javascript"


def test_the_root_is_the_page(origin: str) -> None:
    assert request("GET", f"{origin}/").text == "<!doctype html>"


def test_the_config_is_the_one_passed_to_serve(origin: str) -> None:
    assert request("GET", f"{origin}/config.json?v=1").json() == _CONFIG


@pytest.mark.parametrize("path", ["/", "/views/list.js", "/config.json", "/nowhere"])
def test_no_response_may_be_cached(origin: str, path: str) -> None:
    assert request("GET", origin + path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/views/", "/nowhere", "/../secret", "/%2e%2e/secret"])
def test_paths_outside_the_folder_and_folders_are_not_found(origin: str, path: str) -> None:
    assert request("GET", origin + path).status_code == 404


def test_the_server_listens_on_loopback_only(origin: str) -> None:
    assert origin.startswith("http://127.0.0.1:")


def test_a_port_in_use_is_reported_with_the_flag_that_changes_it(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} .*--port"):
            Page(port, folder)
