"""The queues that functions work off: closed, patient, and with a place for what is hopeless."""

import pytest

from tests.infra.conftest import Checked
from tests.infra.policy import as_list, queue_policy

READERS = {"ObjectCreated": "PipelineFunction", "PurgeTasks": "PurgeFunction"}
each_queue = pytest.mark.parametrize("name", READERS)


@each_queue
@pytest.mark.parametrize("queue", ["Queue", "DeadLetters"])
def test_every_queue_refuses_plain_http(stack: Checked, name: str, queue: str) -> None:
    (denied,) = [s for s in queue_policy(stack, name + queue) if s["Effect"] == "Deny"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["Principal"] == {"AWS": "*"}
    assert as_list(denied["Action"]) == ["sqs:*"]


def test_nobody_outside_the_account_puts_a_document_on_the_list_of_those_to_purge(stack: Checked) -> None:
    assert [s["Effect"] for s in queue_policy(stack, "PurgeTasksQueue")] == ["Deny"]


@each_queue
def test_a_message_comes_back_when_its_reader_must_be_dead_and_dies_after_eight_tries(
    stack: Checked, name: str
) -> None:
    queue = stack.all("AWS::SQS::Queue")[f"{name}Queue"]
    reader = stack.all("AWS::Lambda::Function")[READERS[name]]
    assert queue["VisibilityTimeout"] == reader["Timeout"]
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": f"${{{name}DeadLetters.Arn}}",
        "maxReceiveCount": 8,
    }


@each_queue
def test_dead_letters_are_kept_for_fourteen_days(stack: Checked, name: str) -> None:
    assert stack.all("AWS::SQS::Queue")[f"{name}DeadLetters"]["MessageRetentionPeriod"] == 14 * 24 * 60 * 60


@each_queue
def test_a_reader_takes_batches_of_which_only_the_failures_come_back(stack: Checked, name: str) -> None:
    (mapping,) = [
        mapping
        for mapping in stack.all("AWS::Lambda::EventSourceMapping").values()
        if mapping["EventSourceArn"] == f"${{{name}Queue.Arn}}"
    ]
    assert mapping == {
        "EventSourceArn": f"${{{name}Queue.Arn}}",
        "FunctionName": f"${{{READERS[name]}}}",
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 10},
    }
