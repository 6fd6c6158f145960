"""The bytes of a failed document on virtual time: how long they stay, with and without a retention."""

from datetime import timedelta

import pytest

from functions.domain.document import Method, Status
from functions.domain.events import DeleteRequested, RedriveRequested
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.quota import Usage
from functions.pipeline.engine import Outcome
from functions.services.purge import PurgeOutcome
from tests.examples import NOW, OWNER, PNG
from tests.fake_multipart import InMemoryMultipartStore
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points
from tests.services.sweep_scenario import DAY, SECOND, STAGED, DyingObjectStore, SweepScenario


class FailedScenario(SweepScenario):
    """A document whose copies crash until it has failed, and sweeps every day."""

    def __init__(self, failed_retention: timedelta | None = None) -> None:
        self.store = DyingObjectStore()
        super().__init__(s3=InMemoryMultipartStore(self.store), failed_retention=failed_retention)

    def fail_copies(self, method: Method = Method.PUT) -> str:
        """Returns the staged version."""
        self.expect(method=method)
        version = self.put()
        self.store.before = RuntimeError("a bug")
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(RuntimeError):
                self.engine().process_upload(STAGED, version)
        self.store.before = None
        assert self.get_status() is Status.FAILED
        return version

    def live(self, days: int) -> None:
        """Lets days pass, with a sweep of everything and the purges that it enqueues on each of them."""
        for _ in range(days):
            self.clock.advance(DAY)
            self.sweep()
            self.purge()

    def purge(self) -> list[PurgeOutcome]:
        tasks, self.queues.purge_tasks[:] = [*self.queues.purge_tasks], []
        return [self.purge_service().purge(*task) for task in tasks]

    @property
    def reserved_bytes(self) -> int:
        return self.repository.usage(OWNER, NOW).reserved_bytes


@pytest.mark.parametrize("method", Method)
def test_without_a_retention_a_document_that_failed_30_days_ago_is_redriven_and_becomes_ready(
    method: Method,
) -> None:
    scenario = FailedScenario()
    version = scenario.fail_copies(method)
    scenario.live(days=30)
    assert scenario.reserved_bytes == len(PNG)
    assert scenario.redrive() == "redriven"
    assert scenario.queues.events == [(STAGED, version)]
    assert scenario.engine().process_upload(STAGED, version) is Outcome.READY


@pytest.mark.parametrize("method", Method)
def test_with_a_retention_the_document_is_purged_and_its_bytes_are_released(method: Method) -> None:
    scenario = FailedScenario(failed_retention=30 * DAY)
    version = scenario.fail_copies(method)
    assert scenario.document.bytes_expire_at == scenario.clock() + 30 * DAY
    scenario.live(days=29)
    assert [*scenario.objects.keys[STAGED]] == [version]
    assert (scenario.get_status(), scenario.reserved_bytes) == (Status.FAILED, len(PNG))
    scenario.clock.advance(SECOND)
    scenario.live(days=2)
    assert scenario.get_status() is Status.PURGED
    assert scenario.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PNG))
    assert not scenario.objects.keys


def expired() -> FailedScenario:
    """Returns a scenario at the end of the retention."""
    scenario = FailedScenario(failed_retention=DAY)
    scenario.fail_copies()
    scenario.clock.advance(DAY + SECOND)
    return scenario


def test_a_sweep_that_crashes_at_any_call_is_repaired_by_the_next() -> None:
    counting = Interruption(lambda: None)
    expired().sweep(counting)
    for at, after in list_points(counting.calls):
        scenario = expired()
        with pytest.raises(ProcessKilled):
            scenario.sweep(Interruption(kill_process, at, after))
        scenario.clock.advance(SECOND)
        scenario.sweep()
        assert scenario.purge(), (at, after)
        scenario.live(days=1)
        assert scenario.get_status() is Status.PURGED, (at, after)
        assert scenario.reserved_bytes == 0, (at, after)


def test_a_document_that_is_redriven_in_time_is_not_purged() -> None:
    scenario = FailedScenario(failed_retention=DAY)
    version = scenario.fail_copies()
    scenario.apply(RedriveRequested())
    scenario.engine().process_upload(STAGED, version)
    scenario.live(days=3)
    assert scenario.get_status() is Status.READY


def test_a_document_that_is_deleted_is_purged_after_its_restore_window() -> None:
    scenario = FailedScenario(failed_retention=DAY)
    scenario.fail_copies()
    scenario.apply(DeleteRequested(scenario.clock() + timedelta(days=5)))
    scenario.live(days=5)
    assert scenario.get_status() is Status.DELETED
    scenario.live(days=2)
    assert scenario.get_status() is Status.PURGED
