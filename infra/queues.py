"""The queues that the functions of every deployment read."""

from collections.abc import Mapping
from typing import NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.object_created_queue import ObjectCreatedQueue
from infra.queue_with_dead_letters import QueueWithDeadLetters


class Queues(NamedTuple):
    """The queues of `pipeline`, `purge` and `sweeps`."""

    object_created: QueueWithDeadLetters
    purge_tasks: QueueWithDeadLetters
    sweep_slices: QueueWithDeadLetters


def create_queues(
    scope: Construct, bucket: s3.Bucket, timeouts: Mapping[str, cdk.Duration], key: kms.IKey | None
) -> Queues:
    """Creates the queues. A message stays invisible for the timeout of the function that reads it."""
    return Queues(
        ObjectCreatedQueue(
            scope, "ObjectCreated", bucket=bucket, visibility_timeout=timeouts["pipeline"], key=key
        ),
        QueueWithDeadLetters(scope, "PurgeTasks", visibility_timeout=timeouts["purge"], key=key),
        QueueWithDeadLetters(scope, "SweepSlices", visibility_timeout=timeouts["sweeps"], key=key),
    )
