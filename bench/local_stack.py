"""50 creates at once on a local stack that has just started: `python -m bench.local_stack`."""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx

from bench.contenders import REQUEST
from bench.table import Row, report
from local.stack import start_stack

CREATES = 50
BAR = 10.0
"""Seconds until the last response."""
_TIMEOUT = 120.0


def rows() -> Iterator[Row]:
    """Raises httpx.HTTPError when a create fails or takes longer than the timeout."""
    start = time.monotonic()
    with start_stack() as stack, httpx.Client(timeout=_TIMEOUT, trust_env=False) as http:
        ready = time.monotonic() - start
        headers = {"authorization": f"Bearer {stack.users[0].access_token}"}

        def create(_: int) -> float:
            http.post(f"{stack.api}/documents", json=REQUEST, headers=headers).raise_for_status()
            return time.monotonic()

        start = time.monotonic()
        with ThreadPoolExecutor(CREATES) as threads:
            finished = [at - start for at in threads.map(create, range(CREATES))]
    yield Row("local stack", "start", ready, "s")
    yield Row("local stack", f"{CREATES} creates at once: first response", min(finished), "s")
    yield Row("local stack", f"{CREATES} creates at once: last response", max(finished), "s", bar=BAR)


if __name__ == "__main__":
    sys.exit(report(list(rows())))
