"""Creates of one owner side by side, and batches: `python -m bench.owner_creates`.

Every create changes the owner's item USAGE in a transaction, so creates of one owner conflict. Creates side by side are
simulated: the code of the table's adapter is the real one, and the table conflicts as DynamoDB does, on virtual time.

Then the local stack creates 500 documents through its API, in batches and one by one. These times are of the wall clock
and include the other load of the machine. So each is the median of three rounds, and the ratio compares within a round.
"""

import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import httpx

from bench.conflicting_table import ConflictingTable
from bench.contenders import REQUEST
from bench.table import Row, report
from bench.virtual_threads import VirtualThreads
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.domain.errors import Unavailable
from local.stack import LocalStack, start_stack
from tests.examples import NOW, PLENTY, a_document, an_id

LEVELS = (1, 10, 50, 200)
"""Creates side by side."""
CREATES = 2_000
"""Creates of a level in all, in bursts of as many as are side by side."""
STEADY_LEVELS, STEADY_CREATES, PAUSE = (50, 200), 6_000, 0.2
"""Clients that create one document after the other, their creates in all, and the seconds between two of one client."""
ROUNDS = 3
"""Rounds on the local stack."""
BATCHES, BATCH, SINGLES_SIDE_BY_SIDE = 10, 50, 10
BATCHES_BAR = 5.0
"""Maximum number of seconds in which the batches create their documents, one batch after the other."""
BENCH = "creates of one owner"


@dataclass(frozen=True)
class Creates:
    """Results of creates: how many succeeded and failed, attempts in all, seconds in all, and seconds of the longest one."""

    succeeded: int = 0
    failed: int = 0
    attempts: int = 0
    seconds: float = 0
    longest: float = 0

    def __add__(self, other: "Creates") -> "Creates":
        return Creates(
            self.succeeded + other.succeeded,
            self.failed + other.failed,
            self.attempts + other.attempts,
            self.seconds + other.seconds,
            max(self.longest, other.longest),
        )

    @property
    def rate(self) -> float:
        return self.succeeded / self.seconds

    def rows(self, name: str, alone: float, bar: float | None) -> Iterator[Row]:
        """Yields rows with ratios to the rate of a client that is alone. `bar` is that of the share that fails."""
        count = self.succeeded + self.failed
        yield Row(BENCH, name, self.rate, "/s", self.rate / alone)
        yield Row(BENCH, f"{name}: share that fails", self.failed / count, "", bar=bar)
        yield Row(BENCH, f"{name}: attempts of a create", self.attempts / count, "attempts")
        yield Row(BENCH, f"{name}: longest create", self.longest, "s")


def rows() -> Iterator[Row]:
    yield from side_by_side()
    batches, singles = zip(*(_create_500() for _ in range(ROUNDS)), strict=True)
    documents = BATCHES * BATCH
    ratio = statistics.median(batch / single for batch, single in zip(batches, singles, strict=True))
    name = f"local stack, {documents} documents"
    median = statistics.median(batches)
    yield Row(BENCH, f"{name} in {BATCHES} batches, one after the other", median, "s", bar=BATCHES_BAR)
    single = f"{name} one by one, {SINGLES_SIDE_BY_SIDE} side by side"
    yield Row(BENCH, single, statistics.median(singles), "s", ratio)


def side_by_side() -> Iterator[Row]:
    """Yields the rows that need no local stack."""
    bursts = {level: create_in_bursts(level, CREATES) for level in LEVELS}
    alone = bursts[LEVELS[0]].rate
    for level, creates in bursts.items():
        yield from creates.rows(f"{level} at once (simulated)", alone, bar=0)
    for level in STEADY_LEVELS:
        creates = create(level, STEADY_CREATES, PAUSE)
        yield from creates.rows(
            f"{level} clients without end, pauses of {PAUSE} s (simulated)", alone, bar=None
        )


def create_in_bursts(level: int, count: int) -> Creates:
    """Creates documents `level` at once, and again when all of them have ended."""
    return sum((create(level, level, 0) for _ in range(0, count, level)), Creates())


def create(level: int, count: int, pause: float) -> Creates:
    """Creates `count` documents of one owner by `level` clients, each with a pause of so many seconds after a create."""
    threads = VirtualThreads()
    table = ConflictingTable(threads)
    repository = DynamoDBDocuments(table, "documents", clock=threads)
    seconds: list[float] = []
    numbers = iter(range(count))

    def create_all() -> None:
        for number in numbers:
            begun = threads.monotonic()
            with suppress(Unavailable):
                repository.create(a_document(id=an_id(number)), PLENTY, None, NOW)
                seconds.append(threads.monotonic() - begun)
            threads.sleep(pause)

    threads.run([create_all] * level)
    attempts = table.outcomes.total()
    return Creates(len(seconds), count - len(seconds), attempts, threads.monotonic(), max(seconds))


def _create_500() -> tuple[float, float]:
    """Starts a stack. One user creates in batches and another one by one, because of the limits of an owner.

    The first create starts the function, and is not measured.
    """
    batch = {"documents": [REQUEST] * BATCH}
    with start_stack() as stack:
        _post(stack, 1, "/documents", REQUEST, 1, 1)
        batches = _post(stack, 0, "/documents/batch", batch, 1, BATCHES)
        return batches, _post(stack, 1, "/documents", REQUEST, SINGLES_SIDE_BY_SIDE, BATCHES * BATCH)


def _post(stack: LocalStack, user: int, path: str, body: object, level: int, count: int) -> float:
    """Sends `count` requests, `level` side by side, all of which must succeed. Returns the seconds."""
    headers = {"authorization": f"Bearer {stack.users[user].access_token}"}
    with httpx.Client(timeout=120, trust_env=False) as http:

        def post(_: int) -> bool:
            return http.post(f"{stack.api}{path}", json=body, headers=headers).raise_for_status().is_success

        with ThreadPoolExecutor(level) as threads:
            start = time.perf_counter()
            assert all(threads.map(post, range(count)))
            return time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(report(list(rows())))
