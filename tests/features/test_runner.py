"""The runner of shipped workers: from a task to a job, and from the verdict to a result."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.tasks import Task, TaskOutcome, TaskResult
from functions.features.job import Job
from functions.features.runner import RunOutcome, TaskRunner
from functions.pipeline.step import Passed, Rejected
from tests.examples import OWNER, PNG, an_id
from tests.fake_step_objects import InMemoryStepObjects
from tests.fakes import InMemoryResultQueue
from tests.features.tasks import a_task

SMALL = b"a small image"


@dataclass
class Worker:
    """A worker that does what a test says."""

    action: Callable[[Job], Passed | Rejected]

    def work(self, job: Job) -> Passed | Rejected:
        return self.action(job)


@dataclass
class Scenario:
    """A staged file and the task for it."""

    objects: InMemoryStepObjects = field(default_factory=InMemoryStepObjects)
    results: InMemoryResultQueue = field(default_factory=InMemoryResultQueue)

    def task(self) -> Task:
        return a_task(self.objects, PNG, "image", "image/png", attempt=3)

    def run(self, action: Callable[[Job], Passed | Rejected], task: Task | None = None) -> RunOutcome:
        runner = TaskRunner(Worker(action), self.objects, self.results)
        return runner.run(task or self.task(), lambda: 60)

    @property
    def result(self) -> TaskResult:
        [result] = self.results.results
        return result


@pytest.fixture
def scenario() -> Scenario:
    return Scenario()


def make_small(job: Job) -> Passed:
    path = job.directory / "small"
    path.write_bytes(SMALL)
    job.store_rendition("small", path, "image/webp", width=4, height=3)
    return Passed({"engine": "one"})


def test_a_result_answers_its_task_with_the_facts_of_the_worker(scenario: Scenario) -> None:
    task = scenario.task()
    assert scenario.run(lambda _job: Passed({"engine": "one"}), task) is RunOutcome.PASSED
    assert scenario.result == TaskResult(
        document_id=task.document_id,
        owner=task.owner,
        step="image",
        attempt=3,
        version=task.version,
        outcome=TaskOutcome.PASSED,
        facts={"engine": "one"},
    )


def test_a_rendition_is_stored_under_its_step_and_named_in_the_facts(scenario: Scenario) -> None:
    scenario.run(make_small)
    [(version, held)] = scenario.objects.store.keys[f"renditions/{OWNER}/{an_id()}/image/small"].items()
    assert (held.body, held.content_type) == (SMALL, "image/webp")
    facts = {
        "versionId": version,
        "contentType": "image/webp",
        "size": len(SMALL),
        "sha256": hashlib.sha256(SMALL).hexdigest(),
        "width": 4,
        "height": 3,
    }
    assert scenario.result.facts == {"engine": "one", "renditions": {"small": facts}}


def test_a_rejection_has_a_code_and_a_sentence(scenario: Scenario) -> None:
    reject = Rejected(Code.STEP_REJECTED, "The image has too many pixels.")
    assert scenario.run(lambda _job: reject) is RunOutcome.REJECTED
    result = scenario.result
    assert (result.outcome, result.code, result.detail) == (
        TaskOutcome.REJECTED,
        "step_rejected",
        "The image has too many pixels.",
    )


def test_a_long_sentence_is_cut_to_what_a_result_may_have(scenario: Scenario) -> None:
    scenario.run(lambda _job: Rejected(Code.STEP_REJECTED, "x" * 501))
    assert scenario.result.detail == "x" * 500


def test_facts_that_are_too_large_are_an_error_of_the_worker(scenario: Scenario) -> None:
    with pytest.raises(ValueError, match="the facts of image have 8193 bytes, more than the 8192"):
        scenario.run(lambda _job: Passed({"text": "x" * (8_193 - len('{"text": ""}'))}))
    assert scenario.results.results == []


def test_a_worker_reads_the_version_of_its_task_from_an_empty_directory(scenario: Scenario) -> None:
    seen: list[tuple[bytes, bytes, list[Path]]] = []

    def read(job: Job) -> Passed:
        before = list(job.directory.iterdir())
        seen.append((job.download().read_bytes(), job.read(1, 3), before))
        return Passed()

    task = scenario.task()
    scenario.objects.store.put(task.key, b"another version")
    scenario.run(read, task)
    assert seen == [(PNG, b"PNG", [])]


def test_the_directory_is_deleted_with_what_the_worker_left_in_it(scenario: Scenario) -> None:
    directories: list[Path] = []

    def leave_file(job: Job) -> Passed:
        (job.directory / "left").write_bytes(b"x")
        directories.append(job.directory)
        return Passed()

    scenario.run(leave_file)
    assert [directory.exists() for directory in directories] == [False]


def test_a_file_that_is_gone_has_no_result(scenario: Scenario) -> None:
    task = scenario.task()
    scenario.objects.store.delete(task.key, task.version)
    assert scenario.run(make_small, task) is RunOutcome.OBJECT_GONE
    assert scenario.results.results == []


def test_progress_is_sent_at_once(scenario: Scenario) -> None:
    def report(job: Job) -> Passed:
        job.report_progress("Half of it.")
        assert [result.detail for result in scenario.results.results] == ["Half of it."]
        return Passed()

    scenario.run(report)
    outcomes = [result.outcome for result in scenario.results.results]
    assert outcomes == [TaskOutcome.PROGRESS, TaskOutcome.PASSED]


def test_an_outage_is_no_verdict_but_a_sign_of_the_worker(scenario: Scenario) -> None:
    def meet_outage(job: Job) -> Passed:
        scenario.objects.is_down = True
        job.download()
        return Passed()

    with pytest.raises(Unavailable):
        scenario.run(meet_outage)
    assert scenario.result.outcome is TaskOutcome.PROGRESS


def test_a_crash_of_the_worker_is_no_result(scenario: Scenario) -> None:
    def crash(_job: Job) -> Passed:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        scenario.run(crash)
    assert scenario.results.results == []
