"""Ten thousand of S3's events, some twice, some in another order: every document is right, and memory stays what it was."""

import subprocess
import sys

import pytest

from tests.counted import Counted
from tests.faults.many_events import STATM, WINDOW
from tests.skips import skip_or_fail

EVENTS = 10_000
AT_ONCE = 2
"""Processes, as many as a small machine has processors; each takes its share."""
GROWTH = 50 * 1024**2
"""Bytes that a process may have more at its end than after its first tenth."""


@pytest.mark.skipif(**skip_or_fail("/proc", STATM.exists()))
def test_ten_thousand_events_make_every_document_right_and_memory_stays_flat(counted: Counted) -> None:
    share = EVENTS // WINDOW // AT_ONCE
    runs = [_run(number * share, (number + 1) * share) for number in range(AT_ONCE)]
    for run in runs:
        _, said = run.communicate()
        assert run.returncode == 0, said[-5_000:]
        grown = int(said.splitlines()[-1])
        assert grown < GROWTH, f"{grown} bytes more"
        counted("MiB that a process grew meanwhile", round(grown / 1024**2))
    counted("events of S3 delivered", EVENTS)


def _run(first: int, last: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.faults.many_events", str(first), str(last)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
