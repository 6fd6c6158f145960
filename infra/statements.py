"""Statements of policies: the parts that the permissions of several functions share."""

from collections.abc import Mapping, Sequence

from aws_cdk import aws_iam as iam

from infra.queue_with_dead_letters import QueueWithDeadLetters

# ChangeMessageVisibility is for the backoff of a failed message.
CONSUME = (
    "sqs:ReceiveMessage",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:ChangeMessageVisibility",
)


def allow(
    resources: str | Sequence[str], *actions: str, conditions: Mapping[str, object] | None = None
) -> iam.PolicyStatement:
    """Returns the statement that allows these actions on one resource or several, each an ARN."""
    each = [resources] if isinstance(resources, str) else list(resources)
    return iam.PolicyStatement(actions=list(actions), resources=each, conditions=conditions)


def allow_batches(*consumed: QueueWithDeadLetters) -> list[iam.PolicyStatement]:
    """Allows to consume queues, to send a message anew, and to send one to the dead letters."""
    return [
        allow([each.queue.queue_arn for each in consumed], *CONSUME, "sqs:SendMessage"),
        allow([each.dead_letters.queue_arn for each in consumed], "sqs:SendMessage"),
    ]
