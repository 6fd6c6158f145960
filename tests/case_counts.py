"""Numbers of cases that a run has tried, by name. The report ends with their sums."""

from collections import Counter
from collections.abc import Callable, Iterable

import pytest

CountCases = Callable[[str, int], None]


@pytest.fixture
def count_cases(record_property: Callable[[str, object], None]) -> CountCases:
    # Properties are part of a test's report, which pytest-xdist sends from the process of the test.
    return lambda cases, number: record_property("counted", (cases, number))


def sum_property(reports: Iterable[pytest.TestReport], name: str) -> Counter[str]:
    """Adds up the (cases, number) that tests have recorded under `name`. `reports` has one report of each test."""
    sums: Counter[str] = Counter()
    for report in reports:
        for key, value in report.user_properties:
            if key == name and isinstance(value, tuple):
                cases, number = value
                sums[cases] += number
    return sums
