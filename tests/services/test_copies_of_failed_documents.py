"""Copies under `documents/` that crashed attempts of a failed document have left: swept, but never under a redrive."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from functions.domain.document import Status
from functions.domain.effects import LEASE, PURGE_LEASE
from functions.domain.events import DeleteRequested, RedriveRequested
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import documents_key
from functions.domain.retention import GRACE
from functions.pipeline.engine import Outcome
from functions.services.purge import PurgeOutcome
from tests.examples import OWNER, an_id
from tests.fake_multipart import InMemoryMultipartStore
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points
from tests.services.sweep_scenario import DAY, SECOND, STAGED, DyingObjectStore, SweepScenario

COPY = documents_key(OWNER, an_id())


class CopyScenario(SweepScenario):
    """A document whose attempts die after S3 has copied its bytes."""

    def __init__(self) -> None:
        self.store = DyingObjectStore()
        super().__init__(s3=InMemoryMultipartStore(self.store))

    def fail_after_copy(self) -> str:
        """Lets every attempt die right after its copy. Returns the version in staging."""
        self.expect()
        staged = self.put()
        self.store.after = ProcessKilled()
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(ProcessKilled):
                self.engine().process_upload(STAGED, staged)
            self.clock.advance(LEASE)
        self.store.after = None
        assert self.engine().process_upload(STAGED, staged) is Outcome.FAILED
        [copy] = self.objects.keys[COPY]
        self.inventory.came[copy] = self.clock()
        return staged

    def purge(self, by: Interruption | None = None) -> PurgeOutcome:
        return self.purge_service(by).purge(OWNER, an_id())

    def redrive_and_process(self, staged: str) -> None:
        """Redrives and delivers the event, as far as a lease allows."""
        if self.redrive() == "redriven":
            self.engine().process_upload(STAGED, staged)

    def assert_whole(self) -> None:
        """A ready document has the copy that it names, and a failed one has what a redrive needs."""
        document = self.document
        if document.status is Status.READY:
            assert [*self.objects.keys[COPY]] == [document.stored_version]
        else:
            assert document.status is Status.FAILED
            assert STAGED in self.objects.keys


@pytest.fixture
def scenario() -> CopyScenario:
    return CopyScenario()


def test_the_copy_of_a_failed_document_is_deleted_and_not_only_reported(scenario: CopyScenario) -> None:
    staged = scenario.fail_after_copy()
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep_all_slices() == {"copy_purge_enqueued": 1}
    assert scenario.queues.purge_tasks == [(OWNER, an_id())]
    assert scenario.purge() is PurgeOutcome.COPIES_DELETED
    assert scenario.objects.keys.keys() == {STAGED}
    assert scenario.get_status() is Status.FAILED
    assert scenario.sweep_all_slices() == {}
    assert scenario.repository.orphans == set()
    scenario.redrive_and_process(staged)
    assert scenario.get_status() is Status.READY


def test_a_young_copy_waits(scenario: CopyScenario) -> None:
    scenario.fail_after_copy()
    scenario.wait_for_slice(timedelta(0))
    for copy in scenario.objects.keys[COPY]:
        scenario.inventory.came[copy] = scenario.clock()
    assert scenario.sweep() == {}


def test_several_versions_of_a_copy_are_one_task(scenario: CopyScenario) -> None:
    scenario.fail_after_copy()
    scenario.put(COPY)
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep_all_slices() == {"copy_purge_enqueued": 1}
    assert scenario.purge() is PurgeOutcome.COPIES_DELETED
    assert COPY not in scenario.objects.keys


def test_a_copy_of_a_redriven_document_stays(scenario: CopyScenario) -> None:
    """The task was enqueued before."""
    staged = scenario.fail_after_copy()
    scenario.apply(RedriveRequested())
    assert scenario.purge() is PurgeOutcome.KEPT
    scenario.engine().process_upload(STAGED, staged)
    assert scenario.purge() is PurgeOutcome.KEPT
    scenario.assert_whole()
    assert scenario.get_status() is Status.READY


def test_a_redrive_waits_for_the_lease_of_a_purge_that_has_crashed(scenario: CopyScenario) -> None:
    staged = scenario.fail_after_copy()
    with pytest.raises(ProcessKilled):
        scenario.purge(Interruption(kill_process, at=2, after=True))
    assert scenario.redrive() == "leased"
    scenario.clock.advance(PURGE_LEASE)
    scenario.redrive_and_process(staged)
    assert scenario.get_status() is Status.READY


def test_a_redrive_between_any_two_calls_of_a_purge_loses_nothing() -> None:
    counting = Interruption(lambda: None)
    first = CopyScenario()
    first.fail_after_copy()
    first.purge(counting)
    assert counting.calls > 4
    ends = set()
    for at, after in list_points(counting.calls):
        scenario = CopyScenario()
        staged = scenario.fail_after_copy()
        scenario.purge(Interruption(partial(scenario.redrive_and_process, staged), at, after))
        scenario.assert_whole()
        ends.add(scenario.get_status())
    assert ends == {Status.READY, Status.FAILED}


def test_a_purge_between_any_two_calls_of_a_redrive_loses_nothing() -> None:
    def redrive(scenario: CopyScenario, staged: str, by: Interruption) -> None:
        if scenario.redrive_service(by).redrive(OWNER, an_id()) == "redriven":
            scenario.engine(by).process_upload(STAGED, staged)

    def run(act: Callable[[CopyScenario], object], at: int, after: bool) -> tuple[CopyScenario, Interruption]:
        scenario = CopyScenario()
        staged = scenario.fail_after_copy()
        by = Interruption(lambda: act(scenario), at, after)
        redrive(scenario, staged, by)
        return scenario, by

    _, counting = run(lambda _: None, 0, False)
    for at, after in list_points(counting.calls):
        scenario, _ = run(lambda scenario: scenario.purge(), at, after)
        scenario.assert_whole()
        assert scenario.get_status() is Status.READY, (at, after)


def test_a_crash_at_any_call_of_a_purge_of_copies_is_repaired_by_the_next() -> None:
    counting = Interruption(lambda: None)
    first = CopyScenario()
    first.fail_after_copy()
    first.purge(counting)
    for at, after in list_points(counting.calls):
        scenario = CopyScenario()
        staged = scenario.fail_after_copy()
        with pytest.raises(ProcessKilled):
            scenario.purge(Interruption(kill_process, at, after))
        scenario.clock.advance(PURGE_LEASE)
        assert scenario.purge() is PurgeOutcome.COPIES_DELETED
        assert scenario.objects.keys.keys() == {STAGED}
        scenario.redrive_and_process(staged)
        assert scenario.get_status() is Status.READY


def test_the_copy_of_a_failed_document_that_is_deleted_goes_with_its_purge(scenario: CopyScenario) -> None:
    scenario.fail_after_copy()
    scenario.apply(DeleteRequested(scenario.clock() + 30 * DAY))
    scenario.clock.advance(GRACE + SECOND)
    assert scenario.sweep_all_slices() == {}
    assert scenario.repository.orphans == set()
