"""Use cases of push connections: sell a ticket, open a connection with it, and close the connection."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from functions.domain.codes import Code
from functions.domain.errors import TooMany
from functions.domain.push import (
    MAX_CONNECTED,
    TICKET_LIFETIME,
    Connection,
    ConnectionRepository,
    hash_ticket,
)
from functions.domain.service_limits import ServiceLimit

_RETRY_AFTER = 60
"""Seconds. A connection that a page has left without closing it is free after some minutes."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A secret that opens one connection until `expires_at`."""

    value: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionService:
    """Tickets and connections of all owners. An owner has at most `limit` connections. `new_secret` returns a random text."""

    repository: ConnectionRepository
    limit: int
    clock: Callable[[], datetime]
    new_secret: Callable[[], str]

    def create_ticket(self, owner: str) -> Ticket:
        """Raises TooMany for an owner with `limit` connections, because a browser cannot read why a handshake fails."""
        now = self.clock()
        if len(self.repository.list_open(owner, now)) >= self.limit:
            raise self._too_many()
        ticket = Ticket(self.new_secret(), now + TICKET_LIFETIME)
        self.repository.add_ticket(hash_ticket(ticket.value), owner, ticket.expires_at)
        return ticket

    def connect(self, ticket: str, connection_id: str) -> bool:
        """Uses up the ticket. Returns False for a ticket that opens nothing. Raises TooMany.

        The connection is counted after it is written, so that connections that open at once cannot exceed the limit.
        """
        now = self.clock()
        owner = self.repository.take_ticket(hash_ticket(ticket), now)
        if owner is None:
            return False
        connection = Connection(connection_id, owner, now)
        self.repository.add(connection, now + MAX_CONNECTED)
        if len(self.repository.list_open(owner, now)) > self.limit:
            self.repository.remove(connection)
            raise self._too_many()
        return True

    def disconnect(self, connection_id: str) -> None:
        """Forgets a connection that is closed. It may be forgotten already."""
        self.repository.remove_closed(connection_id)

    def _too_many(self) -> TooMany:
        limit = ServiceLimit(policy="connections", quota=self.limit, remaining=0)
        return TooMany(Code.TOO_MANY_CONNECTIONS, retry_after=_RETRY_AFTER, limits=[limit])
