"""`python -m local`, started by a person or by the tests of another project."""

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

_TIMEOUT = 180.0


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "local", *arguments]


def _run(*command: str) -> tuple[int, str]:
    finished = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return finished.returncode, finished.stderr


def test_a_port_in_use_is_reported_without_a_traceback() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, stderr = _run(*_command("--port", str(port)))
    assert status == 1
    assert stderr == f"local: port {port} on 127.0.0.1 is in use; choose another with --port\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--context", "urlLifetme=60"],
            "unknown key 'urlLifetme'; known keys: addressRequests, alarmEmail, ",
        ),
        (
            ["--context", "urlLifetime=0"],
            "urlLifetime is '0'; accepted: a whole number of seconds from 1 to 900",
        ),
        (["--context", "kms=maybe"], "kms is 'maybe'; accepted: false, standby or true"),
        (["--context", "kindsFile=missing.toml"], "kindsFile is 'missing.toml': "),
        (
            ["--context", "oidcIssuer=https://id.example.com"],
            "oidcIssuer and oidcAudience require each other",
        ),
        (
            ["--context", "waf=true"],
            "waf=true is not accepted on this machine: no CloudFront stands in front of the local API",
        ),
        (["--context", "waf=standby"], "waf=standby is not accepted on this machine: "),
        (["--context", "page=true"], "page=true is not accepted on this machine: the local AWS cannot run"),
        (["--context", "cdn=maybe"], "cdn is 'maybe'; accepted: false, standby, both or true"),
        (["--context", "kms"], "--context 'kms' is not key=value"),
        (["--context", "=true"], "--context '=true' is not key=value"),
        (["--context", "kms=true", "--context", "kms=false"], "--context has kms twice"),
        (
            ["--web-origin", "http://evil.example"],
            "webOrigins is 'http://evil.example'; accepted: origins such as",
        ),
        (["--web-origin", "http://localhost:5173/"], "webOrigins is 'http://localhost:5173/'; accepted: "),
    ],
)
def test_a_setting_that_is_not_accepted_is_reported_before_anything_starts(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    ready_file = tmp_path / "new" / "ready.json"
    status, stderr = _run(*_command("--port", "0", "--ready-file", str(ready_file), *arguments))
    assert status == 1
    assert message in stderr
    assert stderr.startswith("local: ")
    assert stderr.count("\n") == 1
    assert not ready_file.parent.exists()


def test_make_demo_passes_on_origins_and_settings() -> None:
    command = [
        "make",
        "--dry-run",
        "--silent",
        "demo",
        "WEB_ORIGINS=http://localhost:5173,http://localhost:3000",
    ]
    shown = subprocess.run(
        [*command, "CONTEXT=kms=true restoreWindow=60"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    words = " ".join(shown.replace("\\\n", " ").replace("'", "").split())
    assert (
        "-m local --port 8080 --web-origin http://localhost:5173 --web-origin http://localhost:3000" in words
    )
    assert words.endswith("--context kms=true --context restoreWindow=60")


def test_missing_packages_are_reported_with_the_command_that_installs_them() -> None:
    status, stderr = _run(sys.executable, "-S", *_command()[1:])
    assert status == 1
    assert "ministack is not installed" in stderr
    assert "make demo" in stderr


@contextmanager
def _start(ready_file: Path, *more: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, Any]]]:
    arguments = _command("--port", "0", "--ready-file", str(ready_file), *more)
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()  # when it is ready or has exited
            assert line.startswith("Ready after "), line
            yield process, json.loads(ready_file.read_text())
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def ready_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("local") / "ready.json"
    file.write_text("from an earlier run")
    return file


@pytest.fixture(scope="session")
def ready(ready_file: Path) -> Iterator[dict[str, Any]]:
    with _start(ready_file) as (_, found):
        yield found


def test_the_ready_file_contains_addresses_names_and_users(ready: dict[str, Any]) -> None:
    assert {"api", "s3", "web", "cognito", "issuer", "clientId", "userPoolId"} < set(ready)
    assert {"bucket", "table", "region", "users"} < set(ready)
    assert all(set(user) == {"name", "password", "accessToken"} for user in ready["users"])
    assert len({user["name"] for user in ready["users"]}) == 2


def test_only_its_owner_can_read_the_ready_file(ready: dict[str, Any], ready_file: Path) -> None:
    assert ready_file.stat().st_mode & 0o077 == 0


def test_the_api_accepts_the_token_of_each_user_and_no_request_without_one(ready: dict[str, Any]) -> None:
    for user in ready["users"]:
        signed_in = {"authorization": f"Bearer {user['accessToken']}"}
        assert request("GET", ready["api"] + "/documents", headers=signed_in).status_code == 200
    assert request("GET", ready["api"] + "/documents").status_code == 401


def test_the_hosts_of_the_api_and_of_s3_differ_so_that_clients_drop_their_token_on_redirects(
    ready: dict[str, Any],
) -> None:
    assert urlsplit(ready["api"]).hostname != urlsplit(ready["s3"]).hostname


def test_the_api_allows_the_origin_of_the_page_and_no_other(ready: dict[str, Any]) -> None:
    def allowed(origin: str) -> str | None:
        headers = {"origin": origin, "access-control-request-method": "POST"}
        response = request("OPTIONS", ready["api"] + "/documents", headers=headers)
        found: str | None = response.headers.get("access-control-allow-origin")
        return found

    assert allowed(ready["web"]) == ready["web"]
    assert allowed("http://other.example") is None


def test_the_config_of_the_page_contains_addresses_and_users(ready: dict[str, Any]) -> None:
    config = request("GET", ready["web"] + "/config.json").json()
    users = config.pop("demoUsers")
    names = {name: ready[name] for name in ("api", "cognito", "clientId", "region")}
    push = urlsplit(config.pop("push"))
    assert (push.scheme, push.port) == ("ws", urlsplit(ready["s3"]).port)
    assert config == names | {"storage": ready["s3"]}
    assert users == [{"name": user["name"], "password": user["password"]} for user in ready["users"]]


def test_downloads_come_from_the_local_cloudfront_from_the_first_start_with_cdn(tmp_path: Path) -> None:
    with _start(tmp_path / "ready.json", "--context", "cdn=true") as (process, _):
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(4)]
        [edge] = [line.split()[1] for line in lines if line.startswith("Edge ")]
        assert request("GET", f"{edge}/documents/a").status_code == 403


def test_sigterm_stops_the_stack_and_deletes_its_files(tmp_path: Path) -> None:
    ready_file = tmp_path / "new" / "ready.json"
    with _start(ready_file) as (process, ready):
        process.terminate()
        assert process.wait(_TIMEOUT) == 0
    assert not ready_file.exists()
    assert not Path(ready["log"]).exists()
    for address in (ready["web"], ready["s3"]):
        with pytest.raises(httpx.ConnectError):
            request("GET", address)
