"""Dollars per million events that one webhook endpoint takes at the first attempt, for `python -m bench.cost`.

The requests are those that tests/features/webhooks/test_delivery.py and the wiring show: one message of SQS, one read of the
record, and one line in the log. What the event bus costs is not included, because all subscribers share it.
"""

import sys
from collections.abc import Iterator

from bench.flows import MESSAGE_REQUESTS, add_invocation
from bench.prices import Bill
from bench.table import Row, report

ENDPOINT_MS = 200
"""Duration of an attempt with an endpoint that answers in this time. It is an assumption, and no measurement."""
LINE = 280
"""Bytes of the line in the log with one message, of which the webhook-id is 42."""


def rows() -> Iterator[Row]:
    """Each message is an invocation of its own, which is the most that it can cost. A batch has up to ten."""
    bill = Bill(sqs=MESSAGE_REQUESTS, read_units=1, log_bytes=LINE)
    add_invocation(bill, ENDPOINT_MS)
    yield Row("cost of a webhook", "Airlock, one endpoint that answers in 200 ms", bill.dollars, "$/million")


if __name__ == "__main__":
    sys.exit(report(list(rows())))
