"""Queues that functions consume, and their dead-letter queues."""

import pytest

from tests.infra.policy import as_list, queue_policy
from tests.infra.template import Synthesis

CONSUMERS = {
    "ObjectCreated": "PipelineFunction",
    "PurgeTasks": "PurgeFunction",
    "SweepSlices": "SweepsFunction",
    "StepsPromoteTasks": "LargeCopyFunction",
    "StepsPromoteResults": "PipelineFunction",
}
each_queue = pytest.mark.parametrize("name", CONSUMERS)


@each_queue
@pytest.mark.parametrize("queue", ["Queue", "DeadLetters"])
def test_every_queue_denies_plain_http(stack: Synthesis, name: str, queue: str) -> None:
    (denied,) = [s for s in queue_policy(stack, name + queue) if s["Effect"] == "Deny"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert denied["Principal"] == {"AWS": "*"}
    assert as_list(denied["Action"]) == ["sqs:*"]


@pytest.mark.parametrize("name", sorted(CONSUMERS.keys() - {"ObjectCreated"}))
def test_nobody_outside_the_account_may_send_a_purge_a_task_or_a_result(stack: Synthesis, name: str) -> None:
    assert [s["Effect"] for s in queue_policy(stack, f"{name}Queue")] == ["Deny"]


@each_queue
def test_a_message_is_redelivered_after_the_timeout_of_its_consumer_and_dead_after_many_receives(
    stack: Synthesis, name: str
) -> None:
    queue = stack.all("AWS::SQS::Queue")[f"{name}Queue"]
    consumer = stack.all("AWS::Lambda::Function")[CONSUMERS[name]]
    assert queue["VisibilityTimeout"] == consumer["Timeout"]
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": f"${{{name}DeadLetters.Arn}}",
        # Our functions send a hopeless message to the dead letters by themselves.
        "maxReceiveCount": 1000,
    }


@each_queue
def test_dead_letters_are_retained_for_fourteen_days(stack: Synthesis, name: str) -> None:
    assert stack.all("AWS::SQS::Queue")[f"{name}DeadLetters"]["MessageRetentionPeriod"] == 14 * 24 * 60 * 60
