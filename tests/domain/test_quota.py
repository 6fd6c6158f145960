"""The limits of an owner, at the limit and one beyond."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.domain.errors import TooMany, WrongState
from functions.domain.quota import Usage, check, seconds_to_midnight
from tests.examples import NOW, PLENTY

LIMITS = replace(PLENTY, open_uploads=3, stored_bytes=1000, daily_files=10, daily_bytes=500)


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
def test_usage_may_reach_a_limit_exactly(usage: Usage) -> None:
    check(LIMITS, usage, 100, NOW)


def test_one_open_upload_too_many_is_rejected_for_a_minute() -> None:
    with pytest.raises(TooMany) as error:
        check(LIMITS, Usage(open_uploads=3), 1, NOW)
    assert (error.value.code, error.value.retry_after) == ("too_many_open_uploads", 60)


@pytest.mark.parametrize("usage", [Usage(daily_files=10), Usage(daily_bytes=401)])
def test_one_file_or_byte_too_many_today_is_rejected_until_midnight(usage: Usage) -> None:
    with pytest.raises(TooMany) as error:
        check(LIMITS, usage, 100, NOW)
    assert (error.value.code, error.value.retry_after) == ("daily_quota_exceeded", seconds_to_midnight(NOW))


def test_one_stored_byte_too_many_is_rejected_without_retry_after() -> None:
    with pytest.raises(WrongState) as error:
        check(LIMITS, Usage(reserved_bytes=901), 100, NOW)
    assert (error.value.code, error.value.retry_after) == ("storage_quota_exceeded", None)


@given(st.timedeltas(timedelta(0), timedelta(days=9_999)).map(NOW.__add__))
def test_a_retry_comes_within_the_first_second_of_the_next_day(now: datetime) -> None:
    then = now + timedelta(seconds=seconds_to_midnight(now))
    tomorrow = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    assert tomorrow < then <= tomorrow + timedelta(seconds=1)
