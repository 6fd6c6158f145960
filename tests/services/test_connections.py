"""Tickets and connections: one use, the limit of an owner, and what is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count

import pytest

from functions.domain.codes import Code
from functions.domain.errors import TooMany
from functions.domain.push import MAX_CONNECTED, TICKET_LIFETIME
from functions.services.connections import ConnectionService
from tests.fake_push import InMemoryConnections

ADA, GRACE = "a" * 32, "b" * 32


class Clock:
    now = datetime(2026, 11, 29, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def repository() -> InMemoryConnections:
    return InMemoryConnections()


@pytest.fixture
def service(repository: InMemoryConnections, clock: Clock) -> ConnectionService:
    numbers = count(1)
    return ConnectionService(
        repository=repository, limit=2, clock=clock, new_secret=lambda: f"secret-{next(numbers)}"
    )


def connect(service: ConnectionService, owner: str, connection_id: str) -> None:
    assert service.connect(service.create_ticket(owner).value, connection_id)


def test_a_ticket_opens_one_connection_of_its_owner(
    service: ConnectionService, repository: InMemoryConnections, clock: Clock
) -> None:
    ticket = service.create_ticket(ADA)
    assert ticket.expires_at == clock.now + TICKET_LIFETIME
    assert service.connect(ticket.value, "one")
    assert not service.connect(ticket.value, "two")
    assert [each.id for each in repository.list_open(ADA, clock.now)] == ["one"]


def test_a_ticket_expires(service: ConnectionService, clock: Clock) -> None:
    ticket = service.create_ticket(ADA)
    clock.now += TICKET_LIFETIME
    assert not service.connect(ticket.value, "one")


def test_the_table_has_no_ticket_that_opens_a_connection(
    service: ConnectionService, repository: InMemoryConnections
) -> None:
    service.create_ticket(ADA)
    [stored] = repository._tickets
    assert not service.connect(stored, "one")


def test_an_owner_with_all_connections_gets_no_ticket(service: ConnectionService) -> None:
    for name in ("one", "two"):
        connect(service, ADA, name)
    with pytest.raises(TooMany) as caught:
        service.create_ticket(ADA)
    assert (caught.value.code, caught.value.retry_after) == (Code.TOO_MANY_CONNECTIONS, 60)
    connect(service, GRACE, "three")


def test_tickets_that_were_sold_before_do_not_exceed_the_limit(
    service: ConnectionService, repository: InMemoryConnections, clock: Clock
) -> None:
    tickets = [service.create_ticket(ADA) for _ in range(6)]

    def is_admitted(number: int) -> bool:
        try:
            return service.connect(tickets[number].value, str(number))
        except TooMany:
            return False

    with ThreadPoolExecutor(len(tickets)) as pool:
        admitted = sum(pool.map(is_admitted, range(len(tickets))))
    assert admitted <= 2
    assert len(repository.list_open(ADA, clock.now)) == admitted


def test_a_closed_connection_makes_room_and_so_does_an_expired_one(
    service: ConnectionService, clock: Clock
) -> None:
    for name in ("one", "two"):
        connect(service, ADA, name)
    service.disconnect("one")
    connect(service, ADA, "three")
    clock.now += MAX_CONNECTED
    connect(service, ADA, "four")
