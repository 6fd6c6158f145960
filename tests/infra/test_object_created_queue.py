"""The queue of S3 events: which events it receives, and who may send to it (T25)."""

from tests.infra.policy import queue_policy
from tests.infra.template import Synthesis


def test_s3_sends_an_event_for_every_object_in_staging_and_for_no_other(stack: Synthesis) -> None:
    assert stack.only("AWS::S3::Bucket")["NotificationConfiguration"] == {
        "QueueConfigurations": [
            {
                "Event": "s3:ObjectCreated:*",
                "Queue": "${ObjectCreatedQueue.Arn}",
                "Filter": {"S3Key": {"Rules": [{"Name": "prefix", "Value": "staging/"}]}},
            }
        ]
    }


def test_the_queue_policy_is_created_before_the_bucket(stack: Synthesis) -> None:
    # S3 validates the destination when the notification is set, and no reference makes CloudFormation wait.
    (dependency,) = stack.resources()["StorageBucket"]["DependsOn"]
    assert dependency.startswith("ObjectCreatedQueuePolicy")


def test_only_s3_may_send_and_only_for_this_account(stack: Synthesis) -> None:
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
