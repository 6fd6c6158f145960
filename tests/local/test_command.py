"""`python -m local`, as a person and as somebody else's tests use it."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from local.aws import ROOT
from tests.local.account import request

_PATIENCE = 180.0


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "local", *arguments]


def _failure(*command: str) -> tuple[int, str]:
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr


def test_a_port_in_use_is_the_whole_message() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, said = _failure(*_command("--port", str(port)))
    assert status == 1
    assert said == f"local: port {port} on 127.0.0.1 is in use; choose another with --port\n"


def test_a_python_without_the_packages_is_told_how_to_get_them() -> None:
    status, said = _failure(sys.executable, "-S", *_command()[1:])
    assert status == 1
    assert "ministack is not installed" in said
    assert "make demo" in said


@contextmanager
def _started(ready_file: Path) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    arguments = _command("--port", "0", "--ready-file", str(ready_file))
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            said = process.stdout.readline()  # comes when it is ready, or when it has ended
            assert said.startswith("Ready after "), said
            yield process, json.loads(ready_file.read_text())
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("local") / "ready.json"
    file.write_text("of an earlier run")
    return file


@pytest.fixture(scope="session")
def ready(ready_file: Path) -> Iterator[dict[str, Any]]:
    with _started(ready_file) as (_, found):
        yield found


def test_the_ready_file_says_where_everything_is(ready: dict[str, Any]) -> None:
    assert {"api", "s3", "web", "cognito", "issuer", "clientId", "userPoolId"} < set(ready)
    assert {"bucket", "table", "region", "users"} < set(ready)
    assert all(set(user) == {"name", "password", "accessToken"} for user in ready["users"])
    assert len({user["name"] for user in ready["users"]}) == 2


def test_only_its_owner_may_read_the_ready_file(ready: dict[str, Any], ready_file: Path) -> None:
    assert ready_file.stat().st_mode & 0o077 == 0


def test_the_api_takes_the_token_of_either_user_and_of_nobody_else(ready: dict[str, Any]) -> None:
    for user in ready["users"]:
        signed_in = {"authorization": f"Bearer {user['accessToken']}"}
        assert request("GET", ready["api"] + "/documents", headers=signed_in).status_code == 200
    assert request("GET", ready["api"] + "/documents").status_code == 401


def test_a_redirect_from_the_api_to_s3_changes_the_host_so_that_no_client_takes_its_token_along(
    ready: dict[str, Any],
) -> None:
    assert urlsplit(ready["api"]).hostname != urlsplit(ready["s3"]).hostname


def test_the_api_lets_the_page_call_it_and_no_other_page(ready: dict[str, Any]) -> None:
    def allowed(origin: str) -> str | None:
        asked = {"origin": origin, "access-control-request-method": "POST"}
        answered = request("OPTIONS", ready["api"] + "/documents", headers=asked)
        found: str | None = answered.headers.get("access-control-allow-origin")
        return found

    assert allowed(ready["web"]) == ready["web"]
    assert allowed("http://other.example") is None


def test_the_page_learns_the_addresses_and_the_users_for_one_click(ready: dict[str, Any]) -> None:
    config = request("GET", ready["web"] + "/config.json").json()
    users = config.pop("demoUsers")
    assert config == {name: ready[name] for name in ("api", "cognito", "clientId", "region")}
    assert users == [{"name": user["name"], "password": user["password"]} for user in ready["users"]]


def test_sigterm_stops_all_of_it(tmp_path: Path) -> None:
    ready_file = tmp_path / "new" / "ready.json"
    with _started(ready_file) as (process, ready):
        process.terminate()
        assert process.wait(_PATIENCE) == 0
    assert not ready_file.exists()
    assert not Path(ready["log"]).exists()
    for address in (ready["web"], ready["s3"]):
        with pytest.raises(httpx.ConnectError):
            request("GET", address)
