"""The rate of calls of an owner: writes and overshoot, on virtual time: `python -m bench.call_rate`.

Each process is a warm function with the real `CallMeter`, and all share one table without delay. A call goes to a random process,
as Lambda chooses one. Rate and burst are those that docs/limits.md suggests.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench.table import Row, report
from functions.domain.errors import TooMany
from functions.domain.rate import OwnerRate
from functions.services.calls import CallMeter
from tests.examples import OWNER, Clock
from tests.fake_owner_usage import InMemoryOwnerUsage

RATE = OwnerRate(per_second=50, burst=1_000)
SECONDS = 600
FLOOD = 1_000
"""Calls a second of an owner who sends as fast as a script can."""
PROCESSES = (1, 5, 20, 50)
BENCH = "rate of calls of an owner"


@dataclass
class Load:
    """The calls of one owner: numbers sent and admitted, on `processes` functions."""

    processes: int
    sent: int = 0
    admitted: int = 0
    clock: Clock = field(default_factory=Clock)
    table: InMemoryOwnerUsage = field(default_factory=InMemoryOwnerUsage)

    def __post_init__(self) -> None:
        self._random = random.Random(17)
        self._meters = [
            CallMeter(repository=self.table, rate=RATE, clock=self.clock, log=lambda _: None)
            for _ in range(self.processes)
        ]

    def send(self, calls: int) -> None:
        """Sends calls at once."""
        for _ in range(calls):
            self.sent += 1
            try:
                self._random.choice(self._meters).check(OWNER)
                self.admitted += 1
            except TooMany:
                pass

    def run(self, per_second: float, burst: int = 0, every: int = 60) -> "Load":
        """Sends `per_second` calls at random times, and `burst` at once `every` seconds, for `SECONDS` seconds."""
        end: datetime = self.clock.now + timedelta(seconds=SECONDS)
        next_burst = self.clock.now
        while self.clock.now < end:
            if burst and self.clock.now >= next_burst:
                self.send(burst)
                next_burst += timedelta(seconds=every)
            self.clock.advance(timedelta(seconds=self._random.expovariate(per_second)))
            self.send(1)
        return self

    @property
    def writes_per_1000(self) -> float:
        return 1_000 * self.table.writes / self.sent


def rows() -> Iterator[Row]:
    """Yields writes per 1,000 calls, and calls admitted of what the rate allows."""
    for name, processes, per_second, burst in (
        ("a page: 1 call/s, 30 at once every minute, 3 processes", 3, 1, 30),
        ("a busy page: 5 calls/s, 100 at once every minute, 5 processes", 5, 5, 100),
        ("a tenant: 25 calls/s, 10 processes", 10, 25, 0),
        ("a tenant at 90 % of the rate: 45 calls/s, 10 processes", 10, 45, 0),
    ):
        load = Load(processes).run(per_second, burst)
        yield Row(BENCH, f"{name}: writes", load.writes_per_1000, "per 1,000 calls")
        yield Row(BENCH, f"{name}: refused", load.sent - load.admitted, "calls", bar=0)
    allowed = RATE.burst + RATE.per_second * SECONDS
    for processes in PROCESSES:
        load = Load(processes).run(FLOOD)
        name = f"a flood of {FLOOD:,} calls/s, {processes} processes"
        yield Row(
            BENCH,
            f"{name}: admitted of what is allowed",
            load.admitted / allowed,
            "",
            bar=1.1 + processes / 20,
        )
        yield Row(BENCH, f"{name}: writes", load.writes_per_1000, "per 1,000 calls")


if __name__ == "__main__":
    sys.exit(report([*rows()]))
