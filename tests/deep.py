"""Exhaustive tests within a time limit.

A test marked `deep` loops over `within_time(cases, ...)`. AIRLOCK_DEEP_SECONDS is the limit for all such tests of a process, by
default 300, measured from the start of the first one. What does not fit is left out and listed at the end of the report.
AIRLOCK_SOAK=1 removes the limit and gives the longest tests their full size.

The tests run in a random order that depends on AIRLOCK_DEEP_ORDER, by default the commit, so that each commit leaves out
others.
"""

import os
import random
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sized
from pathlib import Path
from typing import TypeVar

import pytest

from tests.case_counts import CountCases, sum_property

Case = TypeVar("Case")
WithinTime = Callable[[str, Iterable[Case]], Iterator[Case]]

SOAK = os.environ.get("AIRLOCK_SOAK") == "1"
SECONDS = float("inf") if SOAK else float(os.environ.get("AIRLOCK_DEEP_SECONDS", "300"))
OUT_OF_TIME = "left out: out of time"


class TimeLimit:
    """The deadline of this process; set by the first deep test."""

    def __init__(self) -> None:
        self._deadline: float | None = None

    def is_over(self) -> bool:
        if self._deadline is None:
            self._deadline = time.monotonic() + SECONDS
        return time.monotonic() >= self._deadline


LIMIT = TimeLimit()


@pytest.fixture
def within_time(count_cases: CountCases, record_property: Callable[[str, object], None]) -> WithinTime[Case]:
    """Yields each case while there is time, and counts the cases. Cases without a length are made one by one."""

    def limit(name: str, cases: Iterable[Case]) -> Iterator[Case]:
        number = 0
        for case in cases:
            if LIMIT.is_over():
                record_property("left out", _describe_rest(name, cases, number))
                break
            yield case
            number += 1
        count_cases(name, number)

    return limit


def _describe_rest(name: str, cases: Iterable[Case], done: int) -> tuple[str, int]:
    return (name, len(cases) - done) if isinstance(cases, Sized) else (f"tests cut short: {name}", 1)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "deep: exhaustive, within AIRLOCK_DEEP_SECONDS (see tests/deep.py)")
    config.addinivalue_line("markers", "soak: with many more cases in `make soak`")


def pytest_report_header() -> str:
    return f"deep tests: {SECONDS:.0f} seconds, AIRLOCK_DEEP_ORDER={_order()}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Deep tests run last, in random order."""
    deep = [item for item in items if item.get_closest_marker("deep")]
    others = [item for item in items if not item.get_closest_marker("deep")]
    random.Random(_order()).shuffle(deep)
    items[:] = [*others, *deep]


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("deep") and LIMIT.is_over():
        pytest.skip(OUT_OF_TIME)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    passed = terminalreporter.getreports("passed")
    for name, number in sorted(sum_property(passed, "counted").items()):
        terminalreporter.write_line(f"counted: {name} {number}")
    skipped = (
        report for report in terminalreporter.getreports("skipped") if OUT_OF_TIME in str(report.longrepr)
    )
    left_out = Counter(f"tests of {report.nodeid.partition('::')[0]}" for report in skipped)
    for name, number in sorted((left_out + sum_property(passed, "left out")).items()):
        terminalreporter.write_line(f"left out after {SECONDS:.0f} seconds: {name} {number}")


def _order() -> str:
    """The name of a random order."""
    if given := os.environ.get("AIRLOCK_DEEP_ORDER"):
        return given
    commit = subprocess.run(
        ["git", "rev-parse", "--short=10", "HEAD"],
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=False,
    )
    return commit.stdout.strip() or "0"
