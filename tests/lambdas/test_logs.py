"""Logs of the functions: short lines of JSON, without secrets and without names."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from functions.domain.keys import staging_key
from functions.messages import document_ids, s3_events
from tests.examples import OWNER, an_id
from tests.lambdas.events import notification, s3_record

ROOT = Path(__file__).parents[2]
SLICES = ("sweep_started", "slice", "batch")
"""Lines of the start of a sweep, and of the run of one slice."""
OF_FAULTS = ["message_failed", "batch", "crash", "problem"]


@dataclass(frozen=True)
class Logs:
    """The lines that the functions logged, and the secrets that none may contain."""

    lines: list[str]
    secrets: list[str]


@pytest.fixture(scope="module")
def logs() -> Logs:
    """Runs the scenario in a process of its own, because a logger keeps the stdout of its creation."""
    lambda_ = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),  # of pytest, with the packages under tools/
        "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
        "POWERTOOLS_SERVICE_NAME": "airlock-pipeline",
        "LOG_LEVEL": "INFO",
    }
    command = [sys.executable, "-W", "error", "-m", "tests.lambdas.log_scenario"]
    ran = subprocess.run(command, cwd=ROOT, env=lambda_, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    report = json.loads(ran.stderr.splitlines()[-1])
    return Logs(ran.stdout.splitlines(), report["secrets"])


def test_a_successful_request_logs_nothing_but_creates_and_every_other_invocation_one_line_and_one_for_each_document(
    logs: Logs,
) -> None:
    """The gateway logs each request. Here two are refused, and three invocations do not come from the gateway."""
    messages = [json.loads(line)["message"] for line in logs.lines]
    of_requests = ["created", "document", "batch", "created", "problem", "problem"]
    assert messages == [*of_requests, "sweep", *SLICES, "batch", *OF_FAULTS]


def test_a_line_has_at_most_512_bytes(logs: Logs) -> None:
    lengths = [len(line.encode()) for line in logs.lines if "Traceback" not in line and "_aws" not in line]
    assert max(lengths) <= 512


def test_the_line_of_a_document_has_at_most_1024_bytes_with_its_metrics(logs: Logs) -> None:
    [line] = [line for line in logs.lines if '"message":"document"' in line]
    assert len(line.encode()) <= 1024
    assert json.loads(line)["_aws"]


def test_a_create_and_a_problem_name_the_document_as_the_pipeline_does(logs: Logs) -> None:
    lines = [json.loads(line) for line in logs.lines]
    created, multipart = (each["document_id"] for each in lines if each["message"] == "created")
    assert [each["document_id"] for each in lines if each["message"] == "document"] == [created]
    assert [each.get("document_id") for each in lines if each.get("status") == 409] == [multipart]


def test_a_problem_is_logged_with_its_code_and_request_id(logs: Logs) -> None:
    problems = [json.loads(line) for line in logs.lines if '"problem"' in line]
    assert all(problem["request_id"] and problem["route"] for problem in problems)
    assert len({problem["request_id"] for problem in problems}) == len(problems)
    told = {(problem["status"], problem["code"]) for problem in problems}
    assert told == {(400, "malformed_json"), (409, "parts_incomplete"), (500, "internal_error")}


def test_no_line_holds_a_url_a_signature_a_token_a_name_or_a_body(logs: Logs) -> None:
    assert len(logs.secrets) > 12
    for secret in logs.secrets:
        assert [line for line in logs.lines if secret in line] == []
    assert [line for line in logs.lines if "https://" in line] == []


def test_a_fault_is_logged_as_an_error_with_its_traceback(logs: Logs) -> None:
    errors = [json.loads(line) for line in logs.lines if json.loads(line)["level"] == "ERROR"]
    assert [error["message"] for error in errors] == ["message_failed", "crash"]
    assert all("Traceback" in error["exception"] for error in errors)


def test_a_message_that_fails_is_logged_with_the_id_of_its_document_if_it_has_one() -> None:
    key = staging_key(OWNER, an_id())
    upload = notification(s3_record("a-bucket", key, "v1"))
    assert s3_events.document_id_of(upload) == an_id()
    assert document_ids.document_id_of(json.dumps({"documentId": an_id()})) == an_id()
    for body in ("not JSON", '{"documentId": "a-private-name.pdf"}', "[]"):
        assert s3_events.document_id_of(body) is None
        assert document_ids.document_id_of(body) is None
