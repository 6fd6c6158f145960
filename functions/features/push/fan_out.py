"""Sends changes to every connection of their owner.

Each owner has threads of its own, so that a slow connection delays no other owner. What a connection misses, its client
reads from the API: a connection that fails is closed, and a client reads what it shows whenever it connects.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.push import Connection, ConnectionRepository, SendOutcome, Sockets
from functions.features.push.message import build_messages

CONCURRENCY = 16
"""Messages of one owner that are sent at a time."""

_BUDGET = timedelta(seconds=10)
"""Time for one owner in one invocation."""

_OPENING = timedelta(seconds=30)
"""Time in which a connection that is gone may still be opening, because it is written before API Gateway accepts it."""


class FanOut:
    """Sends to the connections of one owner at a time; several threads may share it."""

    def __init__(
        self, connections: ConnectionRepository, sockets: Sockets, clock: Callable[[], datetime]
    ) -> None:
        self._connections = connections
        self._sockets = sockets
        self._clock = clock

    def send(self, owner: str, changes: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
        """Returns how many connections had which end.

        Raises Unavailable if the table has a fault, or if the time does not suffice for all. The order is random, so that a
        repetition reaches others first.
        """
        started_at = self._clock()
        found = self._connections.list_open(owner, started_at)
        connections = random.sample(found, len(found))
        if not connections:
            return {}
        messages, deadline = list(build_messages(changes)), started_at + _BUDGET
        with ThreadPoolExecutor(min(CONCURRENCY, len(connections))) as pool:
            ends = list(pool.map(lambda each: self._deliver(each, messages, deadline), connections))
        if None in ends:
            raise Unavailable(Code.BUSY, f"{ends.count(None)} connections were not reached in time.")
        return Counter(end.name.lower() for end in ends if end)

    def _deliver(
        self, connection: Connection, messages: Sequence[str], deadline: datetime
    ) -> SendOutcome | None:
        """Returns None without the time to send everything."""
        for message in messages:
            if self._clock() >= deadline:
                return None
            end = self._sockets.send(connection.id, message)
            if end is SendOutcome.GONE:
                self._forget(connection)
            elif end is SendOutcome.FAILED:
                self._sockets.close(connection.id)
            if end is not SendOutcome.SENT:
                return end
        return SendOutcome.SENT

    def _forget(self, connection: Connection) -> None:
        if self._clock() - connection.connected_at > _OPENING:
            self._connections.remove(connection)
