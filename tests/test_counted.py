"""The counts at the end of a run, held against runs of their own: in one process, and spread over two."""

import subprocess
import sys
from pathlib import Path

import pytest

_PROJECT = Path(__file__).parents[1]

_CONFTEST = """
from tests.conftest import counted, pytest_configure
"""
_TESTS = """
def test_of_some(counted):
    counted("crash points", 100)
    counted("crash points", 20)

def test_of_more(counted):
    counted("crash points", 3)
    counted("schedules", 7)
"""


@pytest.mark.parametrize("processes", ["0", "2"])
def test_the_totals_of_all_tests_stand_in_the_summary(tmp_path: Path, processes: str) -> None:
    (tmp_path / "conftest.py").write_text(_CONFTEST)
    (tmp_path / "test_it.py").write_text(_TESTS)

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", processes, "--rootdir", tmp_path, tmp_path],
        env={"PYTHONPATH": str(_PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )

    counts = [line for line in run.stdout.splitlines() if line.startswith("counted: ")]
    assert counts == ["counted: crash points 123", "counted: schedules 7"]
