"""The web server of the example page, with folders of its own."""

import socket
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from local.aws import StartError
from local.page import Page
from tests.local.account import request

_CONFIG = {"api": "http://localhost:1/api", "region": "us-east-1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Returns a folder with the page in page/, the client in client/, and a file that belongs to neither."""
    (tmp_path / "page" / "views").mkdir(parents=True)
    (tmp_path / "page" / "index.html").write_text("<!doctype html>")
    (tmp_path / "page" / "views" / "list.js").write_text("export {}")
    (tmp_path / "client").mkdir()
    (tmp_path / "client" / "index.js").write_text("export class Airlock {}")
    (tmp_path / "secret").write_text("not for the page")
    return tmp_path


@pytest.fixture
def origin(folder: Path) -> Iterator[str]:
    page = Page(0, folder / "page", folder / "client")
    with page.serve(_CONFIG):
        yield page.origin
    page.close()


def test_a_module_has_the_content_type_that_browsers_require(origin: str) -> None:
    assert request("GET", f"{origin}/views/list.js").headers["content-type"] == "text/javascript"


def test_the_page_is_served_at_the_root(origin: str) -> None:
    assert request("GET", f"{origin}/").text == "<!doctype html>"


def test_the_config_is_served_at_config_json(origin: str) -> None:
    assert request("GET", f"{origin}/config.json?v=1").json() == _CONFIG


def test_the_client_is_a_folder_of_the_page(origin: str) -> None:
    client = request("GET", f"{origin}/airlock/index.js?v=1")

    assert client.text == "export class Airlock {}"
    assert client.headers["content-type"] == "text/javascript"


@pytest.mark.parametrize("path", ["/", "/views/list.js", "/airlock/index.js", "/config.json", "/nowhere"])
def test_browsers_store_no_response(origin: str, path: str) -> None:
    assert request("GET", origin + path).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/views/",
        "/nowhere",
        "/../secret",
        "/%2e%2e/secret",
        "/airlock",
        "/airlock/",
        "/airlock/index.js/",
        "/airlock/nowhere.js",
        "/airlock/../secret",
        "/airlock/%2e%2e/secret",
        "/airlock/..%2f..%2fsecret",
        "/airlock//{secret}",
        "/airlock/%2f{secret}",
    ],
)
def test_paths_outside_page_and_client_are_not_found(origin: str, folder: Path, path: str) -> None:
    assert _get_status(origin, path.format(secret=folder / "secret")) == 404


def test_no_site_may_frame_the_page(origin: str) -> None:
    for path in ("/", "/views/list.js"):
        assert request("GET", origin + path).headers["content-security-policy"] == "frame-ancestors 'none'"


def test_the_server_listens_on_this_machine_only(origin: str) -> None:
    assert origin.startswith("http://127.0.0.1:")


def test_the_error_for_a_port_in_use_names_the_flag_that_changes_it(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"port {port} .*--port"):
            Page(port, folder / "page", folder / "client")


def _get_status(origin: str, path: str) -> int:
    """Returns the status for a path that is sent unchanged; httpx resolves `..`."""
    connection = HTTPConnection(origin.removeprefix("http://"))
    with closing(connection):
        connection.request("GET", path)
        return connection.getresponse().status
