"""The queues of one step with a worker: tasks go to the worker, results come back to the pipeline."""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from functions.domain.steps import PROMOTE
from infra.nag import suppress
from infra.queue_with_dead_letters import MAX_RECEIVES, QueueWithDeadLetters

_LONGEST_TIMEOUT = cdk.Duration.minutes(15)
"""Lambda's maximum. A worker elsewhere extends the visibility timeout of its task (ChangeMessageVisibility).

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""
_TASK_RECEIVES = 8
"""Deliveries of a task to a worker of the deployer's own, which may fail for good, before it goes to the dead letters."""


class StepQueues(Construct):
    """The task queue and the results queue of the step `step`. The pipeline believes the queue, not the body of a result.

    `concurrency` is the maximum number of tasks that a worker in Lambda does at a time (2 to 1,000). `results_timeout` is
    the timeout of the function `pipeline`, which consumes the results.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        step: str,
        concurrency: int,
        results_timeout: cdk.Duration,
        key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, id)
        self._concurrency = concurrency
        self.tasks = QueueWithDeadLetters(
            self,
            "Tasks",
            visibility_timeout=_LONGEST_TIMEOUT,
            key=key,
            max_receives=MAX_RECEIVES if step == PROMOTE else _TASK_RECEIVES,
        )
        self.results = QueueWithDeadLetters(self, "Results", visibility_timeout=results_timeout, key=key)

    @property
    def urls(self) -> dict[str, str]:
        """The URLs of both queues, as `functions.settings.Settings.step_queues` has them."""
        return {"tasks": self.tasks.queue.queue_url, "results": self.results.queue.queue_url}

    def add_outputs(self) -> None:
        """Adds the outputs `{Name}Tasks` and `{Name}Results` with the URLs, for a worker that runs anywhere."""
        for name, url in self.urls.items():
            output = cdk.CfnOutput(self, f"{name.title()}Url", value=url)
            output.override_logical_id(f"{self.node.id}{name.title()}")

    def connect(self, worker: lambda_.Function) -> None:
        """Invokes `worker` with one task at a time, in as many environments as the concurrency of the step allows.

        A batch has one task, so that each task has the whole timeout of the worker. That timeout becomes the visibility
        timeout of the task queue. The role of the worker needs `infra.permissions.step_worker_statements`.
        """
        if worker.timeout:
            queue = cast(sqs.CfnQueue, self.tasks.queue.node.default_child)
            queue.visibility_timeout = worker.timeout.to_seconds()
        mapping = worker.add_event_source_mapping(
            "Tasks",
            event_source_arn=self.tasks.queue.queue_arn,
            batch_size=1,
            max_concurrency=self._concurrency,
            report_batch_item_failures=True,
        )
        suppress(mapping, "Serverless-LambdaEventSourceMappingDestination")
