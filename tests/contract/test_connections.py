"""The contract of `ConnectionRepository`, in DynamoDB and in memory."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.adapters.dynamodb.push_connections import DynamoDBConnections
from functions.domain.push import Connection, ConnectionRepository
from tests.fake_push import InMemoryConnections
from tests.moto_account import REGION, Table
from tests.table_server import table_client

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=30)
ADA, GRACE = "a" * 32, "b" * 32


@pytest.fixture(params=["in memory", "in DynamoDB"])
def connections(request: pytest.FixtureRequest) -> ConnectionRepository:
    if request.param == "in memory":
        return InMemoryConnections()
    table: Table = request.getfixturevalue("table")
    return DynamoDBConnections(table_client(REGION), table.name)


def test_a_ticket_is_taken_once(connections: ConnectionRepository) -> None:
    connections.add_ticket("digest", ADA, LATER)
    assert connections.take_ticket("digest", NOW) == ADA
    assert connections.take_ticket("digest", NOW) is None


def test_an_unknown_and_an_expired_ticket_open_nothing(connections: ConnectionRepository) -> None:
    connections.add_ticket("digest", ADA, LATER)
    assert connections.take_ticket("another", NOW) is None
    assert connections.take_ticket("digest", LATER) is None


def test_only_the_open_connections_of_the_owner_are_listed(connections: ConnectionRepository) -> None:
    mine, expired = Connection("one=", ADA, NOW), Connection("two=", ADA, NOW - timedelta(hours=2))
    connections.add(mine, LATER)
    connections.add(expired, NOW)
    connections.add(Connection("three=", GRACE, NOW), LATER)
    assert list(connections.list_open(ADA, NOW)) == [mine]


def test_a_connection_is_removed_by_its_id_alone_and_more_than_once(
    connections: ConnectionRepository,
) -> None:
    connections.add(Connection("one=", ADA, NOW), LATER)
    for _ in range(2):
        connections.remove_closed("one=")
    assert list(connections.list_open(ADA, NOW)) == []


def test_a_removed_connection_leaves_nothing(connections: ConnectionRepository) -> None:
    connection = Connection("one=", ADA, NOW)
    connections.add(connection, LATER)
    for _ in range(2):
        connections.remove(connection)
    assert list(connections.list_open(ADA, NOW)) == []
