"""Copies in parts by the worker `large_copy`, from the task to the document that is ready."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.domain.document import Status
from functions.domain.errors import IntegrityError
from functions.domain.keys import documents_key
from functions.domain.steps import PROMOTE
from functions.domain.storage import CopyRequest, StoredObject
from functions.domain.tasks import TaskOutcome
from functions.features.large_copy.worker import CopyOutcome
from functions.pipeline.engine import RETRY_DELAY, Outcome
from functions.pipeline.promote import COPY_TIMEOUT
from tests.examples import OWNER, PNG, an_id
from tests.fake_multipart import InMemoryMultipartStore
from tests.fakes import InMemoryObjectStore
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points
from tests.pipeline_scenario import (
    STAGED,
    PipelineScenario,
    prepare_large_file,
    prepare_large_file_and_little_time,
)
from tests.worker_scenario import find_record, result_of

STORED = documents_key(OWNER, an_id())


def test_a_large_file_is_copied_by_the_worker_and_then_has_no_sha256() -> None:
    scenario = PipelineScenario()
    assert scenario.deliver(*prepare_large_file(scenario)) is Outcome.SUSPENDED
    assert scenario.copy_large() == [CopyOutcome.COPIED]
    assert (scenario.document.status, scenario.document.sha256) == (Status.READY, None)
    assert scenario.stored_bodies() == [PNG]
    assert scenario.end().is_copy_recorded


def test_a_copy_that_runs_out_of_time_is_continued_by_the_next_delivery_of_its_task() -> None:
    scenario = PipelineScenario()
    scenario.deliver(*prepare_large_file_and_little_time(scenario))
    [upload_id] = scenario.objects.copies
    for copied in (1, 2):
        assert scenario.deliver_task() is CopyOutcome.PAUSED
        assert scenario.objects.copies == {upload_id: copied}
    scenario.copy_large()
    assert scenario.document.status is Status.READY


def test_a_copy_at_work_starts_the_deadline_anew() -> None:
    scenario = PipelineScenario()
    scenario.deliver(*prepare_large_file_and_little_time(scenario))
    scenario.clock.advance(COPY_TIMEOUT - timedelta(seconds=1))
    scenario.deliver_task()
    scenario.deliver_results()
    record = find_record(scenario.document, PROMOTE)
    assert record is not None
    assert record.resume_at == scenario.clock() + COPY_TIMEOUT


def test_a_copy_whose_worker_died_is_continued_by_another_task_for_the_same_upload() -> None:
    scenario = PipelineScenario()
    [version] = prepare_large_file_and_little_time(scenario)
    scenario.deliver(version)
    scenario.deliver_task()
    scenario.tasks[PROMOTE].tasks.clear()
    scenario.clock.advance(COPY_TIMEOUT)
    assert scenario.deliver(version) is Outcome.SUSPENDED
    assert len(scenario.objects.copies) == 1
    scenario.copy_large()
    assert scenario.document.status is Status.READY


def test_a_copy_that_is_gone_starts_again() -> None:
    scenario = PipelineScenario()
    [version] = prepare_large_file_and_little_time(scenario)
    scenario.deliver(version)
    scenario.objects.copies.clear()
    assert scenario.copy_large() == [CopyOutcome.COPY_GONE]
    scenario.clock.advance(RETRY_DELAY)
    assert scenario.deliver(version) is Outcome.SUSPENDED
    assert len(scenario.objects.copies) == 1
    scenario.copy_large()
    assert scenario.document.status is Status.READY


def test_a_task_for_a_version_that_is_gone_ends() -> None:
    scenario = PipelineScenario()
    [version] = prepare_large_file(scenario)
    scenario.deliver(version)
    scenario.objects.delete(STAGED, version)
    assert scenario.copy_large() == [CopyOutcome.OBJECT_GONE]


def test_a_crash_of_the_worker_at_any_call_ends_as_without_crash() -> None:
    expected, counting = PipelineScenario(), Interruption(kill_process)
    expected.deliver(*prepare_large_file(expected))
    expected.copy_large(by=counting)
    assert counting.calls
    for at, after in list_points(counting.calls):
        scenario = PipelineScenario()
        scenario.deliver(*prepare_large_file(scenario))
        with pytest.raises(ProcessKilled):
            scenario.deliver_task(by=Interruption(kill_process, at, after))
        scenario.copy_large()
        assert scenario.end() == expected.end(), (at, after)


def test_a_copy_without_its_version_is_never_ready() -> None:
    scenario = PipelineScenario()
    scenario.deliver(*prepare_large_file(scenario))
    [task] = scenario.tasks[PROMOTE].tasks
    for facts in ({}, {"storedVersion": None}, {"storedVersion": 7}):
        scenario.engine().process_result(result_of(task, TaskOutcome.PASSED, facts=facts))
        assert scenario.document.status is Status.PROCESSING


class Careless(InMemoryObjectStore):
    """A store whose copies in parts are not what was requested."""

    def __init__(self, source: dict[str, object], copied: dict[str, object]) -> None:
        super().__init__()
        self.source = source
        self.copied = copied

    def head(self, key: str, version: str) -> StoredObject | None:
        found = super().head(key, version)
        return replace(found, **self.source) if found else None  # type: ignore[arg-type]

    def continue_copy(
        self, request: CopyRequest, upload_id: str, out_of_time: Callable[[], bool]
    ) -> StoredObject | None:
        copied = super().continue_copy(request, upload_id, out_of_time)
        return replace(copied, **self.copied) if copied else None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "copied"), [({}, {"size": 1}), ({"crc64nvme": "AAAA"}, {"crc64nvme": "BBBB"})]
)
def test_a_copy_that_differs_from_the_staged_version_is_never_ready(
    source: dict[str, object], copied: dict[str, object]
) -> None:
    scenario = PipelineScenario(s3=InMemoryMultipartStore(Careless(source, copied)))
    scenario.deliver(*prepare_large_file(scenario))
    with pytest.raises(IntegrityError):
        scenario.copy_large()
    assert scenario.document.status is Status.PROCESSING


@pytest.mark.parametrize("checksum", ["AAAA", None])
def test_a_checksum_of_one_side_only_is_not_compared(checksum: str | None) -> None:
    careless = Careless({"crc64nvme": "AAAA"}, {"crc64nvme": checksum})
    scenario = PipelineScenario(s3=InMemoryMultipartStore(careless))
    scenario.deliver(*prepare_large_file(scenario))
    scenario.copy_large()
    assert scenario.document.status is Status.READY
