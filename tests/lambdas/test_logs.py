"""The functions' logs: one line of JSON an invocation, short, and nothing in it that opens or names anything."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BAD_DAY = ["message_failed", "batch", "crash", "problem"]


@dataclass(frozen=True)
class Day:
    """`lines` are all that the functions wrote, `secrets` what none of them may hold."""

    lines: list[str]
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
    command = [sys.executable, "-W", "error", "-m", "tests.lambdas.every_function"]
    ran = subprocess.run(command, cwd=ROOT, env=lambda_, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stderr.splitlines()[-1])
    return Day(ran.stdout.splitlines(), report["secrets"])


def test_a_request_that_goes_well_writes_nothing_and_every_other_invocation_one_line(day: Day) -> None:
    """The gateway has a line for each request; here two are refused, and three invocations are not the gateway's."""
    messages = [json.loads(line)["message"] for line in day.lines]
    assert messages == ["batch", "problem", "problem", "sweep", "batch", *BAD_DAY]


def test_a_line_has_at_most_512_bytes(day: Day) -> None:
    lengths = [len(line.encode()) for line in day.lines if "Traceback" not in line]
    assert max(lengths) <= 512


def test_a_problem_is_found_by_the_id_of_its_request_and_says_its_code(day: Day) -> None:
    problems = [json.loads(line) for line in day.lines if '"problem"' in line]
    assert all(problem["request_id"] and problem["route"] for problem in problems)
    assert len({problem["request_id"] for problem in problems}) == len(problems)
    told = {(problem["status"], problem["code"]) for problem in problems}
    assert told == {(400, "malformed_json"), (409, "parts_incomplete"), (500, "internal_error")}


def test_no_line_holds_a_url_a_signature_a_token_a_name_or_a_body(day: Day) -> None:
    assert len(day.secrets) > 12
    for secret in day.secrets:
        assert [line for line in day.lines if secret in line] == []
    assert [line for line in day.lines if "https://" in line] == []


def test_a_fault_is_logged_as_an_error_with_its_traceback(day: Day) -> None:
    errors = [json.loads(line) for line in day.lines if json.loads(line)["level"] == "ERROR"]
    assert [error["message"] for error in errors] == ["message_failed", "crash"]
    assert all("Traceback" in error["exception"] for error in errors)
