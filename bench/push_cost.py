"""Dollars of push, for `python -m bench.cost`: of a million documents that one page is told of, and of a million connections.

Requests are those of functions/adapters/dynamodb/push_connections.py and functions/features/push/fan_out.py. A change has an
invocation and a message in the queue of its own, which is the most that it can cost: up to 10 share them.
"""

from collections.abc import Iterator

from bench.flows import ACCESS_LINE, API_MS, CALLER, MESSAGE_REQUESTS
from bench.prices import WEBSOCKET_MESSAGE, WEBSOCKET_MINUTE, Bill
from bench.table import Row

CHANGES = 3
"""created, processing and ready."""
IDLE_MINUTES = 10
"""Time after which API Gateway closes a connection of a page that sends nothing, which is each."""
_SOCKET_LINE, _PUSHED_LINE = 170, 140
"""Bytes of the lines of `sockets` and `push` in the log of the local stack, rounded up."""


def measure_push() -> Bill:
    """Returns the bill of what push adds to the events, without the messages of the WebSocket API."""
    return Bill(
        invocations=CHANGES,
        milliseconds=CHANGES * API_MS,
        sqs=CHANGES * MESSAGE_REQUESTS,
        read_units=CHANGES,
        log_bytes=CHANGES * _PUSHED_LINE,
    )


def measure_connection() -> Bill:
    """Returns the bill of a ticket, a connection and its end: each with an invocation, and 6 writes and 2 queries in all."""
    return Bill(
        api=1,
        invocations=3,
        milliseconds=3 * API_MS,
        write_units=6,
        read_units=2,
        log_bytes=ACCESS_LINE + CALLER + 2 * _SOCKET_LINE,
    )


def rows() -> Iterator[Row]:
    push, messages = measure_push().dollars, CHANGES * WEBSOCKET_MESSAGE
    yield Row("cost of push", "a document that becomes ready, beside its events", push, "$/million")
    yield Row("cost of push", "the same for each page that is open", messages, "$/million")
    connection = measure_connection().dollars + IDLE_MINUTES * WEBSOCKET_MINUTE
    yield Row("cost of push", "a connection of 10 minutes", connection, "$/million")
