"""Redrives of all failed documents that a query selects."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.errors import Unavailable
from functions.domain.events import (
    DeleteRequested,
    ObjectArrived,
    ObjectMissing,
    RedriveRequested,
    Transition,
)
from functions.domain.failed import FailedCursor, FailedQuery
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import staging_key
from functions.domain.repository import IndexEntry
from functions.domain.states import decide
from functions.services.redrive import RedriveResult
from tests.examples import NOW, OWNER, an_id
from tests.fakes import InMemoryDocuments
from tests.interruptions import Interruption
from tests.repository_steps import a_crashed_attempt
from tests.services.sweep_scenario import DAY, SECOND, SweepScenario

EVERYTHING = FailedQuery()


class RedriveScenario(SweepScenario):
    """Documents that fail, and an operator who redrives them."""

    def fail_document(self, number: int = 0, **changes: Any) -> None:
        """Creates a document that fails now after all attempts."""
        self.expect(id=an_id(number), **changes)
        self.put(staging_key(OWNER, an_id(number)))
        for attempt in range(1, MAX_ATTEMPTS + 1):
            self.apply_to(number, ObjectArrived(f"v{number}"))
            self.clock.advance(DAY)
            self.apply_to(number, a_crashed_attempt(attempt))

    def lose_bytes(self, number: int) -> None:
        """Creates a document that fails now because its bytes are gone."""
        self.expect(id=an_id(number))
        self.apply_to(number, ObjectArrived("v1"))
        self.apply_to(number, a_crashed_attempt())
        self.apply_to(number, ObjectMissing("v1"))

    def apply_to(self, number: int, event: Any) -> None:
        document = self.repository.get(OWNER, an_id(number))
        assert document is not None
        decision = decide(document, event, self.clock())
        assert isinstance(decision, Transition), (event, decision)
        self.repository.apply(decision)

    def redrive_failed(
        self, query: FailedQuery = EVERYTHING, by: Interruption | None = None, **more: Any
    ) -> Counter[str]:
        """Redrives until the end."""
        self.clock.advance(SECOND)
        result = self.redrive_service(by).redrive_failed(query, None, lambda: False, **more)
        assert result.cursor is None
        return result.outcomes

    def status_of(self, number: int) -> Status:
        document = self.repository.get(OWNER, an_id(number))
        assert document is not None
        return document.status

    @property
    def republished(self) -> list[str]:
        return sorted(key.rpartition("/")[2] for key, _ in self.queues.events)


@pytest.fixture
def scenario() -> RedriveScenario:
    return RedriveScenario()


@pytest.mark.parametrize("concurrency", [1, 3])
def test_everything_that_has_failed_is_redriven(scenario: RedriveScenario, concurrency: int) -> None:
    scenario.concurrency = concurrency
    for number in range(20):
        scenario.fail_document(number)
    assert scenario.redrive_failed() == Counter(redriven=20)
    assert scenario.republished == [an_id(number) for number in range(20)]
    assert {scenario.status_of(number) for number in range(20)} == {Status.PROCESSING}
    assert scenario.redrive_failed() == Counter()


def test_a_query_selects_by_time_code_and_kind(scenario: RedriveScenario) -> None:
    scenario.fail_document(1)
    scenario.clock.advance(SECOND)
    since = scenario.clock()
    scenario.fail_document(2)
    scenario.fail_document(3, kind="document")
    assert scenario.redrive_failed(FailedQuery(since=since, kind="document")) == Counter(redriven=1)
    assert scenario.republished == [an_id(3)]
    assert scenario.redrive_failed(FailedQuery(code=Code.STEP_TIMED_OUT)) == Counter()
    assert scenario.redrive_failed(FailedQuery(since=since, code=Code.ATTEMPTS_EXHAUSTED)) == Counter(
        redriven=1
    )
    assert scenario.republished == [an_id(2), an_id(3)]


def test_a_failure_that_is_final_is_counted_and_stays(scenario: RedriveScenario) -> None:
    scenario.fail_document(1)
    scenario.lose_bytes(2)
    assert scenario.redrive_failed(dry_run=True) == Counter(redrivable=1, not_redrivable=1)
    assert scenario.redrive_failed() == Counter(redriven=1, not_redrivable=1)
    assert scenario.status_of(2) is Status.FAILED
    assert scenario.redrive_service().redrive(OWNER, an_id(2)) == "not_redrivable"


def test_a_dry_run_changes_nothing(scenario: RedriveScenario) -> None:
    scenario.fail_document()
    assert scenario.redrive_failed(dry_run=True) == Counter(redrivable=1)
    assert (scenario.status_of(0), scenario.queues.events) == (Status.FAILED, [])


def test_a_run_that_is_out_of_time_continues_at_its_cursor(scenario: RedriveScenario) -> None:
    for number in range(12):
        scenario.fail_document(number)
    scenario.clock.advance(SECOND)
    outcomes: Counter[str] = Counter()
    runs = 0
    result = RedriveResult(outcomes, None)
    while runs == 0 or result.cursor is not None:
        result = scenario.redrive_service().redrive_failed(EVERYTHING, result.cursor, lambda: True)
        outcomes += result.outcomes
        runs += 1
    assert outcomes == Counter(redriven=12)
    assert runs == 9  # a batch for each partition, and the end


def test_a_document_that_fails_again_meanwhile_comes_not_again(scenario: RedriveScenario) -> None:
    scenario.fail_document()
    scenario.clock.advance(SECOND)
    cursor = FailedCursor(scenario.clock())
    scenario.clock.advance(SECOND)
    scenario.fail_document(1)
    result = scenario.redrive_service().redrive_failed(EVERYTHING, cursor, lambda: False)
    assert result.outcomes == Counter(redriven=1)
    assert scenario.status_of(1) is Status.FAILED


@dataclass
class StaleDocuments(InMemoryDocuments):
    """A repository whose index and whose batches of records are older than what `get` returns."""

    stale: dict[Any, Any] = field(default_factory=dict)

    def failed(self, shard: int, since: Any, before: Any, after: str | None = None) -> Iterator[IndexEntry]:
        if shard == 0 and after is None:
            yield from (IndexEntry(key, "position") for key in self.stale)

    def get_many(self, keys: Any) -> Any:
        return {**super().get_many(keys), **self.stale}


def test_a_record_that_is_out_of_date_is_read_again() -> None:
    """Another operator has redriven the document since. Its event may come twice."""
    repository = StaleDocuments()
    scenario = RedriveScenario(repository=repository)
    for number in range(3):
        scenario.fail_document(number)
    repository.stale = dict(repository._documents)
    scenario.apply_to(0, RedriveRequested())
    scenario.apply_to(1, DeleteRequested(NOW))
    assert scenario.redrive_failed() == Counter(redriven=2, not_failed=1)
    assert [scenario.status_of(number) for number in range(2)] == [Status.PROCESSING, Status.DELETED]
    assert scenario.republished == [an_id(0), an_id(2)]


def test_the_error_of_one_document_ends_nothing_else(scenario: RedriveScenario) -> None:
    for number in (0, 8):
        scenario.fail_document(number)

    def refuse() -> None:
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "Not now.")

    # failed, get_many, apply of the first one
    assert scenario.redrive_failed(by=Interruption(refuse, at=3)) == Counter(error=1, redriven=1)
    assert scenario.logged == ["redrive_failed"]
    assert scenario.redrive_failed() == Counter(redriven=1)


def test_failed_documents_are_listed_in_pages(scenario: RedriveScenario) -> None:
    for number in range(5):
        scenario.fail_document(number, kind="document" if number == 4 else "image")
    scenario.clock.advance(SECOND)
    service = scenario.redrive_service()
    first = service.list_failed(FailedQuery(kind="image"), None, 2)
    assert [document.id for document in first.documents] == [an_id(0), an_id(1)]
    second = service.list_failed(FailedQuery(kind="image"), first.cursor, 10)
    assert [document.id for document in second.documents] == [an_id(2), an_id(3)]
    assert second.cursor is None
    assert scenario.clock() > NOW
