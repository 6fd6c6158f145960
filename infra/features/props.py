"""Properties that the stack passes to the construct of a shipped step."""

from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from infra.context import Deployment
from infra.functions import SharedProps
from infra.step_queues import StepQueues


@dataclass(frozen=True, kw_only=True)
class StepProps:
    """The step's name and queues, and what all functions of the stack share. `key` is None without KMS."""

    step: str
    queues: StepQueues
    bucket: s3.Bucket
    key: kms.IKey | None
    deployment: Deployment
    shared: SharedProps
