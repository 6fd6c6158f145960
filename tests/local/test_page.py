"""The page's server, on files of its own."""

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
    (tmp_path / "secret").write_text("not for the page")
    return web


@pytest.fixture
def origin(folder: Path) -> Iterator[str]:
    page = Page(0, folder)
    with page.serving(_CONFIG):
        yield page.origin
    page.close()


def test_a_module_has_the_type_that_browsers_demand(origin: str) -> None:
    assert request("GET", f"{origin}/views/list.js").headers["content-type"] == "text/javascript"


def test_the_page_itself_is_served_at_the_root(origin: str) -> None:
    assert request("GET", f"{origin}/").text == "<!doctype html>"


def test_the_config_is_what_the_page_was_started_with(origin: str) -> None:
    assert request("GET", f"{origin}/config.json?v=1").json() == _CONFIG


@pytest.mark.parametrize("path", ["/", "/views/list.js", "/config.json", "/nowhere"])
def test_a_browser_keeps_nothing(origin: str, path: str) -> None:
    assert request("GET", origin + path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/views/", "/nowhere", "/../secret", "/%2e%2e/secret"])
def test_what_is_no_file_of_the_page_is_not_found(origin: str, path: str) -> None:
    assert request("GET", origin + path).status_code == 404


def test_the_server_is_deaf_to_other_machines(origin: str) -> None:
    assert origin.startswith("http://127.0.0.1:")


def test_a_port_in_use_is_named_with_the_flag_that_changes_it(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} .*--port"):
            Page(port, folder)
