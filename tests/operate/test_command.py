"""`python -m operate` as a person starts it, without any AWS."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NOBODY = "http://127.0.0.1:9"
"""The discard port, on which nothing listens."""


def run(*arguments: str) -> tuple[int, str]:
    """Returns the exit code and what the command says on standard error."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": NOBODY,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_MAX_ATTEMPTS": "1",
    }
    command = [sys.executable, "-m", "operate", *arguments]
    finished = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return finished.returncode, finished.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give --since, --code or --kind, or --owner and --document-id, or --all"),
        (
            ["--all", "--kind", "photo"],
            "give --since, --code or --kind, or --owner and --document-id, or --all",
        ),
        (["--owner", "o"], "--owner and --document-id belong together"),
        (["--owner", "o", "--document-id", "d", "--dry-run"], "--dry-run is for a selection"),
        (["--since", "soon"], "'soon' is neither a duration such as 2h nor a time with an offset"),
    ],
)
def test_arguments_that_make_no_sense_exit_with_2(arguments: list[str], message: str) -> None:
    code, error = run("redrive", "--stage", "prod", *arguments)
    assert code == 2
    assert message in error


def test_a_stack_that_cannot_be_read_exits_with_1_and_without_a_traceback() -> None:
    code, error = run("failed", "--stage", "prod")
    assert code == 1
    assert error.startswith("operate: the stack Airlock-prod cannot be read: ")
    assert "Traceback" not in error
