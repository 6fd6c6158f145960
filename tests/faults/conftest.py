"""How much was tried goes into the report of the run."""

from collections.abc import Callable

import pytest

Tried = Callable[[str, int], None]


@pytest.fixture
def tried(record_property: Callable[[str, object], None]) -> Tried:
    """`tried(what, number)` says what this test has tried; the run's summary adds it up, see `tests/conftest.py`."""
    return lambda what, number: record_property("tried", [what, number])
