"""From S3 to the queue to the function, and who may put a message there (T25)."""

from typing import Any

from tests.infra.conftest import Checked
from tests.infra.policy import as_list


def policy(stack: Checked, queue: str) -> list[dict[str, Any]]:
    (document,) = [
        properties["PolicyDocument"]
        for properties in stack.all("AWS::SQS::QueuePolicy").values()
        if properties["Queues"] == [f"${{{queue}}}"]
    ]
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


def test_s3_tells_the_queue_of_every_object_in_staging_and_of_no_other(stack: Checked) -> None:
    assert stack.only("AWS::S3::Bucket")["NotificationConfiguration"] == {
        "QueueConfigurations": [
            {
                "Event": "s3:ObjectCreated:*",
                "Queue": "${ArrivalsQueue.Arn}",
                "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "staging/"}]}},
            }
        ]
    }


def test_the_queue_lets_s3_send_before_the_bucket_is_made(stack: Checked) -> None:
    # S3 tries the queue when the notification is set, and CloudFormation sees no reference that says so.
    (waits_for,) = stack.resources()["StorageBucket"]["DependsOn"]
    assert waits_for.startswith("ArrivalsQueuePolicy")


def test_only_s3_may_send_and_only_for_this_account(stack: Checked) -> None:
    (allowed,) = [statement for statement in policy(stack, "ArrivalsQueue") if statement["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Resource"] == "${ArrivalsQueue.Arn}"
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
        "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:s3:::*"},
    }


def test_both_queues_refuse_plain_http(stack: Checked) -> None:
    for queue in ("ArrivalsQueue", "ArrivalsDeadLetters"):
        (denied,) = [statement for statement in policy(stack, queue) if statement["Effect"] == "Deny"]
        assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert denied["Principal"] == {"AWS": "*"}
        assert as_list(denied["Action"]) == ["sqs:*"]


def test_a_message_comes_back_when_its_reader_must_be_dead_and_dies_after_eight_tries(stack: Checked) -> None:
    arrivals = stack.all("AWS::SQS::Queue")["ArrivalsQueue"]
    reader = stack.all("AWS::Lambda::Function")["ObjectCreatedFunction"]
    assert arrivals["VisibilityTimeout"] == reader["Timeout"] == 900
    assert arrivals["RedrivePolicy"] == {
        "deadLetterTargetArn": "${ArrivalsDeadLetters.Arn}",
        "maxReceiveCount": 8,
    }


def test_dead_letters_are_kept_for_fourteen_days(stack: Checked) -> None:
    assert stack.all("AWS::SQS::Queue")["ArrivalsDeadLetters"]["MessageRetentionPeriod"] == 14 * 24 * 60 * 60


def test_object_created_reads_batches_of_which_only_the_failures_come_back(stack: Checked) -> None:
    assert stack.only("AWS::Lambda::EventSourceMapping") == {
        "EventSourceArn": "${ArrivalsQueue.Arn}",
        "FunctionName": "${ObjectCreatedFunction}",
        "BatchSize": 10,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "ScalingConfig": {"MaximumConcurrency": 10},
    }
