"""Rescans from the verdict to the purge: infected bytes are unreadable at once and then gone, whatever crashes in between."""

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.errors import AirlockError, Unavailable
from functions.domain.events import RestoreRequested
from functions.domain.keys import documents_key, quarantine_key, renditions_prefix
from functions.domain.rescans import RescanVerdict
from functions.domain.tasks import TaskOutcome, TaskResult
from functions.features.scan.guardduty import parse_verdict
from functions.pipeline.engine import Outcome
from functions.services.purge import PurgeOutcome
from tests.examples import BUCKET, OWNER, PNG, an_id
from tests.fake_deployment import RESTORE_WINDOW
from tests.features.scan.events import scan_event
from tests.features.scan.scenario import ScanScenario
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points

INFECTED: dict[str, Any] = {"result": "THREATS_FOUND", "threats": [{"name": "A.Worm"}]}
UNSUPPORTED: dict[str, Any] = {"status": "SKIPPED", "result": "UNSUPPORTED"}
STORED = documents_key(OWNER, an_id())
MONTHS = timedelta(days=90)
KEPT = timedelta(days=30)
SOON = timedelta(minutes=1)


class RescanScenario(ScanScenario):
    """A document of the kind `safe` that was found clean at its upload, three months ago."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.upload()
        assert self.hear() is Outcome.READY
        self.objects.delete(self.document.staging_key, self.staged[an_id()])
        self.clock.advance(MONTHS)

    def rescan(self, by: Interruption | None = None, **changes: Any) -> Outcome:
        """Delivers the verdict of another scan, by default a clean one of the stored version."""
        known = {"key": STORED, "version": self.document.stored_version}
        verdict = parse_verdict(json.dumps(scan_event(**known | changes)), BUCKET)
        assert isinstance(verdict, TaskResult)
        return self.engine(by).process_result(verdict)

    @property
    def stored(self) -> str:
        version = self.document.stored_version
        assert version is not None
        return version

    def delete(self) -> None:
        self.document_service().delete(OWNER, an_id(), self.clock())

    def download(self) -> str:
        """Returns `signed`, or the code of the error."""
        try:
            self.document_service().download(OWNER, an_id(), inline=False, now=self.clock())
        except AirlockError as error:
            return error.code.value
        return "signed"

    def purge(self) -> list[PurgeOutcome]:
        """Works off the queue of purges."""
        tasks, self.queues.purge_tasks = self.queues.purge_tasks, []
        return [self.purge_service().purge(*task) for task in tasks]

    def sweep_all(self) -> None:
        self.clock.advance(SOON)
        self.sweep_service().sweep(lambda: False)

    def list_bytes(self) -> set[str]:
        """Returns the areas of the bucket that have bytes of the document."""
        return {key.partition("/")[0] for key in self.objects.keys}

    def count_reserved_bytes(self) -> int:
        return self.repository.usage(OWNER, self.clock()).reserved_bytes


@pytest.fixture
def scenario() -> RescanScenario:
    return RescanScenario()


def break_port() -> None:
    raise Unavailable(Code.STORAGE_UNAVAILABLE, "A service is unavailable.")


def test_malware_in_a_ready_document_makes_it_unreadable_at_once_and_its_bytes_go(
    scenario: RescanScenario,
) -> None:
    assert scenario.download() == "signed"
    assert scenario.rescan(**INFECTED) is Outcome.INFECTED
    assert (scenario.document.status, scenario.document.reason) == (Status.REJECTED, Code.MALWARE_FOUND)
    assert scenario.download() == "rejected"
    assert scenario.count_reserved_bytes() == 0
    record = scenario.record()
    assert record is not None
    assert record.detail == "Malware was found: A.Worm."
    assert scenario.purge() == [PurgeOutcome.COPIES_DELETED]
    assert scenario.list_bytes() == set()
    assert scenario.document.status is Status.REJECTED


def test_its_renditions_go_too(scenario: RescanScenario) -> None:
    scenario.objects.put(f"{renditions_prefix(OWNER, an_id())}image/small", b"small")
    scenario.rescan(**INFECTED)
    scenario.purge()
    assert scenario.list_bytes() == set()


def test_the_owner_may_upload_the_same_bytes_again(scenario: RescanScenario) -> None:
    scenario.rescan(**INFECTED)
    scenario.upload(1)
    assert scenario.hear(an_id(1)) is Outcome.READY


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [({}, RescanVerdict.CLEAN), (UNSUPPORTED, RescanVerdict.INCONCLUSIVE)],
    ids=["clean", "inconclusive"],
)
def test_every_other_verdict_leaves_the_document_readable_and_is_kept(
    scenario: RescanScenario, changes: dict[str, Any], verdict: RescanVerdict
) -> None:
    assert scenario.rescan(**changes) is Outcome.RESCANNED
    assert scenario.download() == "signed"
    assert (scenario.document.rescan_verdict, scenario.document.rescanned_at) == (verdict, scenario.clock())
    assert scenario.queues.purge_tasks == []
    assert scenario.list_bytes() == {"documents"}


@pytest.mark.parametrize("version", ["another", ""])
def test_malware_in_another_version_says_nothing(scenario: RescanScenario, version: str) -> None:
    before = scenario.document
    result = TaskResult(
        document_id=an_id(),
        owner=OWNER,
        step="scan",
        attempt=0,
        version=version,
        outcome=TaskOutcome.REJECTED,
        code=Code.MALWARE_FOUND,
    )
    scenario.engine().process_result(result)
    assert scenario.document == before


def test_a_late_verdict_on_the_staged_version_says_nothing(scenario: RescanScenario) -> None:
    before = scenario.document
    scenario.hear(**INFECTED)
    assert scenario.document == before


@pytest.mark.parametrize(
    "changes",
    [
        {"step": "image"},
        {"outcome": TaskOutcome.PROGRESS},
        {"outcome": TaskOutcome.UNAVAILABLE},
        {"code": None},
        {"code": Code.STEP_REJECTED},
    ],
    ids=["another step", "progress", "unavailable", "no code", "another code"],
)
def test_only_the_scanner_may_reject_a_ready_document_and_only_for_malware(
    scenario: RescanScenario, changes: dict[str, Any]
) -> None:
    result = TaskResult(
        document_id=an_id(),
        owner=OWNER,
        step="scan",
        attempt=1,
        version=scenario.stored,
        outcome=TaskOutcome.REJECTED,
        code=Code.MALWARE_FOUND,
    )
    scenario.engine().process_result(replace(result, **changes))
    assert scenario.document.status is Status.READY
    assert scenario.list_bytes() == {"documents"}


@pytest.mark.parametrize("second", [{}, INFECTED, UNSUPPORTED], ids=["clean", "infected", "inconclusive"])
def test_after_malware_no_verdict_counts_before_and_after_the_purge(
    scenario: RescanScenario, second: dict[str, Any]
) -> None:
    version = scenario.stored
    scenario.rescan(**INFECTED)
    before = scenario.document
    assert scenario.rescan(**second) is Outcome.STALE_ATTEMPT
    assert scenario.document == before
    scenario.purge()
    before = scenario.document
    scenario.rescan(version=version, **second)
    assert scenario.document == before
    assert scenario.queues.purge_tasks == []


def test_a_deleted_document_cannot_be_restored_and_is_purged_at_once(scenario: RescanScenario) -> None:
    scenario.delete()
    assert scenario.rescan(**INFECTED) is Outcome.INFECTED
    with pytest.raises(AirlockError) as refused:
        scenario.document_service().restore(OWNER, an_id(), scenario.clock())
    assert refused.value.code is Code.RESTORE_EXPIRED
    assert scenario.purge() == [PurgeOutcome.PURGED]
    assert scenario.list_bytes() == set()
    assert scenario.count_reserved_bytes() == 0


def test_a_deleted_document_that_is_clean_can_be_restored(scenario: RescanScenario) -> None:
    scenario.delete()
    scenario.rescan()
    scenario.apply(RestoreRequested())
    assert scenario.download() == "signed"


def test_with_a_quarantine_the_infected_bytes_are_kept_there_and_the_record_names_them() -> None:
    scenario = RescanScenario(quarantine_retention=KEPT)
    scenario.rescan(**INFECTED)
    scenario.purge()
    document = scenario.document
    assert scenario.list_bytes() == {"quarantine"}
    [(version, held)] = scenario.objects.keys[quarantine_key(OWNER, an_id())].items()
    assert (version, held.body) == (document.quarantined_version, PNG)
    assert document.quarantined_sha256 == hashlib.sha256(PNG).hexdigest()
    assert document.quarantined_until == scenario.clock() + KEPT


def test_the_quarantine_keeps_nothing_of_a_document_that_its_owner_has_deleted() -> None:
    scenario = RescanScenario(quarantine_retention=KEPT)
    scenario.delete()
    scenario.rescan(**INFECTED)
    assert scenario.list_bytes() == {"documents"}


def test_bytes_that_are_gone_are_rejected_without_a_copy() -> None:
    scenario = RescanScenario(quarantine_retention=KEPT)
    scenario.objects.delete(STORED, scenario.stored)
    assert scenario.rescan(**INFECTED) is Outcome.INFECTED
    assert scenario.document.quarantined_version is None


def test_if_the_task_of_the_purge_is_lost_the_next_sweep_sends_it(scenario: RescanScenario) -> None:
    scenario.rescan(**INFECTED)
    scenario.queues.purge_tasks.clear()
    scenario.sweep_all()
    assert scenario.purge() == [PurgeOutcome.COPIES_DELETED]
    assert scenario.list_bytes() == set()


def count_calls(*, is_deleted: bool) -> int:
    counting = Interruption()
    condemn(RescanScenario(quarantine_retention=KEPT), counting, is_deleted=is_deleted)
    return counting.calls


def condemn(scenario: RescanScenario, by: Interruption | None, *, is_deleted: bool) -> None:
    if is_deleted:
        scenario.delete()
    scenario.rescan(by, **INFECTED)


@pytest.mark.parametrize("is_deleted", [False, True], ids=["ready", "deleted"])
def test_after_a_crash_at_any_call_the_verdict_comes_again_and_the_bytes_go(*, is_deleted: bool) -> None:
    for at, after in list_points(count_calls(is_deleted=is_deleted)):
        scenario = RescanScenario(quarantine_retention=KEPT)
        with pytest.raises(ProcessKilled):
            condemn(scenario, Interruption(kill_process, at, after), is_deleted=is_deleted)
        scenario.rescan(**INFECTED)
        scenario.sweep_all()
        scenario.purge()
        assert scenario.list_bytes() == (set() if is_deleted else {"quarantine"}), (at, after)
        expected = Status.PURGED if is_deleted else Status.REJECTED
        assert scenario.document.status is expected, (at, after)
        assert scenario.count_reserved_bytes() == 0


def test_a_fault_leaves_the_document_for_the_next_delivery(scenario: RescanScenario) -> None:
    with pytest.raises(Unavailable):
        scenario.rescan(Interruption(break_port, 2), **INFECTED)
    assert scenario.document.status is Status.READY
    assert scenario.rescan(**INFECTED) is Outcome.INFECTED


@pytest.mark.parametrize("is_first", [True, False], ids=["delete first", "verdict first"])
def test_a_delete_that_races_with_the_verdict_ends_unreadable(*, is_first: bool) -> None:
    """The other party comes between the read and the write of this one."""
    scenario = RescanScenario()
    if is_first:
        scenario.rescan(Interruption(scenario.delete, 2), **INFECTED)
    else:
        racing = Interruption(lambda: scenario.rescan(**INFECTED), 2)
        scenario.document_service(racing).delete(OWNER, an_id(), scenario.clock())
    assert scenario.document.status is Status.DELETED
    scenario.sweep_all()
    scenario.clock.advance(RESTORE_WINDOW)
    scenario.sweep_all()
    scenario.purge()
    assert scenario.list_bytes() == set()


def test_a_restore_that_races_with_the_verdict_ends_rejected() -> None:
    scenario = RescanScenario()
    scenario.delete()
    restore = Interruption(lambda: scenario.apply(RestoreRequested()), 2)
    scenario.rescan(restore, **INFECTED)
    assert scenario.document.status is Status.REJECTED
