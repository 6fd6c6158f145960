"""What a run tried, counted and printed at its end: `counted("crash points", 3)` adds up over all tests.

The totals travel in the tests' reports, so they are whole under pytest-xdist too.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import cast

import pytest

Counted = Callable[[str, int], None]

_PROPERTY = "counted"


@pytest.fixture
def counted(request: pytest.FixtureRequest) -> Counted:
    """Adds `n` of `what` to the totals in the terminal summary."""

    totals: dict[str, int] = {}
    request.node.user_properties.append((_PROPERTY, totals))

    def add(what: str, n: int) -> None:
        totals[what] = totals.get(what, 0) + n

    return add


class Totals:
    """The plugin that sums up; pytest calls its methods by their names."""

    def __init__(self) -> None:
        self._totals: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        # Every phase's report repeats what was counted so far; the last one has all of it.
        if report.when == "teardown":
            for name, value in report.user_properties:
                if name == _PROPERTY:
                    self._totals.update(cast(Mapping[str, int], value))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for what in sorted(self._totals):
            terminalreporter.write_line(f"counted: {what} {self._totals[what]}")
