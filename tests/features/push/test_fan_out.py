"""The fan-out: who gets a change, and what becomes of connections that fail or are gone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from functions.domain.errors import Unavailable
from functions.domain.push import Connection, SendOutcome
from functions.features.push.fan_out import CONCURRENCY, FanOut
from tests.fake_push import FakeSockets, InMemoryConnections

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
ADA, GRACE = "a" * 32, "b" * 32
CHANGE = {"type": "document.ready", "id": "1"}


def connections_of(*open_connections: Connection) -> InMemoryConnections:
    connections = InMemoryConnections()
    for connection in open_connections:
        connections.add(connection, NOW + timedelta(hours=1))
    return connections


def old(name: str, owner: str = ADA) -> Connection:
    return Connection(name, owner, NOW - timedelta(minutes=1))


def names(connections: InMemoryConnections, owner: str = ADA) -> set[str]:
    return {each.id for each in connections.list_open(owner, NOW)}


def test_every_connection_of_the_owner_gets_it_and_no_other() -> None:
    sockets = FakeSockets()
    mine = [old(f"mine-{number}") for number in range(500)]
    fan_out = FanOut(connections_of(*mine, old("hers", GRACE)), sockets, lambda: NOW)
    assert fan_out.send(ADA, [CHANGE]) == {"sent": 500}
    assert sorted(name for name, _ in sockets.sent) == sorted(each.id for each in mine)


def test_an_owner_without_connections_costs_one_query() -> None:
    sockets = FakeSockets()
    assert FanOut(connections_of(old("hers", GRACE)), sockets, lambda: NOW).send(ADA, [CHANGE]) == {}
    assert sockets.sent == []


def test_a_connection_that_is_gone_is_forgotten() -> None:
    connections, sockets = connections_of(old("gone"), old("open")), FakeSockets({"gone": SendOutcome.GONE})
    assert FanOut(connections, sockets, lambda: NOW).send(ADA, [CHANGE]) == {"gone": 1, "sent": 1}
    assert names(connections) == {"open"}


def test_a_connection_that_is_still_opening_is_kept() -> None:
    opening = Connection("opening", ADA, NOW - timedelta(seconds=1))
    connections, sockets = connections_of(opening), FakeSockets({"opening": SendOutcome.GONE})
    FanOut(connections, sockets, lambda: NOW).send(ADA, [CHANGE])
    assert names(connections) == {"opening"}


def test_a_connection_that_fails_is_closed_so_that_its_client_reads_again() -> None:
    connections, sockets = connections_of(old("bad"), old("good")), FakeSockets({"bad": SendOutcome.FAILED})
    assert FanOut(connections, sockets, lambda: NOW).send(ADA, [CHANGE]) == {"failed": 1, "sent": 1}
    assert sockets.closed == ["bad"]
    assert [name for name, _ in sockets.sent] == ["good"]


def test_without_time_for_all_the_changes_come_again() -> None:
    sockets, times = FakeSockets(), iter([NOW, NOW, NOW + timedelta(seconds=10)])
    fan_out = FanOut(connections_of(old("one"), old("two")), sockets, lambda: next(times))
    with pytest.raises(Unavailable):
        fan_out.send(ADA, [CHANGE])
    assert len(sockets.sent) == 1


def test_a_connection_that_hangs_delays_no_other_one() -> None:
    others_done = Event()

    class Hanging(FakeSockets):
        def send(self, connection_id: str, message: str) -> SendOutcome:
            if connection_id == "slow":
                assert others_done.wait(30)
                return SendOutcome.FAILED
            end = super().send(connection_id, message)
            if len(self.sent) == 100:
                others_done.set()
            return end

    connections = connections_of(old("slow"), *(old(str(number)) for number in range(100)))
    ends = FanOut(connections, Hanging(), lambda: NOW).send(ADA, [CHANGE])
    assert ends == {"sent": 100, "failed": 1}


def test_an_owner_whose_connections_all_hang_delays_no_other_owner() -> None:
    other_done = Event()

    class Hanging(FakeSockets):
        def send(self, connection_id: str, message: str) -> SendOutcome:
            if connection_id.startswith("slow"):
                assert other_done.wait(30)
                return SendOutcome.FAILED
            return super().send(connection_id, message)

    slow = [old(f"slow-{number}") for number in range(CONCURRENCY)]
    fan_out = FanOut(connections_of(*slow, old("hers", GRACE)), Hanging(), lambda: NOW)
    with ThreadPoolExecutor() as pool:
        hanging = pool.submit(fan_out.send, ADA, [CHANGE])
        assert fan_out.send(GRACE, [CHANGE]) == {"sent": 1}
        other_done.set()
        assert hanging.result() == {"failed": CONCURRENCY}
