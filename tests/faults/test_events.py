"""Events through faults of every part: every subscriber gets every change, counted without a gap, and never before the record."""

from collections import Counter

import pytest

from functions.domain.changes import Change
from tests.case_counts import CountCases
from tests.deep import SOAK
from tests.faults.event_simulation import ENDS, EventSimulation

DOCUMENTS = 10_000 if SOAK else 1_000


def check(simulation: EventSimulation) -> None:
    """Raises AssertionError. The bus has checked that no event came before its record."""
    stream = simulation.stream
    assert len(stream.documents) == simulation.documents
    for id, document in stream.documents.items():
        changes = stream.changes[id]
        assert document.sequence == len(changes), f"{id} does not count its changes {changes}"
        for subscriber in simulation.subscribers:
            assert subscriber.seen[id] == {*range(1, len(changes) + 1)}, f"{id} with {changes}"
            latest = subscriber.latest[id]
            assert (latest["sequence"], latest["status"]) == (
                document.sequence,
                document.status.public_status,
            )


def count_ends(simulation: EventSimulation) -> Counter[str]:
    return Counter(changes[-1] for changes in simulation.stream.changes.values())


@pytest.mark.parametrize("seed", range(2))
def test_every_subscriber_gets_every_change_through_faults(seed: int) -> None:
    simulation = EventSimulation(documents=160, seed=seed)
    simulation.run()
    check(simulation)
    assert count_ends(simulation) == dict.fromkeys(ENDS, 20)
    assert {change for changes in simulation.stream.changes.values() for change in changes} == set(Change)


def test_what_goes_to_the_bucket_of_failures_is_published_from_there() -> None:
    simulation = EventSimulation(documents=80, seed=1, faults=0.8, patience=2)
    simulation.run()
    assert simulation.failures
    check(simulation)


def test_without_faults_of_the_bus_nothing_goes_to_the_bucket() -> None:
    simulation = EventSimulation(documents=80, seed=1, faults=0)
    simulation.run()
    assert not simulation.failures
    check(simulation)


@pytest.mark.deep
def test_many_documents_through_faults(count_cases: CountCases) -> None:
    simulation = EventSimulation(documents=DOCUMENTS, seed=3)
    simulation.run()
    check(simulation)
    count_cases("changes published through faults", sum(map(len, simulation.stream.changes.values())))
    count_cases("events that the bus has taken", simulation.bus.accepted)
