"""The rate of calls of an owner: what one and what many processes admit, and what each costs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from functions.adapters.dynamodb.unavailable import table_unavailable
from functions.domain.errors import TooMany
from functions.domain.owner_usage import CountedCalls
from functions.domain.rate import OwnerRate
from functions.services.calls import CHUNK, SHARE, CallMeter
from tests.examples import OWNER, Clock
from tests.fake_owner_usage import InMemoryOwnerUsage
from tests.repository_steps import OTHER_OWNER

RATE = OwnerRate(per_second=20, burst=400)
SECOND = timedelta(seconds=1)


class UnavailableUsage(InMemoryOwnerUsage):
    """Counters of a table that throttles every write."""

    def add_calls(
        self, owner: str, count: int, rate: OwnerRate, tat: datetime | None, now: datetime
    ) -> CountedCalls:
        self.writes += 1
        raise table_unavailable()


@dataclass
class Processes:
    """Processes that share one table and one clock. Calls go to them in turn."""

    count: int
    table: InMemoryOwnerUsage = field(default_factory=InMemoryOwnerUsage)
    clock: Clock = field(default_factory=Clock)
    logged: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.meters = [
            CallMeter(repository=self.table, rate=RATE, clock=self.clock, log=self.logged.append)
            for _ in range(self.count)
        ]

    def send(self, calls: int, owner: str = OWNER) -> int:
        """Sends calls at once, and returns the number that is admitted."""
        admitted = 0
        for number in range(calls):
            try:
                self.meters[number % self.count].check(owner)
                admitted += 1
            except TooMany:
                pass
        return admitted

    def send_to(self, process: int) -> bool:
        """Sends a call to one process, and returns True if it is admitted."""
        try:
            self.meters[process].check(OWNER)
        except TooMany:
            return False
        return True

    def send_steadily(self, per_second: int, seconds: int) -> int:
        admitted = 0
        for _ in range(per_second * seconds):
            self.clock.advance(SECOND / per_second)
            admitted += self.send(1)
        return admitted


def test_an_owner_within_the_share_of_a_process_costs_no_write() -> None:
    processes = Processes(1)
    assert processes.send_steadily(per_second=1, seconds=600) == 600
    assert processes.send(RATE.burst // SHARE - 1) == RATE.burst // SHARE - 1
    assert processes.table.writes == 0


def test_an_owner_within_the_rate_is_never_refused() -> None:
    processes = Processes(3)
    assert processes.send_steadily(per_second=RATE.per_second, seconds=300) == 300 * RATE.per_second


def test_one_write_counts_many_calls() -> None:
    processes = Processes(1)
    assert processes.send(200) == 200
    assert processes.table.writes <= 200 / CHUNK + 1


@pytest.mark.parametrize("count", [1, 5, 20])
def test_a_flood_is_admitted_at_most_a_share_more_for_each_process(count: int) -> None:
    processes = Processes(count)
    admitted = processes.send(10_000)
    admitted += processes.send_steadily(per_second=500, seconds=30)
    allowed = RATE.burst * 1.1 + RATE.per_second * 30
    assert allowed * 0.8 <= admitted <= allowed * (1 + count / SHARE)


def test_what_is_counted_in_advance_takes_nothing_from_an_owner_who_moves_to_another_process() -> None:
    processes = Processes(10)
    share = RATE.burst // SHARE
    used = processes.send(10 * (share + 1))  # each process has counted calls that do not come
    moved = sum(processes.send_to(0) for _ in range(RATE.burst - used))
    assert used + moved == RATE.burst


def test_a_flood_that_is_refused_costs_a_write_of_each_process_and_second() -> None:
    processes = Processes(4)
    processes.send(10_000)
    before, seconds = processes.table.writes, 30
    processes.send_steadily(per_second=500, seconds=seconds)
    assert processes.table.writes - before <= seconds * RATE.per_second


def test_a_refused_call_passes_after_the_seconds_that_it_was_told() -> None:
    processes = Processes(1)
    processes.send(10_000)
    with pytest.raises(TooMany) as refusal:
        processes.meters[0].check(OWNER)
    [limit] = refusal.value.limits
    assert (limit.policy, limit.quota, limit.remaining, limit.window) == ("calls", 400, 0, 20)
    assert refusal.value.retry_after == limit.reset == 1
    processes.clock.advance(SECOND)
    processes.meters[0].check(OWNER)


def test_owners_do_not_share_a_rate() -> None:
    processes = Processes(1)
    processes.send(10_000)
    assert processes.send(100, OTHER_OWNER) == 100


def test_a_table_that_cannot_count_turns_nobody_away() -> None:
    processes = Processes(1, UnavailableUsage())
    assert processes.send(1_000) == 1_000
    assert processes.logged
    assert processes.table.writes <= 1_000 / CHUNK + 1, "a fault slows down one call of many"
