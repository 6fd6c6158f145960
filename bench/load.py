"""10,000 creates, and as many events of S3, through the handlers in this process: `python -m bench.load`.

Throughput is by the clock of one process with AWS a stub beside it, so it is what this machine gives, no promise of AWS's. Memory is to end where
it was after the first tenth: what grows with the number of calls is a leak.
"""

import os
import statistics
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.contenders import REQUEST
from bench.inside import Inside, inside
from bench.table import Row, report
from functions.domain.keys import owner_key, staging_key

CALLS = 10_000
BATCH = 10
GROWTH_BAR = 4.0
"""MB that may come to stay between the first tenth and the end."""


def rows() -> Iterator[Row]:
    with inside() as functions:
        ids: list[str] = []

        def create() -> None:
            answer = functions.call("uploads", "POST /documents", "/documents", REQUEST)
            ids.append(answer["document"]["id"])

        yield from _measured(functions, "creates", create, CALLS, 1)
        left = iter([staging_key(owner_key("ada"), document_id) for document_id in ids])

        def event() -> None:
            functions.arrived([next(left) for _ in range(BATCH)])

        yield from _measured(functions, "events, batches of 10", event, CALLS // BATCH, BATCH)


def _measured(functions: Inside, what: str, work: Callable[[], None], calls: int, each: int) -> Iterator[Row]:
    """`each` is how many things one call does."""
    spent = array("d", bytes(8 * calls))
    early = start_bytes = _resident()
    cpu, start = time.process_time(), time.perf_counter()
    for number in range(calls):
        before = time.perf_counter()
        work()
        spent[number] = time.perf_counter() - before
        if number % (250 // each) == 0:
            # The stub's notes and the log would count as ours.
            functions.aws.take()
            functions.take_log_bytes()
        if number == calls // 10:
            early = _resident()
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    cuts = statistics.quantiles(spent, n=100)
    late, bench = _resident(), f"load: {what}"
    yield Row(bench, "throughput", calls * each / elapsed, "/s")
    yield Row(bench, "CPU per operation", cpu / calls / each * 1e6, "us CPU")
    yield Row(bench, "p50 per call", cuts[49] * 1e3, "ms")
    yield Row(bench, "p99 per call", cuts[98] * 1e3, "ms")
    yield Row(bench, "memory at start", start_bytes / 1e6, "MB")
    yield Row(bench, "memory at end", late / 1e6, "MB")
    yield Row(bench, "memory growth after the first tenth", max(0, late - early) / 1e6, "MB", bar=GROWTH_BAR)


def _resident() -> int:
    """Bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(report(list(rows())))
