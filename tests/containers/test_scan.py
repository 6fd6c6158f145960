"""The container with ClamAV: a loop over the task queue, with a scan engine that a test plays."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from functions.adapters.sqs import SQSTaskQueue
from functions.containers.scan import TaskLoop
from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.keys import SCAN_AREA, staging_key
from functions.domain.tasks import Task, TaskOutcome
from functions.features.runner import TaskRunner
from functions.features.scan.worker import ClamAVWorker
from tests.adapters.test_sqs import TASK
from tests.examples import OWNER, an_id
from tests.fake_step_objects import InMemoryStepObjects
from tests.fakes import InMemoryResultQueue
from tests.moto_account import REGION

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

KEY = staging_key(OWNER, an_id(), SCAN_AREA)


@dataclass
class FakeEngine:
    """An engine that answers what a test says. `None`: it is not there."""

    answer: str | None = "stream: OK"
    received: list[bytes] = field(default_factory=list)

    def scan(self, chunks: Iterable[bytes]) -> str:
        if self.answer is None:
            raise Unavailable(Code.STORAGE_UNAVAILABLE, "clamd is unavailable.")
        self.received.append(b"".join(chunks))
        return self.answer

    def read_version(self) -> str:
        # The version is that from before the scan, even if new signatures arrive during it.
        return f"ClamAV 1.4.3/{27800 + len(self.received)}/Mon May  4 08:00:00 2026"


@dataclass
class Scenario:
    """A queue of tasks, staged objects and the results of the loop."""

    sqs: "SQSClient"
    url: str
    engine: FakeEngine = field(default_factory=FakeEngine)
    objects: InMemoryStepObjects = field(default_factory=InMemoryStepObjects)
    results: InMemoryResultQueue = field(default_factory=InMemoryResultQueue)

    def stage(self, body: bytes) -> Task:
        version = self.objects.store.put(KEY, body)
        return replace(TASK, step="scan", owner=OWNER, key=KEY, version=version, size=len(body))

    def enqueue(self, task: Task) -> None:
        SQSTaskQueue(self.sqs, self.url).enqueue(task)

    def run(self) -> None:
        """Runs the loop for one request to SQS."""
        answers = iter([False, True])
        runner = TaskRunner(ClamAVWorker(self.engine), self.objects, self.results)
        TaskLoop(self.sqs, self.url, runner, lambda: next(answers)).run()

    def count_tasks(self) -> int:
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=["All"])["Attributes"]
        waiting, working = (
            found["ApproximateNumberOfMessages"],
            found["ApproximateNumberOfMessagesNotVisible"],
        )
        return int(waiting) + int(working)


@pytest.fixture
def scenario() -> Iterator[Scenario]:
    with mock_aws():
        sqs = boto3.client("sqs", region_name=REGION)
        yield Scenario(sqs, sqs.create_queue(QueueName="tasks")["QueueUrl"])


def test_exactly_the_version_of_the_task_is_scanned(scenario: Scenario) -> None:
    """Another version has arrived since, which a form allows."""
    body = b"ab" * (9 << 20)
    task = scenario.stage(body)
    scenario.stage(b"another")
    scenario.enqueue(task)
    scenario.run()
    assert scenario.engine.received == [body]
    [result] = scenario.results.results
    assert (result.outcome, result.version, result.facts) == (
        TaskOutcome.PASSED,
        task.version,
        {"engine": "clamav", "engineVersion": "1.4.3", "signatureVersion": "27800"},
    )
    assert scenario.count_tasks() == 0


def test_malware_is_rejected(scenario: Scenario) -> None:
    scenario.engine.answer = "stream: Win.A FOUND"
    scenario.enqueue(scenario.stage(b"x"))
    scenario.run()
    [result] = scenario.results.results
    assert (result.outcome, result.code) == (TaskOutcome.REJECTED, Code.MALWARE_FOUND)


@pytest.mark.parametrize("answer", [None, "", "surely fine"], ids=["down", "nothing", "garbage"])
def test_without_a_verdict_the_task_stays_and_nothing_passes(scenario: Scenario, answer: str | None) -> None:
    scenario.engine.answer = answer
    scenario.enqueue(scenario.stage(b"x"))
    scenario.run()
    assert {result.outcome for result in scenario.results.results} == {TaskOutcome.PROGRESS}
    assert scenario.count_tasks() == 1


def test_a_message_that_is_no_task_does_not_end_the_loop(scenario: Scenario) -> None:
    scenario.sqs.send_message(QueueUrl=scenario.url, MessageBody="{}")
    scenario.run()
    assert scenario.results.results == []
    assert scenario.count_tasks() == 1


def test_a_task_whose_bytes_are_gone_is_done(scenario: Scenario) -> None:
    scenario.enqueue(replace(scenario.stage(b"x"), version="gone"))
    scenario.run()
    assert scenario.results.results == []
    assert scenario.count_tasks() == 0
