"""The steps with a worker: the queues of each, and the construct of each that Airlock ships."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from functions.domain.steps import PROMOTE
from infra.context import Deployment
from infra.features.props import StepProps
from infra.features.registry import STEP_CONSTRUCTS
from infra.functions import SharedProps
from infra.names import construct_name
from infra.step_queues import StepQueues


def create_step_queues(
    scope: Construct, deployment: Deployment, results_timeout: cdk.Duration, key: kms.IKey | None
) -> dict[str, StepQueues]:
    """Returns the queues of `promote` and of each step with a worker. Outputs name those of the latter.

    `results_timeout` is the timeout of the function that reads the results.
    """
    defined = deployment.read_kinds().step_definitions
    concurrency = {PROMOTE: deployment.large_copy_concurrency} | {
        step: definition.concurrency for step, definition in defined.items()
    }
    folder = Construct(scope, "Steps")
    steps = {
        step: StepQueues(
            folder,
            construct_name(step),
            step=step,
            concurrency=each,
            results_timeout=results_timeout,
            key=key,
        )
        for step, each in concurrency.items()
    }
    for step in defined:
        steps[step].add_outputs()
    return steps


def create_shipped_steps(
    scope: Construct,
    steps: Mapping[str, StepQueues],
    *,
    deployment: Deployment,
    bucket: s3.Bucket,
    key: kms.IKey | None,
    shared: SharedProps,
) -> None:
    """Creates the construct of each step that Airlock ships and a kind lists."""
    for step in filter(STEP_CONSTRUCTS.get, steps):
        props = StepProps(
            step=step, queues=steps[step], bucket=bucket, key=key, deployment=deployment, shared=shared
        )
        STEP_CONSTRUCTS[step](scope, construct_name(step), props)
