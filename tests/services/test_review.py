"""The step `review`: a document waits for a person without end, and only a verdict on its version continues it."""

from datetime import timedelta
from typing import Any

import pytest

from functions.domain.document import Status
from functions.domain.index_pages import IndexCursor
from functions.domain.keys import staging_key
from functions.domain.kinds import Kinds
from functions.domain.tasks import TaskOutcome, TaskResult
from functions.features.registry import find_definition
from functions.pipeline.engine import Outcome
from functions.services.sweeps.service import STAGING_COMPLETED
from functions.services.waiting import WaitingService
from tests.examples import OWNER, PNG, an_id
from tests.fake_deployment import FakeDeployment
from tests.upload_requests import create

KINDS = Kinds(
    {"reviewed": {"content_types": ["image/png"], "max_bytes": 1_000, "steps": ["review"]}}, find_definition
)
STAGED = staging_key(OWNER, an_id())
YEAR = timedelta(days=365)


class ReviewScenario(FakeDeployment):
    """A document that waits for a person."""

    def __init__(self) -> None:
        super().__init__(kinds=KINDS)
        create(self.upload_service(), size=len(PNG))
        self.version = self.objects.put(STAGED, PNG)
        self.inventory.came[self.version] = self.clock()
        self.first = self.engine().process_upload(STAGED, self.version)

    def decide(self, outcome: TaskOutcome, **changes: Any) -> Outcome:
        values: dict[str, Any] = {
            "owner": OWNER,
            "document_id": an_id(),
            "attempt": 1,
            "version": self.version,
        } | changes
        return self.engine().process_result(TaskResult(step="review", outcome=outcome, **values))

    def waiting(self) -> WaitingService:
        return WaitingService(self.repository)


@pytest.fixture
def scenario() -> ReviewScenario:
    return ReviewScenario()


def test_a_file_waits_for_a_person_without_end(scenario: ReviewScenario) -> None:
    assert scenario.first is Outcome.SUSPENDED
    for _ in range(5):
        scenario.clock.advance(YEAR)
        assert scenario.sweep_service().sweep(lambda: False) == {STAGING_COMPLETED: 1}
        assert scenario.queues.events == []
        assert scenario.engine().process_upload(STAGED, scenario.version) is Outcome.WAITING
    assert scenario.document.status is Status.PROCESSING
    assert [step.status for step in scenario.document.shown_steps] == ["passed", "passed", "waiting"]
    assert scenario.objects.keys.keys() == {STAGED}


def test_one_task_tells_that_a_file_waits(scenario: ReviewScenario) -> None:
    [task] = scenario.tasks["review"].tasks
    assert (task.version, task.deadline) == (scenario.version, None)


def test_an_approved_file_is_ready(scenario: ReviewScenario) -> None:
    scenario.clock.advance(YEAR)
    assert scenario.decide(TaskOutcome.PASSED) is Outcome.READY
    assert scenario.decide(TaskOutcome.REJECTED) is not Outcome.REJECTED
    assert scenario.document.status is Status.READY


def test_a_rejected_file_says_why(scenario: ReviewScenario) -> None:
    code, detail = "review_rejected", "It shows a number plate."
    assert scenario.decide(TaskOutcome.REJECTED, code=code, detail=detail) is Outcome.REJECTED
    assert scenario.document.reason == code
    assert [step.detail for step in scenario.document.shown_steps] == [None, None, detail]


def test_a_verdict_on_another_version_changes_nothing(scenario: ReviewScenario) -> None:
    assert scenario.decide(TaskOutcome.PASSED, version="another") is Outcome.OBJECT_GONE
    assert scenario.document.status is Status.PROCESSING


def test_a_person_who_needs_more_time_changes_no_deadline(scenario: ReviewScenario) -> None:
    assert scenario.decide(TaskOutcome.PROGRESS, detail="I ask the lawyers.") is Outcome.WAITING
    assert scenario.document.next_check_at is None
    assert scenario.waiting().find("review", OWNER, an_id()) == scenario.document


def test_only_what_waits_is_listed_and_found(scenario: ReviewScenario) -> None:
    waiting = scenario.waiting()
    page = waiting.list("review", None, 10)
    assert (page.documents, page.cursor) == ([scenario.document], None)
    assert waiting.find("review", OWNER, an_id()) == scenario.document
    assert waiting.list("another", None, 10).documents == []
    assert waiting.find("another", OWNER, an_id()) is None
    scenario.decide(TaskOutcome.PASSED)
    assert waiting.list("review", None, 10).documents == []
    assert waiting.find("review", OWNER, an_id()) is None
    assert waiting.find("review", OWNER, an_id(1)) is None


def test_a_long_list_continues_where_it_ended(scenario: ReviewScenario) -> None:
    for number in range(1, 20):
        create(scenario.upload_service(), number, size=len(PNG))
        key = staging_key(OWNER, an_id(number))
        scenario.engine().process_upload(key, scenario.objects.put(key, PNG))
    found, cursor = list[str](), None
    while True:
        page = scenario.waiting().list("review", cursor, 3)
        found += [document.id for document in page.documents]
        if page.cursor is None:
            break
        cursor = IndexCursor.decode(page.cursor.encode())
    assert sorted(found) == [an_id(number) for number in range(20)]


def test_a_review_that_a_deployment_removes_from_a_kind_is_waited_for_no_longer(
    scenario: ReviewScenario,
) -> None:
    scenario.kinds = Kinds({"reviewed": {"content_types": ["image/png"], "max_bytes": 1_000}})
    scenario.clock.advance(YEAR)
    assert scenario.sweep_service().sweep(lambda: False)["attempt_republished"] == 1
    [(key, version)] = scenario.queues.events
    assert scenario.engine().process_upload(key, version) is Outcome.READY


def test_without_its_kind_a_document_still_waits_for_its_review(scenario: ReviewScenario) -> None:
    scenario.kinds = Kinds({"other": {"content_types": ["image/png"], "max_bytes": 1_000}})
    scenario.clock.advance(YEAR)
    assert scenario.sweep_service().sweep(lambda: False) == {STAGING_COMPLETED: 1}
    assert scenario.engine().process_upload(STAGED, scenario.version) is Outcome.WAITING
