"""From S3 to the queue to the function, and who may put a message there (T25)."""

from tests.infra.conftest import Checked
from tests.infra.policy import queue_policy


def test_s3_tells_the_queue_of_every_object_in_staging_and_of_no_other(stack: Checked) -> None:
    assert stack.only("AWS::S3::Bucket")["NotificationConfiguration"] == {
        "QueueConfigurations": [
            {
                "Event": "s3:ObjectCreated:*",
                "Queue": "${ObjectCreatedQueue.Arn}",
                "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "staging/"}]}},
            }
        ]
    }


def test_the_queue_lets_s3_send_before_the_bucket_is_made(stack: Checked) -> None:
    # S3 tries the queue when the notification is set, and CloudFormation sees no reference that says so.
    (waits_for,) = stack.resources()["StorageBucket"]["DependsOn"]
    assert waits_for.startswith("ObjectCreatedQueuePolicy")


def test_only_s3_may_send_and_only_for_this_account(stack: Checked) -> None:
    (allowed,) = [
        statement for statement in queue_policy(stack, "ObjectCreatedQueue") if statement["Effect"] == "Allow"
    ]
    assert allowed["Principal"] == {"Service": "s3.amazonaws.com"}
    assert allowed["Action"] == "sqs:SendMessage"
    assert allowed["Resource"] == "${ObjectCreatedQueue.Arn}"
    assert allowed["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"},
        "ArnLike": {"aws:SourceArn": "arn:${AWS::Partition}:s3:::*"},
    }
