"""A command line for each action of the operator's policy, which fails without the action."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

OWNER = "89abcdef01234567" * 2


class Scenario(NamedTuple):
    """A command line. `{folder}` is a new folder, `{id}` the id of a document of the owner."""

    words: Sequence[str]
    needs_owner: bool = False
    needs_dead_letter: bool = False


def _doctor(check: str) -> Scenario:
    return Scenario(["doctor", "--check", check])


_ERASE = Scenario(["erase", "--owner", OWNER, "--yes"], needs_owner=True)
_PUT_BACK = ["dead-letters", "put-back", "SweepSlices"]
_SHOW_LETTERS = ["dead-letters", "show", "SweepSlices"]

SCENARIOS: Mapping[str, Scenario] = {
    "apigateway:GET": _doctor("authorizers"),
    "cloudformation:DescribeStacks": Scenario(["failed"]),
    "cloudformation:GetTemplate": Scenario(["dead-letters", "list"]),
    "cloudformation:ListStackResources": Scenario(["dead-letters", "list"]),
    "cloudwatch:DescribeAlarms": _doctor("alarms"),
    "dynamodb:BatchWriteItem": _ERASE,
    "dynamodb:DescribeContinuousBackups": _doctor("table"),
    "dynamodb:DescribeTable": _doctor("table"),
    "dynamodb:DescribeTimeToLive": _doctor("table"),
    "dynamodb:GetItem": Scenario(["show", "{id}", "--owner", OWNER], needs_owner=True),
    "dynamodb:Query": _ERASE,
    "dynamodb:Scan": Scenario(["find", "--id", "{id}"], needs_owner=True),
    "dynamodb:UpdateItem": Scenario(["usage", "--owner", OWNER, "--repair"], needs_owner=True),
    "events:DescribeRule": _doctor("event-sources"),
    "events:ListTargetsByRule": _doctor("event-sources"),
    "iam:GetRolePolicy": _doctor("roles"),
    "iam:ListAttachedRolePolicies": _doctor("roles"),
    "iam:ListRolePolicies": _doctor("roles"),
    "lambda:GetFunction": _doctor("functions"),
    "lambda:InvokeFunction": Scenario(["failed"]),
    "lambda:ListEventSourceMappings": _doctor("event-sources"),
    "s3:AbortMultipartUpload": _ERASE,
    "s3:DeleteObjectVersion": _ERASE,
    "s3:GetBucketNotification": _doctor("bucket-events"),
    "s3:GetBucketPolicy": _doctor("bucket-policy"),
    "s3:GetBucketPublicAccessBlock": _doctor("public-access"),
    "s3:GetBucketVersioning": _doctor("versions"),
    "s3:GetLifecycleConfiguration": _doctor("lifecycle"),
    "s3:GetObjectVersion": Scenario(["export", "--owner", OWNER, "{folder}"], needs_owner=True),
    "s3:ListBucketMultipartUploads": _ERASE,
    "s3:ListBucketVersions": _ERASE,
    "s3:PutBucketPolicy": Scenario(["stop-urls"]),
    "sns:ListSubscriptionsByTopic": _doctor("alarms"),
    "sqs:ChangeMessageVisibility": Scenario(_SHOW_LETTERS, needs_dead_letter=True),
    "sqs:DeleteMessage": Scenario(_PUT_BACK, needs_dead_letter=True),
    "sqs:GetQueueAttributes": Scenario(["dead-letters", "list"]),
    "sqs:ReceiveMessage": Scenario(_SHOW_LETTERS, needs_dead_letter=True),
    "sqs:SendMessage": Scenario(_PUT_BACK, needs_dead_letter=True),
}
"""Actions that the stack without a scanner needs."""

GUARDDUTY_SCENARIOS: Mapping[str, Scenario] = {"guardduty:GetMalwareProtectionPlan": _doctor("scanner")}
"""Actions that only a stack with GuardDuty needs."""

AUDIT_SCENARIOS: Mapping[str, Scenario] = {"s3:GetBucketObjectLockConfiguration": _doctor("audit")}
"""Actions that only a stack with an audit trail needs."""

EVENTS = frozenset({"s3:PutObject"})
"""Actions that only a stack with events needs. tests/journeys/test_events.py proves them."""

UNPROVED = ("secretsmanager:", "cloudfront:", "kms:", "ec2:", "ecs:", "application-autoscaling:")
"""Beginnings of actions that no scenario proves: the local AWS checks no permission to use a key, and runs no ClamAV."""
