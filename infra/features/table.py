"""The worker of the step `table`."""

import aws_cdk as cdk
from constructs import Construct

from infra.features.props import StepProps
from infra.features.step_worker import StepWorker, WorkerSize

_SIZE = WorkerSize(
    # Lambda's maximum. docs/benchmarks.md has the CPU time of a large file.
    timeout=cdk.Duration.minutes(15),
    # The most that a new account may have, which gives two processors.
    # https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    memory_size=3008,
    # The valid rows are on disk twice while they are written.
    storage_size=cdk.Size.gibibytes(10),
)


class TableWorker(StepWorker):
    """The function `table`, which validates the rows of one file at a time."""

    def __init__(self, scope: Construct, id: str, props: StepProps) -> None:
        super().__init__(scope, id, props=props, size=_SIZE)
