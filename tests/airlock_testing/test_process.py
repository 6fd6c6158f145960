"""The process of the service: how it starts, what it prints, and when it ends."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from airlock_testing import StartError, start_airlock
from tests.airlock_testing.conftest import KINDS

SOURCE = Path(__file__).parents[2] / "clients" / "testing" / "src"
COMMAND = [sys.executable, "-m", "airlock_testing"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(SOURCE), "HTTP_PROXY": "http://127.0.0.1:1"}
SECONDS = 60


def test_it_serves_any_language_until_sigterm(tmp_path: Path) -> None:
    """Beside a package with the name of one of Airlock's, behind a proxy, and with the standard input of a background job."""
    (tmp_path / "functions").mkdir()
    (tmp_path / "functions" / "__init__.py").write_text("raise SystemExit('this is the package of an app')")
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [*COMMAND, "--port", "0", "--ready-file", str(ready)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env=ENVIRONMENT,
        text=True,
    )
    with process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        addresses = json.loads(ready.read_text())
        assert addresses["url"] == url
        with httpx.Client(trust_env=False, timeout=60) as http:
            token = http.post(f"{addresses['control']}/tokens", json={"user": "alice"}).json()["token"]
            headers = {"authorization": f"Bearer {token}"}
            assert http.get(f"{url}/kinds", headers=headers).status_code == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(SECONDS) == 0
    assert not ready.exists()


def test_it_ends_with_whoever_started_it() -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT)
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline().startswith(b"http://localhost:")
    process.stdin.close()
    assert process.wait(SECONDS) == 0
    process.stdout.close()


@pytest.mark.parametrize(
    ("kinds", "settings", "message"),
    [
        ("[image]", {}, "content_types"),
        ("[", {}, "kinds.toml"),
        (
            KINDS.read_text(),
            {"nothing": "1"},
            "unknown setting nothing; known are callBurst, callRate, connectionsLimit",
        ),
        (KINDS.read_text(), {"push": "True"}, "setting push is true or false, not True"),
        (
            KINDS.read_text(),
            {"openUploadsLimit": "1_000"},
            "setting openUploadsLimit is a whole number, not 1_000",
        ),
    ],
    ids=["kind", "toml", "setting", "flag", "number"],
)
def test_it_says_why_it_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kinds: str, settings: dict[str, str], message: str
) -> None:
    """Also in a folder with a module that has the name of one that the service imports."""
    (tmp_path / "argparse.py").write_text("raise SystemExit('this is a module of an app')")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "kinds.toml"
    file.write_text(kinds)
    with pytest.raises(StartError, match=message), start_airlock(file, settings):
        pass


def test_an_interpreter_that_is_not_there_is_named() -> None:
    with (
        pytest.raises(StartError, match="/nowhere/python cannot run"),
        start_airlock(python=Path("/nowhere/python")),
    ):
        pass
