"""The worker of the step `image`."""

import aws_cdk as cdk
from constructs import Construct

from infra.features.props import StepProps
from infra.features.step_worker import StepWorker, WorkerSize

_SIZE = WorkerSize(timeout=cdk.Duration.minutes(2), memory_size=2_048)
"""One vCPU has 1,769 MB. https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""


class ImageWorker(StepWorker):
    """The function `image`."""

    def __init__(self, scope: Construct, id: str, props: StepProps) -> None:
        super().__init__(scope, id, props=props, size=_SIZE)
