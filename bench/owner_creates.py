"""Creates of one owner side by side, and batches: `python -m bench.owner_creates`.

Every create changes the owner's item USAGE in a transaction, so creates of one owner conflict. First the table's adapter
creates documents in this process, in a table that conflicts as DynamoDB does. Then the local stack creates 500 documents
through its API, in batches and one by one.

Times are of the wall clock and include the other load of the machine. So each is the median of three rounds, each with
another owner, and ratios compare within a round.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx

from bench.conflicting_table import ConflictingTable
from bench.contenders import REQUEST
from bench.table import Row, report
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.domain.errors import Unavailable
from local.stack import LocalStack, start_stack
from tests.examples import NOW, PLENTY, a_document, an_id

LEVELS = (1, 10, 50, 200)
"""Creates side by side."""
CREATES = 200
"""Creates of a level in all. So many begin at once as are side by side, and the next ones when all of these have ended."""
ROUNDS = 3
BATCHES, BATCH, SINGLES_SIDE_BY_SIDE = 10, 50, 10
BATCHES_BAR = 5.0
"""Maximum number of seconds in which the batches create their documents, one batch after the other."""
BENCH = "creates of one owner"


@dataclass(frozen=True)
class Creates:
    """Results of one round: documents created a second, the share of creates that failed, and attempts a create."""

    rate: float
    failed: float
    attempts: float


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


def side_by_side(levels: Sequence[int] = LEVELS, count: int = CREATES) -> Iterator[Row]:
    """Yields the rows that need no local stack."""
    rounds = [{level: create_side_by_side(level, count) for level in levels} for _ in range(ROUNDS)]
    for level in levels:
        found = [turn[level] for turn in rounds]
        ratio = statistics.median(turn[level].rate / turn[levels[0]].rate for turn in rounds)
        name = f"{level} side by side"
        yield Row(BENCH, name, statistics.median(each.rate for each in found), "/s", ratio)
        yield Row(BENCH, f"{name}: share that fails", max(each.failed for each in found), "", bar=0)
        attempts = statistics.median(each.attempts for each in found)
        yield Row(BENCH, f"{name}: attempts of a create", attempts, "attempts")


def create_side_by_side(level: int, count: int) -> Creates:
    """Creates at least `count` documents of one owner, `level` at once."""
    table = ConflictingTable()
    repository = DynamoDBDocuments(table, "documents")

    def create(number: int) -> bool:
        try:
            repository.create(a_document(id=an_id(number)), PLENTY, None, NOW)
        except Unavailable:
            return False
        return True

    starts = range(0, count, level)
    runs = [_run(create, level, range(start, start + level)) for start in starts]
    seconds, created = sum(seconds for seconds, _ in runs), sum(sum(results) for _, results in runs)
    count = level * len(runs)
    return Creates(created / seconds, 1 - created / count, table.outcomes.total() / count)


def _create_500() -> tuple[float, float]:
    """Starts a stack. One user creates in batches and another one by one, because of the limits of an owner."""
    batch = {"documents": [REQUEST] * BATCH}
    with start_stack() as stack:
        batches = _post(stack, 0, "/documents/batch", batch, 1, BATCHES)
        return batches, _post(stack, 1, "/documents", REQUEST, SINGLES_SIDE_BY_SIDE, BATCHES * BATCH)


def _post(stack: LocalStack, user: int, path: str, body: object, level: int, count: int) -> float:
    """Sends `count` requests, `level` side by side, all of which must succeed. Returns the seconds."""
    headers = {"authorization": f"Bearer {stack.users[user].access_token}"}
    with httpx.Client(timeout=120, trust_env=False) as http:

        def post(_: int) -> bool:
            return http.post(f"{stack.api}{path}", json=body, headers=headers).raise_for_status().is_success

        return _run(post, level, range(count))[0]


def _run(call: Callable[[int], bool], level: int, numbers: range) -> tuple[float, Sequence[bool]]:
    """Calls with each number, in `level` threads. Returns the seconds and the results."""
    with ThreadPoolExecutor(level) as threads:
        start = time.perf_counter()
        results = [*threads.map(call, numbers)]
        return time.perf_counter() - start, results


if __name__ == "__main__":
    sys.exit(report(list(rows())))
