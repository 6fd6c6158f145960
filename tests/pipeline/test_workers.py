"""Steps with a worker: the task, the result, and results that come twice, late, early, or of something else."""

from datetime import timedelta

import pytest

from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.effects import LEASE
from functions.domain.events import DeleteRequested, RedriveRequested
from functions.domain.keys import SCAN_AREA
from functions.domain.kinds import Kinds
from functions.domain.steps import StepStatus
from functions.domain.tasks import TaskOutcome
from functions.pipeline.engine import RETRY_DELAY, Outcome
from functions.pipeline.run import MAX_TRIES
from tests.examples import BUCKET, KINDS, NOW, OWNER, PNG, an_id
from tests.interruptions import Interruption, ProcessKilled, kill_process
from tests.pipeline_scenario import STAGED
from tests.worker_scenario import PASSED, REJECTED, THUMB, WorkerScenario, result_of

TIMEOUT = timedelta(seconds=600)


def test_a_task_says_everything_that_a_worker_needs() -> None:
    scenario = WorkerScenario()
    assert scenario.upload_checked() is Outcome.SUSPENDED
    task = scenario.task("check")
    assert (task.document_id, task.owner, task.step, task.attempt) == (an_id(), OWNER, "check", 1)
    assert (task.bucket, task.key, task.version) == (BUCKET, STAGED, scenario.version)
    assert (task.size, task.content_type) == (len(PNG), "image/png")
    assert (task.parameters, task.deadline) == ({"words": ["secret"]}, NOW + TIMEOUT)


def test_a_document_is_ready_after_the_last_worker_has_passed_it() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    assert scenario.answer("check") is Outcome.SUSPENDED
    assert scenario.answer("render", facts=THUMB) is Outcome.READY
    assert [record.name for record in scenario.document.shown_steps] == [
        "size",
        "type",
        "check",
        "render",
        "promote",
    ]
    assert scenario.document.renditions[0].version == "v9"


def test_renditions_count_in_the_bytes_of_the_owner() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.answer("check")
    scenario.answer("render", facts=THUMB)
    assert scenario.document.reserved_bytes == len(PNG) + 7
    assert scenario.repository.usage(OWNER, NOW).reserved_bytes == len(PNG) + 7


def test_a_worker_rejects_with_its_own_sentence() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    assert scenario.answer("check", REJECTED, detail="It contains a secret.") is Outcome.REJECTED
    record = scenario.record("check")
    assert record is not None
    assert (scenario.document.reason, record.detail) == (Code.STEP_REJECTED, "It contains a secret.")
    assert scenario.repository.usage(OWNER, NOW).reserved_bytes == 0
    assert not scenario.tasks["render"].tasks


def test_a_result_that_comes_twice_changes_nothing_the_second_time() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.answer("check")
    before = scenario.document
    assert scenario.answer("check") is Outcome.ALREADY_APPLIED
    assert scenario.answer("check", REJECTED) is Outcome.ALREADY_APPLIED
    assert scenario.document == before


def test_a_duplicate_event_does_not_ask_the_worker_again() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    assert scenario.deliver(scenario.version) is Outcome.WAITING
    assert len(scenario.tasks["check"].tasks) == 1


def test_a_verdict_on_another_version_says_nothing() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    other = scenario.upload(PNG)
    assert scenario.answer("check", version=other) is Outcome.STALE_ATTEMPT
    assert scenario.answer("check", version="never-there") is Outcome.OBJECT_GONE
    assert scenario.record("check") is not None
    assert scenario.document.waiting_step is not None


def test_a_verdict_on_the_bytes_holds_whatever_the_attempt() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    first = scenario.task("check")
    scenario.clock.advance(TIMEOUT)
    scenario.deliver(scenario.version)
    assert scenario.task("check").attempt > first.attempt
    assert scenario.answer("check", to=first) is Outcome.SUSPENDED


def test_facts_hold_for_the_latest_task_only() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.answer("check")
    first = scenario.task("render")
    scenario.clock.advance(timedelta(hours=1))
    scenario.deliver(scenario.version)
    assert scenario.answer("render", to=first, facts=THUMB) is Outcome.STALE_ATTEMPT
    assert scenario.answer("render", facts=THUMB) is Outcome.READY


def test_a_verdict_before_the_event_of_s3_starts_the_pipeline() -> None:
    scenario = WorkerScenario()
    scenario.expect_checked()
    assert scenario.engine().process_result(scenario.early_verdict()) is Outcome.SUSPENDED
    assert scenario.record("check") is not None
    assert not scenario.tasks["check"].tasks
    assert scenario.deliver(scenario.version) is Outcome.WAITING
    assert scenario.answer("render") is Outcome.READY


def test_facts_before_the_event_of_s3_say_nothing() -> None:
    scenario = WorkerScenario()
    scenario.expect_checked()
    early = scenario.early_verdict(facts={"pages": 3})
    assert scenario.engine().process_result(early) is Outcome.STALE_ATTEMPT
    assert scenario.document.status is Status.PENDING


def test_an_early_verdict_of_a_document_that_was_aborted_changes_nothing() -> None:
    scenario = WorkerScenario()
    scenario.expect_checked()
    assert scenario.abort()
    assert scenario.engine().process_result(scenario.early_verdict()) is Outcome.STALE_ATTEMPT
    assert scenario.document.status is Status.ABORTED


def test_a_verdict_before_its_turn_is_kept() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    early = result_of(scenario.task("check"), PASSED, step="render")
    assert scenario.engine().process_result(early) is Outcome.SUSPENDED
    assert scenario.answer("check") is Outcome.READY
    assert not scenario.tasks["render"].tasks


def test_a_rejection_before_its_turn_is_kept_too() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    early = result_of(scenario.task("check"), REJECTED, step="render")
    assert scenario.engine().process_result(early) is Outcome.SUSPENDED
    assert scenario.answer("check") is Outcome.REJECTED


def test_facts_before_their_turn_say_nothing() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    early = result_of(scenario.task("check"), PASSED, step="render", facts=THUMB)
    assert scenario.engine().process_result(early) is Outcome.STALE_ATTEMPT
    assert scenario.answer("check") is Outcome.SUSPENDED


def test_a_step_that_the_kind_does_not_list_has_no_say() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked(kind="image")
    assert scenario.document.status is Status.READY
    scenario = WorkerScenario()
    scenario.upload_checked()
    foreign = result_of(scenario.task("check"), REJECTED, step="another")
    assert scenario.engine().process_result(foreign) is Outcome.SUSPENDED
    assert scenario.record("another") is None


def test_progress_starts_the_deadline_anew_and_shows_its_detail() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.clock.advance(TIMEOUT - timedelta(seconds=1))
    assert scenario.answer("check", TaskOutcome.PROGRESS, detail="Half of it.") is Outcome.WAITING
    record = scenario.record("check")
    assert record is not None
    assert (record.status, record.detail) == (StepStatus.WAITING, "Half of it.")
    assert record.resume_at == scenario.clock() + TIMEOUT


def test_a_worker_that_is_unavailable_gets_its_task_again_and_it_never_counts() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    for number in range(1, 3 * MAX_TRIES):
        assert scenario.answer("check", TaskOutcome.UNAVAILABLE) is Outcome.WAITING
        scenario.clock.advance(RETRY_DELAY)
        assert scenario.deliver(scenario.version) is Outcome.SUSPENDED
        assert len(scenario.tasks["check"].tasks) == number + 1
    assert scenario.answer("check") is Outcome.SUSPENDED


def test_a_worker_that_never_answers_makes_the_document_fail_and_never_ready() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    for _ in range(MAX_TRIES - 1):
        scenario.clock.advance(TIMEOUT)
        assert scenario.deliver(scenario.version) is Outcome.SUSPENDED
    scenario.clock.advance(TIMEOUT)
    assert scenario.deliver(scenario.version) is Outcome.FAILED
    assert scenario.document.reason == Code.STEP_TIMED_OUT
    assert scenario.answer("check") is Outcome.STALE_ATTEMPT
    assert scenario.document.status is Status.FAILED


def test_a_redrive_runs_every_step_again() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    for _ in range(MAX_TRIES):
        scenario.clock.advance(TIMEOUT)
        scenario.deliver(scenario.version)
    scenario.apply(RedriveRequested())
    assert scenario.document.steps == ()
    assert scenario.deliver(scenario.version) is Outcome.SUSPENDED
    scenario.answer("check")
    assert scenario.answer("render") is Outcome.READY


def test_a_result_after_a_delete_changes_nothing() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.answer("check", REJECTED)
    scenario.apply(DeleteRequested(NOW + timedelta(days=7)))
    assert scenario.answer("check") is Outcome.STALE_ATTEMPT
    assert scenario.document.status is Status.DELETED


def test_a_gate_that_a_deployment_adds_holds_for_what_still_waits() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    definitions = {"check": {"timeout": 600, "parameters": {"words": "strings"}}, "render": {}, "late": {}}
    policy = {"content_types": ["image/png"], "max_bytes": 1000, "check": {"words": []}}
    scenario.kinds = Kinds(
        {"checked": {**policy, "steps": ["late", "check", "render"]}, "steps": definitions}
    )
    assert scenario.answer("check") is Outcome.SUSPENDED
    assert scenario.document.waiting_step is not None
    assert scenario.document.waiting_step.name == "late"
    assert scenario.answer("late") is Outcome.SUSPENDED
    assert scenario.answer("render") is Outcome.READY


def test_a_gate_that_a_deployment_removes_is_waited_for_no_longer() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    scenario.kinds = Kinds({"checked": {"content_types": ["image/png"], "max_bytes": 1000}})
    scenario.clock.advance(TIMEOUT)
    assert scenario.deliver(scenario.version) is Outcome.READY
    assert [record.name for record in scenario.document.shown_steps] == ["size", "type", "promote"]


@pytest.mark.parametrize("is_passed", [False, True])
def test_a_kind_that_a_deployment_removes_leaves_nothing_unchecked(is_passed: bool) -> None:
    scenario = WorkerScenario()
    assert scenario.upload_checked() is Outcome.SUSPENDED
    scenario.kinds = Kinds({"other": {"content_types": ["image/png"], "max_bytes": 1_000}})
    if is_passed:
        assert scenario.answer("check") is Outcome.REJECTED
    else:
        scenario.clock.advance(timedelta(minutes=10))
        assert scenario.deliver(scenario.version) is Outcome.REJECTED
    assert scenario.document.reason == Code.TYPE_NOT_ALLOWED
    assert scenario.document.stored_version is None


def test_only_a_built_in_step_says_what_the_fields_of_a_document_are() -> None:
    scenario = WorkerScenario()
    scenario.upload_checked()
    forged = {"contentType": "text/html", "sha256": "00" * 32, "storedVersion": "forged"}
    scenario.answer("check", facts=forged)
    scenario.answer("render")
    assert scenario.document.content_type == "image/png"
    assert scenario.document.stored_version not in (None, "forged")


def test_a_crash_at_any_call_of_a_result_and_its_redelivery_end_as_without_crash() -> None:
    def run(by: Interruption | None) -> WorkerScenario:
        scenario = WorkerScenario()
        scenario.upload_checked()
        scenario.answer("check")
        if by is not None:
            with pytest.raises(ProcessKilled):
                scenario.answer("render", by=by)
        task = scenario.task("render")
        while scenario.engine().process_result(result_of(task)) is Outcome.LEASED:
            scenario.clock.advance(LEASE)
        return scenario

    counting = Interruption(kill_process)
    counted = WorkerScenario()
    counted.upload_checked()
    counted.answer("check")
    counted.answer("render", by=counting)
    expected = run(None).end()
    for at in range(1, counting.calls + 1):
        for after in (False, True):
            assert run(Interruption(kill_process, at, after)).end() == expected, (at, after)


def test_a_crash_between_the_task_and_the_record_sends_the_task_again() -> None:
    scenario = WorkerScenario()
    scenario.expect_checked()
    with pytest.raises(ProcessKilled):
        scenario.deliver(scenario.version, by=Interruption(kill_process, at=4, after=True))
    assert len(scenario.tasks["check"].tasks) == 1
    scenario.clock.advance(LEASE)
    assert scenario.deliver(scenario.version) is Outcome.SUSPENDED
    assert len(scenario.tasks["check"].tasks) == 2
    assert scenario.answer("check") is Outcome.SUSPENDED


def test_a_kind_that_lists_scan_stages_where_the_scanner_looks() -> None:
    kinds = Kinds(
        {
            "safe": {"content_types": ["image/png"], "max_bytes": 1000, "steps": ["scan"]},
            "steps": {"scan": {}},
        }
    )
    kind = kinds.get("safe")
    assert kind is not None
    assert kind.staging_area == SCAN_AREA
    other = KINDS.get("checked")
    assert other is not None
    assert other.staging_area == ""
