"""The schedule of attempts."""

from datetime import timedelta

import pytest

from functions.domain.webhooks import find_delay


def test_eight_attempts_are_spread_over_two_days() -> None:
    waits = [find_delay(failed, None) for failed in range(1, 9)]
    assert [wait and wait.total_seconds() for wait in waits] == [
        30,
        120,
        900,
        3_600,
        14_400,
        43_200,
        86_400,
        None,
    ]


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [
        pytest.param(0, 30, id="no wait"),
        pytest.param(5, 30, id="shorter than the schedule"),
        pytest.param(600, 600, id="longer"),
        pytest.param(10**9, 86_400, id="longer than the queue keeps a message"),
    ],
)
def test_retry_after_makes_a_wait_longer_and_never_shorter(seconds: int, wait: int) -> None:
    assert find_delay(1, timedelta(seconds=seconds)) == timedelta(seconds=wait)


def test_retry_after_adds_no_attempt() -> None:
    assert find_delay(8, timedelta(seconds=1)) is None
