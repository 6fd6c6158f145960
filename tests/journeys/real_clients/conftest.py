"""The file that every client uploads. Clients that only `make clients` installs are left out elsewhere."""

import sys
from pathlib import Path

import pytest

from tests.journeys.files import pdf
from tests.journeys.real_clients.scripts import FOLDER, RUNS_ALL

collect_ignore = [] if RUNS_ALL else ["test_more_clients.py"]

_SIZE = 2_000_000
"""Bytes. Above 1 MiB curl sends `Expect: 100-continue`."""


@pytest.fixture(scope="session")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("files") / "report.pdf"
    path.write_bytes(pdf(_SIZE))
    return path


@pytest.fixture(scope="session")
def python() -> Path:
    """Returns the interpreter of the environment with the pinned clients, or else the one of the tests."""
    return FOLDER.parents[2] / "build/clients-python/bin/python" if RUNS_ALL else Path(sys.executable)
