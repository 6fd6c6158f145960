"""The functions with every call to AWS in sight; and how much was tried goes into the report of the run."""

from collections.abc import Callable, Iterator

import pytest

from tests.faults.aws_calls import tapped
from tests.faults.world import Functions

Tried = Callable[[str, int], None]


@pytest.fixture(scope="module")
def functions() -> Iterator[Functions]:
    with pytest.MonkeyPatch.context() as environment, tapped() as calls:
        yield Functions(calls, environment)


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Tried:
    """`tried(what, number)` says what this test has tried; the run's summary adds it up, see `tests/conftest.py`."""
    return lambda what, number: record_property("tried", [what, number])
