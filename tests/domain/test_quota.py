"""What an owner may hold, at the limit and one beyond it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.errors import TooMany, WrongState
from functions.domain.quota import Limits, Usage, check, seconds_to_midnight
from tests.examples import NOW

LIMITS = Limits(open_uploads=3, stored_bytes=1000, daily_files=10, daily_bytes=500)


@pytest.mark.parametrize(
    "usage",
    [
        Usage(),
        Usage(open_uploads=2),
        Usage(reserved_bytes=900),
        Usage(daily_files=9),
        Usage(daily_bytes=400),
        Usage(900, 2, 9, 400),
    ],
)
def test_what_reaches_a_limit_exactly_is_allowed(usage: Usage) -> None:
    check(LIMITS, usage, 100, NOW)


def test_one_open_upload_too_many_is_refused_for_a_minute() -> None:
    with pytest.raises(TooMany) as error:
        check(LIMITS, Usage(open_uploads=3), 1, NOW)
    assert (error.value.code, error.value.retry_after) == ("too_many_open_uploads", 60)


@pytest.mark.parametrize("usage", [Usage(daily_files=10), Usage(daily_bytes=401)])
def test_one_file_or_byte_too_many_today_is_refused_until_midnight(usage: Usage) -> None:
    with pytest.raises(TooMany) as error:
        check(LIMITS, usage, 100, NOW)
    assert (error.value.code, error.value.retry_after) == ("daily_quota_exceeded", seconds_to_midnight(NOW))


def test_one_stored_byte_too_many_is_refused_without_a_time_to_wait() -> None:
    with pytest.raises(WrongState) as error:
        check(LIMITS, Usage(reserved_bytes=901), 100, NOW)
    assert (error.value.code, error.value.retry_after) == ("storage_quota_exceeded", None)


@given(st.timedeltas(timedelta(0), timedelta(days=9_999)).map(NOW.__add__))
def test_after_the_wait_it_is_the_next_day_and_at_most_a_second_of_it_is_lost(now: datetime) -> None:
    then = now + timedelta(seconds=seconds_to_midnight(now))
    tomorrow = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    assert tomorrow < then <= tomorrow + timedelta(seconds=1)
