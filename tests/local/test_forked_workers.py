"""Forked processes run a script as Python itself does, and a zip is unpacked once."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.forked_workers import ForkedProcess, ForkServer, LinkedZipFile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")

_TIMEOUT = 30.0
_ECHO = "import sys\nfor line in sys.stdin: print(line.strip(), flush=True)"

Start = Callable[..., ForkedProcess]


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    server = ForkServer(["wave"])
    yield server
    server.stop()


@pytest.fixture
def start(server: ForkServer, tmp_path: Path) -> Iterator[Start]:
    """Runs code as a script in `tmp_path`."""
    started = list[ForkedProcess]()

    def run(code: str, **env: str) -> ForkedProcess:
        script = tmp_path / f"script{len(started)}.py"
        script.write_text(code)
        started.append(server.start(str(script), cwd=str(tmp_path), env=env))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            stream.close()


def test_a_script_has_its_own_environment_directory_and_import_path(start: Start, tmp_path: Path) -> None:
    names = "dict(os.environ), os.getcwd(), sys.argv, sys.path[0], __name__"
    process = start(f"import json, os, sys; print(json.dumps([{names}]))", REGION="here")
    script = tmp_path / "script0.py"
    expected = [{"REGION": "here"}, str(tmp_path), [str(script)], str(tmp_path), "__main__"]
    assert json.loads(process.stdout.read()) == expected


def test_a_script_finds_the_modules_of_the_server_and_no_module_of_this_project(start: Start) -> None:
    process = start(
        "import sys, importlib.util as u; print('wave' in sys.modules, u.find_spec('local'), u.find_spec('fork_server'))"
    )
    assert process.stdout.read().split() == ["True", "None", "None"]


def test_each_process_has_its_own_streams(start: Start) -> None:
    first, second = start(_ECHO), start(_ECHO)
    for process, word in ((first, "one"), (second, "two")):
        process.stdin.write(f"{word}\n")
        assert process.stdout.readline() == f"{word}\n"
    first.stdin.close()
    assert first.wait(_TIMEOUT) == 0
    assert second.poll() is None


def test_what_a_script_raises_is_in_its_standard_error(start: Start) -> None:
    process = start("raise ValueError('no such thing')")
    assert "ValueError: no such thing" in process.stderr.read()
    assert process.wait(_TIMEOUT) == 0


def test_a_process_that_does_not_end_is_waited_for_and_killed(start: Start) -> None:
    process = start(_ECHO)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.01)
    process.terminate()
    assert process.wait(_TIMEOUT) == 0


def test_a_script_learns_how_its_own_programs_end(start: Start) -> None:
    process = start("import subprocess; print(subprocess.run(['sh', '-c', 'exit 3']).returncode)")
    assert process.stdout.read() == "3\n"


def test_an_ended_server_is_reported(tmp_path: Path) -> None:
    server = ForkServer([])
    server.process.kill()
    server.process.wait()
    with pytest.raises(OSError, match=r"pipe|ended|reset"):
        server.start("script.py", cwd=str(tmp_path), env={})
    server.stop()


def test_the_code_of_all_workers_of_a_function_is_unpacked_once(tmp_path: Path) -> None:
    def unpack(content: str, folder: str) -> Path:
        archive = tmp_path / f"{folder}.zip"
        with zipfile.ZipFile(archive, "w") as file:
            file.writestr("package/module.py", content)
        (tmp_path / folder).mkdir()
        with LinkedZipFile(archive) as file:
            file.extractall(tmp_path / folder)
        return tmp_path / folder / "package" / "module.py"

    first, second, other = unpack("1", "a"), unpack("1", "b"), unpack("2", "c")
    assert first.samefile(second)
    assert (first.read_text(), other.read_text()) == ("1", "2")
