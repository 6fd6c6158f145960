"""The worker of the step `promote` for objects above the single-copy limit."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from infra.functions import Function, SharedProps
from infra.step_queues import StepQueues

# Lambda's maximum, because each invocation continues the copy for as long as it can.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
TIMEOUT = cdk.Duration.minutes(15)


class LargeCopy(Function):
    """The function `large_copy`, which reads the tasks of the step `promote`."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        queues: StepQueues,
        statements: Sequence[iam.PolicyStatement],
        shared: SharedProps,
    ) -> None:
        super().__init__(scope, id, name="large_copy", timeout=TIMEOUT, statements=statements, shared=shared)
        queues.connect(self.function)
