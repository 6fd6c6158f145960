"""Connections of push in memory, and a WebSocket API in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from functions.domain.push import Connection, SendOutcome


class InMemoryConnections:
    """Implements `functions.domain.push.ConnectionRepository`."""

    def __init__(self) -> None:
        self._tickets: dict[str, tuple[str, datetime]] = {}
        self._connections: dict[str, tuple[Connection, datetime]] = {}

    def add_ticket(self, digest: str, owner: str, expires_at: datetime) -> None:
        self._tickets[digest] = owner, expires_at

    def take_ticket(self, digest: str, now: datetime) -> str | None:
        owner, expires_at = self._tickets.get(digest, ("", now))
        if expires_at <= now:
            return None
        del self._tickets[digest]
        return owner

    def add(self, connection: Connection, expires_at: datetime) -> None:
        self._connections[connection.id] = connection, expires_at

    def remove(self, connection: Connection) -> None:
        self._connections.pop(connection.id, None)

    def remove_closed(self, connection_id: str) -> None:
        self._connections.pop(connection_id, None)

    def list_open(self, owner: str, now: datetime) -> Sequence[Connection]:
        return [
            connection
            for connection, expires_at in [*self._connections.values()]
            if connection.owner == owner and expires_at > now
        ]


@dataclass
class FakeSockets:
    """Implements `functions.domain.push.Sockets`. `ends` are the ends of connections that are not sent to."""

    ends: dict[str, SendOutcome] = field(default_factory=dict)
    sent: list[tuple[str, str]] = field(default_factory=list)
    """(Connection, message) in the order of time."""
    closed: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def send(self, connection_id: str, message: str) -> SendOutcome:
        end = self.ends.get(connection_id, SendOutcome.SENT)
        with self._lock:
            if end is SendOutcome.SENT:
                self.sent.append((connection_id, message))
        return end

    def close(self, connection_id: str) -> None:
        with self._lock:
            self.closed.append(connection_id)
