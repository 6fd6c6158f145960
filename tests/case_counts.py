"""Numbers of cases that a run has tried, by name. The report ends with their sums."""

from collections import Counter
from collections.abc import Callable

import pytest

CountCases = Callable[[str, int], None]


@pytest.fixture
def count_cases(record_property: Callable[[str, object], None]) -> CountCases:
    # Properties are part of a test's report, which pytest-xdist sends from the process of the test.
    return lambda cases, number: record_property("counted", (cases, number))


def sum_property(reporter: pytest.TerminalReporter, name: str) -> Counter[str]:
    """Adds up the (cases, number) that passed tests have recorded under `name`."""
    sums: Counter[str] = Counter()
    for report in reporter.getreports("passed"):
        for key, value in report.user_properties:
            if key == name:
                cases, number = value
                sums[cases] += number
    return sums
