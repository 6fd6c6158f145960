"""The worker of a shipped step: a function that reads the task queue of the step."""

from dataclasses import dataclass, replace

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.bundle import bundle
from infra.features.props import StepProps
from infra.functions import Function
from infra.permissions import shipped_worker_statements


@dataclass(frozen=True, kw_only=True)
class WorkerSize:
    """The share of one invocation: time, memory in MB, and the size of /tmp (by default 512 MB)."""

    timeout: cdk.Duration
    memory_size: int
    storage_size: cdk.Size | None = None


class StepWorker(Function):
    """The function of one step, with a role, a memory and a bundle of its own.

    The bundle has the packages of `functions/features/{step}/requirements.lock`.
    """

    def __init__(self, scope: Construct, id: str, *, props: StepProps, size: WorkerSize) -> None:
        super().__init__(
            scope,
            id,
            name=props.step,
            module="step_worker",
            timeout=size.timeout,
            memory_size=size.memory_size,
            storage_size=size.storage_size,
            statements=shipped_worker_statements(props.bucket, props.queues, props.step, props.key),
            shared=replace(props.shared.with_settings(step=props.step), code=_bundle(scope, props)),
        )
        props.queues.connect(self.function)


def _bundle(scope: Construct, props: StepProps) -> lambda_.Code:
    """Returns the code of all functions where nothing is bundled, because no package is in it."""
    stack = cdk.Stack.of(scope)
    if not stack.bundling_required:
        return props.shared.code
    return bundle(stack, props.deployment.bundled_files, f"features/{props.step}/requirements.lock")
