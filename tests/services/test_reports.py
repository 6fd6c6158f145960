"""Slices that read reports of S3 Inventory: the same findings as by listing, each report once, and no harm by old rows."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from functions.domain.events import DeleteRequested, ObjectArrived, PurgeCompleted, PurgeStarted
from functions.domain.keys import DOCUMENTS, RENDITIONS, documents_key, renditions_prefix
from functions.domain.reports import REPORT_PERIOD, report_id
from functions.domain.retention import GRACE
from functions.domain.slices import REPORT_LANES, REPORTS, SliceResult, list_slices
from functions.domain.storage import ObjectVersion
from functions.services.reports import DAMAGED, ReportService
from functions.services.slices import SliceService
from tests.examples import NOW, OWNER, an_id
from tests.fake_reports import InMemoryReports
from tests.interruptions import Interruption, ProcessKilled, interrupt, kill_process
from tests.repository_steps import a_completed_attempt, a_passed_step, rendition_facts
from tests.services.sweep_scenario import DAY, SECOND, SweepScenario

THUMB = f"{renditions_prefix(OWNER, an_id())}render/thumb"


@dataclass(kw_only=True)
class ReportScenario(SweepScenario):
    """A deployment that reads reports instead of listing what is stored."""

    reports: InMemoryReports = field(default_factory=InMemoryReports)
    ages: list[tuple[str, timedelta]] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)

    def report(self, files: int = 3) -> str:
        """Adds reports of what is stored now, each in so many files, and returns their id."""
        made = report_id(self.clock())
        for prefix in (DOCUMENTS, RENDITIONS):
            rows = [*self.inventory.versions(prefix)]
            self.reports.add(prefix, made, *(rows[number::files] for number in range(files)))
        return made

    def report_service(self, by: Interruption | None = None) -> ReportService:
        return ReportService(
            reports=interrupt(self.reports, by),
            check=self.sweep_service(by).stored().check_reported,
            clock=self.clock,
            log_age=lambda prefix, age: self.ages.append((prefix, age)),
            log_damage=lambda prefix, report, reason: self.damage.append(f"{prefix}{report}"),
        )

    def slice_service(self, by: Interruption | None = None) -> SliceService:
        slices = interrupt(self.slices, by)
        return SliceService(slices, slices, self.sweep_slice, self.clock, reads_reports=True)

    def sweep_slice(self, name: str, cursor: str | None, is_out_of_time: Callable[[], bool]) -> Any:
        service: Any = self.report_service() if name.startswith(REPORTS) else self.sweep_service()
        return service.sweep_slice(name, cursor, is_out_of_time)

    def read_reports(self, batches: int = 1_000) -> Counter[str]:
        """Starts a sweep and delivers its slices until none is left. Each run has time for so many batches of rows."""
        self.slice_service().start()
        outcomes: Counter[str] = Counter()
        while self.slices.tasks:
            task = self.slices.tasks.pop(0)
            result: Any = self.slice_service().run(task, out_of_time_after(batches))
            outcomes += result.outcomes if task.name.startswith(REPORTS) else Counter()
        return outcomes

    def orphans(self, number: int) -> list[str]:
        """Stores old objects without a record."""
        return [self.put(documents_key(OWNER, an_id(each))) for each in range(number)]

    def purge(self) -> None:
        """Deletes the document and its bytes, as the function `purge` does."""
        self.apply(DeleteRequested(self.clock()))
        self.clock.advance(SECOND)
        self.apply(PurgeStarted())
        for key in (documents_key(OWNER, an_id()), THUMB):
            self.objects.keys.pop(key, None)
        self.apply(PurgeCompleted(self.document.attempt))


def out_of_time_after(batches: int) -> Callable[[], bool]:
    left = count(1)
    return lambda: next(left) >= batches


@pytest.fixture
def scenario() -> ReportScenario:
    return ReportScenario()


def complete(scenario: SweepScenario) -> None:
    """Stores a ready document with one rendition."""
    scenario.expect()
    scenario.apply(ObjectArrived("v1"))
    stored, thumb = scenario.put(documents_key(OWNER, an_id())), scenario.put(THUMB)
    rendered = a_passed_step(renditions={"thumb": rendition_facts(thumb)})
    scenario.apply(a_completed_attempt(stored_version=stored, steps=(rendered,)))


def fill(scenario: SweepScenario) -> None:
    """Stores what a sweep keeps, what it lists as unknown and what it deletes."""
    complete(scenario)
    scenario.put(THUMB)
    scenario.put(documents_key(OWNER, an_id()))
    for number in range(1, 230):
        scenario.put(documents_key(OWNER, an_id(number)))
    scenario.put(f"{renditions_prefix(OWNER, an_id(7))}render/thumb")
    scenario.put(f"{DOCUMENTS}{OWNER} is no owner key")
    scenario.clock.advance(GRACE + SECOND)


def test_a_report_and_a_listing_find_the_same() -> None:
    listing, reporting = SweepScenario(), ReportScenario()
    fill(listing)
    fill(reporting)
    reporting.report()
    found = reporting.read_reports()
    assert found == listing.sweep_all_slices() == Counter(orphan_reported=232, deleted_version=1)
    assert [*reporting.stored_versions()] == [*listing.stored_versions()]


def test_a_sweep_with_reports_lists_nothing_that_is_stored(scenario: ReportScenario) -> None:
    names = [*scenario.slice_service().start().names]
    assert not [name for name in names if name.startswith((DOCUMENTS, RENDITIONS))]
    lanes = [f"{REPORTS}{prefix}{lane}" for prefix in (DOCUMENTS, RENDITIONS) for lane in range(REPORT_LANES)]
    assert names == [*list_slices(NOW)[:-2], *lanes]


def test_a_report_is_read_once_and_the_next_one_again(scenario: ReportScenario) -> None:
    scenario.orphans(5)
    scenario.clock.advance(GRACE + SECOND)
    scenario.report()
    assert scenario.read_reports() == Counter(orphan_reported=5)
    scenario.orphans(5)
    scenario.clock.advance(REPORT_PERIOD)
    assert scenario.read_reports() == Counter()
    scenario.report()
    assert scenario.read_reports() == Counter(orphan_reported=5)


def test_a_run_continues_at_the_row_at_which_the_one_before_ended(scenario: ReportScenario) -> None:
    """Every row is seen once, although a run has time for one batch of 100 rows only."""
    scenario.orphans(730)
    scenario.clock.advance(GRACE + SECOND)
    scenario.report(files=3)
    seen: list[str] = []
    service = scenario.report_service()

    def check(_prefix: str, rows: Sequence[ObjectVersion], _at: Any) -> Iterator[None]:
        seen.extend(row.version for row in rows)
        return iter(())

    for lane in range(REPORT_LANES):
        cursor, is_finished = None, False
        while not is_finished:
            result = replace(service, check=check).sweep_slice(
                f"{REPORTS}{DOCUMENTS}{lane}", cursor, lambda: True
            )
            cursor, is_finished = result.cursor, result.is_finished
    assert len(seen) == 730
    assert {*seen} == {*scenario.stored_versions()}


def test_a_run_that_fails_is_repeated_from_where_it_began(scenario: ReportScenario) -> None:
    scenario.orphans(250)
    scenario.clock.advance(GRACE + SECOND)
    scenario.report(files=1)
    name = f"{REPORTS}{DOCUMENTS}0"
    first = scenario.report_service().sweep_slice(name, None, lambda: True)
    crashing = scenario.report_service(Interruption(kill_process, at=5))
    with pytest.raises(ProcessKilled):
        crashing.sweep_slice(name, first.cursor, lambda: False)
    second = scenario.report_service().sweep_slice(name, first.cursor, lambda: False)
    assert second.is_finished
    assert (first.outcomes["orphan_reported"], first.is_finished) == (100, False)
    assert first.outcomes + second.outcomes <= Counter(orphan_reported=250)
    assert len(scenario.repository.orphans) == 250


def test_a_report_that_has_begun_is_read_to_its_end_before_a_newer_one(scenario: ReportScenario) -> None:
    scenario.orphans(150)
    scenario.clock.advance(GRACE + SECOND)
    first = scenario.report(files=1)
    name = f"{REPORTS}{DOCUMENTS}0"
    cursor = scenario.report_service().sweep_slice(name, None, lambda: True).cursor
    scenario.clock.advance(REPORT_PERIOD)
    second = scenario.report(files=1)
    result = scenario.report_service().sweep_slice(name, cursor, lambda: False)
    assert (result.outcomes, first in str(result.cursor)) == (Counter(orphan_reported=50), True)
    result = scenario.report_service().sweep_slice(name, result.cursor, lambda: False)
    assert (result.outcomes, second in str(result.cursor)) == (Counter(), True)


def test_an_object_that_is_gone_is_not_reported(scenario: ReportScenario) -> None:
    scenario.orphans(2)
    scenario.clock.advance(GRACE + SECOND)
    scenario.report()
    scenario.objects.keys.pop(documents_key(OWNER, an_id(1)))
    scenario.put(documents_key(OWNER, an_id(1)))
    assert scenario.read_reports() == Counter(orphan_reported=1)


def test_rows_of_a_document_that_was_purged_since_change_nothing(scenario: ReportScenario) -> None:
    complete(scenario)
    scenario.clock.advance(GRACE + SECOND)
    scenario.report()
    scenario.purge()
    scenario.clock.advance(DAY)
    assert scenario.read_reports() == Counter()


def test_what_a_purge_has_left_is_found_by_the_next_report(scenario: ReportScenario) -> None:
    complete(scenario)
    scenario.purge()
    left = scenario.put(THUMB)
    scenario.put(documents_key(OWNER, an_id()))
    scenario.clock.advance(2 * GRACE)
    scenario.report()
    assert scenario.read_reports() == Counter(deleted_version=1, orphan_reported=1)
    assert left not in scenario.stored_versions()


def test_a_version_that_became_the_document_s_own_since_is_kept(scenario: ReportScenario) -> None:
    """When the report was made, the record named neither of them yet."""
    scenario.expect()
    scenario.apply(ObjectArrived("v1"))
    stored, thumb = scenario.put(documents_key(OWNER, an_id())), scenario.put(THUMB)
    scenario.clock.advance(GRACE + SECOND)
    scenario.report()
    rendered = a_passed_step(renditions={"thumb": rendition_facts(thumb)})
    scenario.apply(a_completed_attempt(stored_version=stored, steps=(rendered,)))
    assert scenario.read_reports() == Counter()
    assert [*scenario.stored_versions()] == [stored, thumb]


def test_a_damaged_manifest_is_logged_once_and_changes_nothing(scenario: ReportScenario) -> None:
    scenario.orphans(3)
    scenario.clock.advance(GRACE + SECOND)
    made = scenario.report()
    scenario.reports.damage_manifest(DOCUMENTS, made)
    assert scenario.read_reports() + scenario.read_reports() == Counter({DAMAGED: REPORT_LANES})
    assert scenario.damage == [f"{DOCUMENTS}{made}"] * REPORT_LANES
    assert not scenario.repository.orphans


def test_a_damaged_file_is_logged_and_the_others_are_read(scenario: ReportScenario) -> None:
    scenario.orphans(30)
    scenario.clock.advance(GRACE + SECOND)
    made = scenario.report(files=3)
    scenario.reports.damage_file(DOCUMENTS, made, 0)
    assert scenario.read_reports() == Counter({DAMAGED: 1, "orphan_reported": 20})
    assert scenario.damage == [f"{DOCUMENTS}{made}"]


def test_a_report_that_expires_while_it_is_read_gives_way_to_the_next_one(scenario: ReportScenario) -> None:
    scenario.orphans(150)
    scenario.clock.advance(GRACE + SECOND)
    first = scenario.report(files=1)
    name = f"{REPORTS}{DOCUMENTS}0"
    cursor = scenario.report_service().sweep_slice(name, None, lambda: True).cursor
    scenario.reports.delete(DOCUMENTS, first)
    scenario.clock.advance(REPORT_PERIOD)
    scenario.report(files=1)
    result = scenario.report_service().sweep_slice(name, cursor, lambda: False)
    assert (result.outcomes, result.is_finished) == (Counter({DAMAGED: 1}), True)
    result = scenario.report_service().sweep_slice(name, result.cursor, lambda: False)
    assert result.outcomes == Counter(orphan_reported=50)


def test_the_age_of_the_newest_report_is_logged_in_every_period(scenario: ReportScenario) -> None:
    """Without any report, the time since the first run counts."""
    scenario.read_reports()
    assert {age for _, age in scenario.ages} <= {timedelta(seconds=each) for each in range(60)}
    scenario.ages.clear()
    scenario.clock.advance(2 * REPORT_PERIOD)
    scenario.read_reports()
    assert [prefix for prefix, _ in scenario.ages] == [DOCUMENTS, RENDITIONS]
    assert min(age for _, age in scenario.ages) >= 2 * REPORT_PERIOD
    scenario.report()
    scenario.ages.clear()
    scenario.read_reports()
    assert max(age for _, age in scenario.ages) < timedelta(minutes=1)


def test_a_deployment_without_reports_ends_the_slices_that_are_left(scenario: ReportScenario) -> None:
    scenario.read_reports()
    without = replace(scenario.report_service(), reports=None)
    result = without.sweep_slice(f"{REPORTS}{DOCUMENTS}0", "a cursor", lambda: False)
    assert result == SliceResult(Counter())
