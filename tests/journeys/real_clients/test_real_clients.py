"""HTTP clients that the project installs anyway, each used as its own documentation says, upload until `ready`.

test_more_clients.py has the others.
"""

import shutil
from pathlib import Path

import pytest

from local.stack import LocalStack
from tests.journeys.npm import NODE
from tests.journeys.real_clients.scripts import FOLDER, run_script
from tests.skips import skip_or_fail


@pytest.mark.parametrize("client", ["requests", "httpx"])
def test_clients_of_python(stack: LocalStack, report: Path, python: Path, client: str) -> None:
    assert run_script(stack, report, python, FOLDER / f"python/with_{client}.py") == "ready"


@pytest.mark.skipif(**skip_or_fail("curl", shutil.which("curl") is not None))
def test_curl(stack: LocalStack, report: Path, python: Path) -> None:
    assert run_script(stack, report, python, FOLDER / "python/with_commands.py", "curl") == "ready"


def test_fetch_of_node_with_a_stream(stack: LocalStack, report: Path) -> None:
    assert run_script(stack, report, NODE, FOLDER / "node/fetch.mjs") == "ready"
