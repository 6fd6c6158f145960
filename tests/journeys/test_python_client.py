"""The command `airlock` of clients/python: sign-in, transfers that are killed and resumed, and all other commands."""

import hashlib
import json
import signal
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from local.stack import LocalStack
from tests.deep import SOAK
from tests.journeys.airlock_command import AirlockCommand
from tests.journeys.files import mp4, png
from tests.journeys.stalling_proxy import start_stalling_proxy
from tests.journeys.wait import wait_until

MIB = 1024**2
PART = 5 * MIB
RANGE = 16 * MIB
"""Bytes of one request of a download."""


@pytest.fixture
def airlock(stack: LocalStack, tmp_path: Path) -> AirlockCommand:
    """The command of a user who is signed in by an environment variable."""
    return AirlockCommand(stack, tmp_path / "home", {"AIRLOCK_TOKEN": stack.users[0].access_token})


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A file of five parts and two ranges."""
    path = tmp_path / "film.mp4"
    path.write_bytes(mp4(4 * PART + 1000))
    return path


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def kill_when(process: "subprocess.Popen[str]", is_true: Callable[[], bool], condition: str) -> None:
    try:
        wait_until(lambda: is_true() or process.poll() is not None, condition)
    finally:
        process.send_signal(signal.SIGKILL)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, output + errors


def test_an_upload_and_a_download_that_are_killed_continue_where_they_were(
    airlock: AirlockCommand, film: Path, tmp_path: Path
) -> None:
    upload = ("upload", str(film), "--part-size", str(PART))
    with start_stalling_proxy("PUT part 3") as proxy:
        process = airlock.through(proxy).start(*upload)
        kill_when(process, lambda: len(proxy.forwarded) == 4, "four parts are sent")
    with start_stalling_proxy("PUT part 3") as proxy:
        process = airlock.through(proxy).start(*upload)
        wait_until(lambda: proxy.stopped == ["PUT part 3"], "the last part is on its way")
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "Interrupted." in errors) == (130, True)
    [begun] = airlock.run_json("ls", "--status", "pending", "--name", film.name)

    with start_stalling_proxy() as proxy:
        [uploaded] = airlock.through(proxy).run_json(*upload)

    document = uploaded["document"]
    assert proxy.forwarded == ["PUT part 3"]
    assert (document["id"], document["status"]) == (begun["id"], "ready")
    assert document["sha256"] == sha256(film)

    target = tmp_path / "downloaded.mp4"
    download = ("download", document["id"], "--output", str(target))
    last = f"GET bytes={RANGE}-{film.stat().st_size - 1}"
    state = tmp_path / "downloaded.mp4.part.json"
    with start_stalling_proxy(last) as proxy:
        process = airlock.through(proxy).start(*download)
        kill_when(process, lambda: state.exists(), "the first range is on disk")
    assert not target.exists()
    assert json.loads(state.read_text())["done"] == [0]

    with start_stalling_proxy() as proxy:
        airlock.through(proxy).run(*download)

    assert proxy.forwarded == [last]
    assert target.read_bytes() == film.read_bytes()
    airlock.run("verify", str(target), document["id"])
    target.write_bytes(b"other")
    airlock.run("verify", str(target), document["id"], exit_code=6)


def test_a_user_signs_in_and_the_session_is_private_and_renewed(stack: LocalStack, tmp_path: Path) -> None:
    home, user = tmp_path / "home", stack.users[1]
    airlock = AirlockCommand(stack, home, {})
    pool = ("--user-pool-id", str(stack.user_pool_id), "--client-id", str(stack.client_id))
    login = ("login", *pool, "--cognito-endpoint", stack.cognito, "--user", user.name)

    airlock.run("ls", exit_code=4)
    airlock.run(*login, AIRLOCK_PASSWORD="wrong", exit_code=1)
    airlock.run(*login, AIRLOCK_PASSWORD=user.password)
    session = home / "session.json"
    assert stat.S_IMODE(session.stat().st_mode) == 0o600
    assert user.password not in session.read_text()

    expired = json.loads(session.read_text())
    expired["tokens"] |= {"expires_at": 0, "access_token": "expired"}
    session.write_text(json.dumps(expired))
    airlock.run("ls")
    assert json.loads(session.read_text())["tokens"]["access_token"] != "expired"
    airlock.run("ls", AIRLOCK_ENDPOINT="http://127.0.0.1:1", exit_code=2)
    airlock.run("logout")
    airlock.run("ls", exit_code=4)


def test_a_folder_is_uploaded_listed_deleted_and_restored(airlock: AirlockCommand, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    (folder / "more").mkdir(parents=True)
    (folder / "folder-1.png").write_bytes(png())
    (folder / "more" / "folder-2.png").write_bytes(png())
    (folder / "no-picture.png").write_text("<!doctype html><script>alert(1)</script>")

    results = airlock.run_json("upload", str(folder), "--metadata", "album=1", exit_code=3)

    documents = {Path(result["file"]).name: result["document"] for result in results}
    assert {name: document["status"] for name, document in documents.items()} == {
        "folder-1.png": "ready",
        "folder-2.png": "ready",
        "no-picture.png": "rejected",
    }
    first = documents["folder-1.png"]["id"]
    assert len(airlock.run_json("ls", "--name", "folder-", "--status", "ready")) == 2
    assert "type_mismatch" in airlock.run("show", documents["no-picture.png"]["id"], "--json")
    airlock.run("rm", first)
    airlock.run("download", first, "--output", str(tmp_path), exit_code=1)
    airlock.run("restore", first)
    [usage] = airlock.run_json("usage")
    assert usage["today"]["files"] >= 3
    assert usage["stored"]["bytes"] >= 2 * len(png())


@pytest.mark.deep
@pytest.mark.skipif(not SOAK, reason="five gigabytes: make soak")
def test_a_file_of_5_gb_that_is_killed_twice_each_way_is_the_same(
    airlock: AirlockCommand, tmp_path: Path
) -> None:
    film = tmp_path / "large.mp4"
    film.write_bytes(mp4(1000))
    with film.open("r+b") as file:
        file.truncate(5_000_000_000)
    for last in ("PUT part 10", "PUT part 20"):
        with start_stalling_proxy(last) as proxy:
            process = airlock.through(proxy).start("upload", str(film))
            kill_when(process, lambda: len(proxy.forwarded) >= 5, "five parts are sent")
    [uploaded] = airlock.run_json("upload", str(film))
    assert uploaded["document"]["sha256"] == sha256(film)

    target = tmp_path / "downloaded.mp4"
    download = ("download", uploaded["document"]["id"], "--output", str(target))
    for _ in range(2):
        with start_stalling_proxy(f"GET bytes={100 * RANGE}-{101 * RANGE - 1}") as proxy:
            process = airlock.through(proxy).start(*download)
            kill_when(process, lambda: len(proxy.forwarded) >= 5, "five ranges are sent")
    airlock.run(*download)
    assert sha256(target) == sha256(film)
