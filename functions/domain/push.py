"""Tickets and connections of push, and the ports to where they are stored and to the WebSocket API.

A browser cannot send an access token with a WebSocket handshake. The token buys a ticket from the HTTP API, and the ticket
opens one connection.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Protocol

TICKET_LIFETIME = timedelta(seconds=30)
MAX_CONNECTED = timedelta(hours=2)
"""Time after which API Gateway closes a connection.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""


@dataclass(frozen=True, slots=True)
class Connection:
    """One open WebSocket of an owner."""

    id: str
    owner: str
    connected_at: datetime


class SendOutcome(Enum):
    """The end of one message to one connection."""

    SENT = auto()
    GONE = auto()
    """The connection is closed, or not open yet."""
    FAILED = auto()


def hash_ticket(ticket: str) -> str:
    """Returns the SHA-256 of a ticket. Only the hash is stored, so that nobody who reads the table can use a ticket."""
    return hashlib.sha256(ticket.encode()).hexdigest()


class ConnectionRepository(Protocol):
    """Tickets and connections in the table. Every method raises Unavailable."""

    def add_ticket(self, digest: str, owner: str, expires_at: datetime) -> None: ...

    def take_ticket(self, digest: str, now: datetime) -> str | None:
        """Removes a ticket and returns its owner. Returns None for one that is unknown, used or expired.

        Of several calls with one ticket, at most one returns the owner.
        """

    def add(self, connection: Connection, expires_at: datetime) -> None: ...

    def remove(self, connection: Connection) -> None: ...

    def remove_closed(self, connection_id: str) -> None:
        """Removes the connection with this id, whoever owns it."""

    def list_open(self, owner: str, now: datetime) -> Sequence[Connection]:
        """Returns the connections of an owner, none of which has expired. Sees every earlier write."""


class Sockets(Protocol):
    """The connections of the WebSocket API. Neither method raises for a fault."""

    def send(self, connection_id: str, message: str) -> SendOutcome: ...

    def close(self, connection_id: str) -> None: ...
