"""Many S3 events, some duplicate or reordered: every document is correct, and the memory of the process does not grow."""

import os
import subprocess
import sys

import pytest

from tests.case_counts import CountCases
from tests.deep import SOAK
from tests.faults.many_events import STATM, WINDOW
from tests.skips import skip_or_fail

EVENTS = 10_000 if SOAK else 1_000
PROCESSES = 2
"""As many as a small machine has processors."""
MAX_GROWTH = 50 * 1024**2
"""Bytes that a process may grow after its first tenth."""


@pytest.mark.deep
@pytest.mark.skipif(**skip_or_fail("/proc", STATM.exists()))
def test_after_many_events_every_document_is_correct_and_memory_has_not_grown(
    count_cases: CountCases,
) -> None:
    share = EVENTS // WINDOW // PROCESSES
    runs = [_start(number * share, (number + 1) * share) for number in range(PROCESSES)]
    for run in runs:
        _, errors = run.communicate()
        assert run.returncode == 0, errors[-5_000:]
        growth = int(errors.splitlines()[-1])
        assert growth < MAX_GROWTH
        count_cases("MiB that a process grew", round(growth / 1024**2))
    count_cases("S3 events delivered", EVENTS)


def test_twenty_events_with_a_duplicate_and_reordered_versions_make_every_document_correct() -> None:
    run = _start(0, 1)
    _, errors = run.communicate()
    assert run.returncode == 0, errors[-5_000:]


def _start(first: int, last: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.faults.many_events", str(first), str(last)]
    # pytest's `pythonpath` holds for this process only.
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
