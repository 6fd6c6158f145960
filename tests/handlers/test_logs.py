"""The functions' logs: one line of JSON an invocation, short, and nothing in it that opens or names anything."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Day:
    """`lines` are all that the functions wrote; `good` invocations came first, then `bad` ones."""

    lines: list[str]
    good: int
    bad: int
    secrets: list[str]


@pytest.fixture(scope="module")
def day() -> Day:
    """In a process of its own: a logger keeps the stdout that was there when it was made."""
    lambda_ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
        "POWERTOOLS_SERVICE_NAME": "airlock-object-created",
        "LOG_LEVEL": "INFO",
    }
    command = [sys.executable, "-W", "error", "-m", "tests.handlers.every_function"]
    ran = subprocess.run(command, cwd=ROOT, env=lambda_, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stderr.splitlines()[-1])
    return Day(ran.stdout.splitlines(), report["good"], report["bad"], report["secrets"])


def test_an_invocation_that_goes_well_writes_exactly_one_line(day: Day) -> None:
    messages = [json.loads(line)["message"] for line in day.lines]
    assert messages[: day.good].count("request") == day.good - 3
    assert messages[: day.good].count("batch") == 2
    assert messages[: day.good].count("sweep") == 1
    assert messages[day.good :] == ["message_failed", "batch", "crash", "request"]


def test_a_line_has_at_most_512_bytes(day: Day) -> None:
    lengths = [len(line.encode()) for line in day.lines[: day.good]]
    assert max(lengths) <= 512


def test_a_request_is_found_by_its_id(day: Day) -> None:
    requests = [json.loads(line) for line in day.lines if '"request"' in line]
    assert all(request["request_id"] and request["route"] and request["status"] for request in requests)
    assert len({request["request_id"] for request in requests}) == len(requests)


def test_no_line_holds_a_url_a_signature_a_token_a_name_or_a_body(day: Day) -> None:
    assert len(day.secrets) > 12
    for secret in day.secrets:
        assert [line for line in day.lines if secret in line] == []
    assert [line for line in day.lines if "https://" in line] == []


def test_a_fault_is_logged_as_an_error_with_its_traceback(day: Day) -> None:
    errors = [json.loads(line) for line in day.lines if json.loads(line)["level"] == "ERROR"]
    assert [error["message"] for error in errors] == ["message_failed", "crash"]
    assert all("Traceback" in error["exception"] for error in errors)
