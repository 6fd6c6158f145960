"""10,000 creates and as many S3 events through the handlers in this process: `python -m bench.load`.

Throughput is wall-clock time of one process with the stub of AWS on the same machine, so it says nothing about AWS.
Memory must not grow after the first tenth of the calls, because memory that grows with the number of calls is a leak.
"""

import os
import statistics
import sys
import time
from array import array
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.contenders import REQUEST
from bench.in_process import InProcessFunctions, run_in_process
from bench.table import Row, report
from functions.domain.keys import owner_key, staging_key

CALLS = 10_000
BATCH = 10
GROWTH_BAR = 4.0
"""Maximum growth of memory in MB between the first tenth and the end."""


def rows() -> Iterator[Row]:
    with run_in_process() as functions:
        ids: list[str] = []

        def create() -> None:
            response = functions.call("uploads", "POST /documents", "/documents", REQUEST)
            ids.append(response["document"]["id"])

        yield from _measure(functions, "creates", create, CALLS, 1)
        remaining = iter([staging_key(owner_key("ada"), document_id) for document_id in ids])

        def process_events() -> None:
            functions.process_events([next(remaining) for _ in range(BATCH)])

        yield from _measure(functions, "events, batches of 10", process_events, CALLS // BATCH, BATCH)


def _measure(
    functions: InProcessFunctions, name: str, call: Callable[[], None], calls: int, items: int
) -> Iterator[Row]:
    """Measures `calls` calls of `call`, each of which processes `items` items."""
    spent = array("d", bytes(8 * calls))
    early = at_start = _resident_bytes()
    cpu, start = time.process_time(), time.perf_counter()
    for number in range(calls):
        before = time.perf_counter()
        call()
        spent[number] = time.perf_counter() - before
        if number % (250 // items) == 0:
            # Drops the requests that the stub recorded and the log, whose memory is not the functions'.
            functions.aws.take_requests()
            functions.take_log_bytes()
        if number == calls // 10:
            early = _resident_bytes()
    elapsed, cpu = time.perf_counter() - start, time.process_time() - cpu
    cuts = statistics.quantiles(spent, n=100)
    late, bench = _resident_bytes(), f"load: {name}"
    yield Row(bench, "throughput", calls * items / elapsed, "/s")
    yield Row(bench, "CPU per operation", cpu / calls / items * 1e6, "us CPU")
    yield Row(bench, "p50 per call", cuts[49] * 1e3, "ms")
    yield Row(bench, "p99 per call", cuts[98] * 1e3, "ms")
    yield Row(bench, "memory at start", at_start / 1e6, "MB")
    yield Row(bench, "memory at end", late / 1e6, "MB")
    growth = max(0, late - early) / 1e6
    yield Row(bench, "memory growth after the first tenth", growth, "MB", bar=GROWTH_BAR)


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    sys.exit(report(list(rows())))
