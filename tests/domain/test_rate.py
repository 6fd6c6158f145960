"""The rate of creates: nobody within it is refused, nobody gets far beyond it, and a wait is exact."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.rate import OwnerRate
from tests.examples import NOW

SECOND, MICROSECOND = timedelta(seconds=1), timedelta(microseconds=1)

rates = st.builds(OwnerRate, per_second=st.integers(1, 1_000), burst=st.integers(100, 2_000))
"""Rates whose burst is at least a batch."""
steps = st.lists(
    st.tuples(st.timedeltas(timedelta(0), timedelta(minutes=5)), st.integers(1, 98)), min_size=1, max_size=60
)
"""Times between creates, and the number of documents of each."""


def admit(rate: OwnerRate, creates: list[tuple[timedelta, int]]) -> list[tuple[datetime, int]]:
    """Returns the time and the number of documents of each create that is admitted."""
    now, tat, admitted = NOW, None, []
    for pause, count in creates:
        now += pause
        if rate.wait(tat, count, now) == 0:
            tat = rate.add(tat, count, now)
            admitted.append((now, count))
    return admitted


@given(rates, steps)
def test_no_window_admits_more_than_the_burst_and_a_tenth_and_the_sustained_rate(
    rate: OwnerRate, creates: list[tuple[timedelta, int]]
) -> None:
    admitted = admit(rate, creates)
    for first in range(len(admitted)):
        total = 0
        for time, count in admitted[first:]:
            total += count
            assert total <= rate.burst * 1.1 + (time - admitted[first][0]) / rate.interval + 1


@given(rates, steps)
def test_nobody_is_refused_whose_creates_fit_the_burst_and_the_sustained_rate(
    rate: OwnerRate, creates: list[tuple[timedelta, int]]
) -> None:
    """The bucket of tokens that the burst fills is the other description of the same limit."""
    tokens, now, tat = float(rate.burst), NOW, None
    for pause, count in creates:
        now += pause
        tokens = min(rate.burst, tokens + pause / rate.interval)
        if tokens < count:
            continue
        assert rate.wait(tat, count, now) == 0
        tat, tokens = rate.add(tat, count, now), tokens - count


@given(rates, st.timedeltas(-timedelta(days=1), timedelta(days=1)), st.integers(1, 98))
def test_a_wait_is_the_first_whole_second_that_suffices(
    rate: OwnerRate, ahead: timedelta, count: int
) -> None:
    wait = rate.wait(NOW + ahead, count, NOW)
    assert rate.wait(NOW + ahead, count, NOW + wait * SECOND) == 0
    if wait:
        assert rate.wait(NOW + ahead, count, NOW + (wait - 1) * SECOND) == 1


@given(
    rates,
    st.timedeltas(-timedelta(days=1), timedelta(days=1)),
    st.timedeltas(timedelta(0), timedelta(days=1)),
)
def test_the_form_of_an_old_tat_holds_for_every_later_one(
    rate: OwnerRate, behind: timedelta, later: timedelta
) -> None:
    if rate.is_additive(NOW + behind, NOW):
        assert rate.is_additive(NOW + behind + later, NOW)


def test_a_create_after_a_pause_starts_at_the_clock() -> None:
    rate = OwnerRate(per_second=10, burst=500)
    assert rate.add(None, 1, NOW) == NOW + SECOND / 10
    assert rate.add(NOW - rate.slack, 5, NOW) == NOW + SECOND / 2
    assert rate.add(NOW - rate.slack + MICROSECOND, 5, NOW) == NOW - rate.slack + MICROSECOND + SECOND / 2


@pytest.mark.parametrize("per_second", [1, 3, 7, 10, 1_000])
def test_an_interval_is_never_longer_than_the_rate_says(per_second: int) -> None:
    interval = OwnerRate(per_second=per_second, burst=500).interval
    assert interval * per_second <= SECOND < (interval + MICROSECOND) * per_second
