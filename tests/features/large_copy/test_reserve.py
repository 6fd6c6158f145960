"""The time that is left when a part of a copy starts: every part ends before its function, and every function copies some."""

import heapq

import pytest

from functions.adapters.s3.part_copy import COPY_PART_SIZE, MAX_CONCURRENT_PARTS
from functions.domain.parts import GIB, MAX_OBJECT, plan_parts
from functions.features.large_copy.worker import choose_reserve
from infra.features.large_copy import TIMEOUT

SIZES = [6 * GIB, 5_000 * GIB, 20_000 * GIB, MAX_OBJECT]
LATENCY = 1.7


def list_ends(size: int, rate: int) -> list[float]:
    """Returns the seconds after which each part of one invocation ends, if S3 copies `rate` bytes of it in a second."""
    plan = plan_parts(size, COPY_PART_SIZE)
    duration, timeout = LATENCY + plan.part_size / rate, TIMEOUT.to_seconds()
    free, ends = [0.0] * MAX_CONCURRENT_PARTS, []
    for _ in range(plan.part_count):
        start = heapq.heappop(free)
        if timeout - start < choose_reserve(size):
            break
        ends.append(start + duration)
        heapq.heappush(free, start + duration)
    return ends


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("rate", [70_000_000, 35_000_000, 21_000_000])
def test_every_part_that_is_started_ends_before_the_function(size: int, rate: int) -> None:
    ends = list_ends(size, rate)
    assert len(ends) >= MAX_CONCURRENT_PARTS
    assert max(ends) < TIMEOUT.to_seconds()
