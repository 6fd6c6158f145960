"""Bands of an owner's day: one event when a write passes the end, and none before or after."""

from datetime import date

import pytest

from functions.domain.suspicion import DayCounter, find_passed

DAY, NEXT = date(2026, 5, 4), date(2026, 5, 5)
CREATES, BYTES = DayCounter.CREATES, DayCounter.BYTES
BANDS = {CREATES: 10}


@pytest.mark.parametrize(
    ("before", "after", "is_passed"),
    [(9, 10, False), (10, 11, True), (0, 98, True), (11, 12, False), (11, 11, False)],
)
def test_the_write_that_passes_the_end_of_the_band_is_found(before: int, after: int, is_passed: bool) -> None:
    found = find_passed({(CREATES, DAY): before}, {(CREATES, DAY): after}, BANDS)
    assert found == ([(CREATES, DAY)] if is_passed else [])


def test_each_day_begins_with_nothing() -> None:
    after = {(CREATES, DAY): 20, (CREATES, NEXT): 11}
    assert find_passed({(CREATES, DAY): 20}, after, BANDS) == [(CREATES, NEXT)]


def test_a_counter_without_a_band_is_never_suspicious() -> None:
    assert find_passed({}, {(BYTES, DAY): 1 << 50}, BANDS) == []
    assert find_passed({}, {(BYTES, DAY): 1 << 50}, {BYTES: 0}) == []
