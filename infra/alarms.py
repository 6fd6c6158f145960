"""CloudWatch alarms. `alarm_topic.AlarmTopic` adds their actions."""

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.functions import Function
from infra.names import construct_name
from infra.queues import Queues
from infra.step_queues import StepQueues

ALARM_PERIOD = cdk.Duration.minutes(5)
_MAX_AGE = cdk.Duration.minutes(10)
"""With the period of the alarm, an outage is seen within 15 minutes."""
_STAGING_AGE = cdk.Duration.hours(6)
"""Maximum age of the sweep of staging in any of its slices."""


class Alarms(Construct):
    """Alarms with a five-minute period; missing data is treated as not breaching. `StagingSweep` is the exception.

    `steps` has the queues of each step with a worker.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        queues: Queues,
        steps: Mapping[str, StepQueues],
        pipeline: Function,
        sweeps: Function,
        api: apigateway.HttpApi,
    ) -> None:
        super().__init__(scope, id)
        self._watch_dead_letters(queues)
        self._watch_age(queues)
        self._watch_messages(pipeline.log_group)
        self._watch_errors(pipeline, sweeps, api)
        for name, step in steps.items():
            self._watch_step(name, step)
        self._watch_staging(sweeps.log_group)

    def _watch_dead_letters(self, queues: Queues) -> None:
        create_alarm(
            self,
            "DeadLetters",
            count_messages(queues.object_created.dead_letters),
            description="An S3 event moved to the dead-letter queue after its last retry: its document stays as it is.",
        )
        create_alarm(
            self,
            "PurgeDeadLetters",
            count_messages(queues.purge_tasks.dead_letters),
            description="A purge moved to the dead-letter queue after its last retry: the bytes of a deleted document "
            "remain until a sweep enqueues the purge again.",
        )
        create_alarm(
            self,
            "SliceDeadLetters",
            count_messages(queues.sweep_slices.dead_letters),
            description="A slice of a sweep moved to the dead-letter queue after its last retry: the next sweep starts it "
            "again. If that fails too, what the slice covers waits.",
        )

    def _watch_age(self, queues: Queues) -> None:
        create_alarm(
            self,
            "OldestUploadEvent",
            queues.object_created.queue.metric_approximate_age_of_oldest_message(
                period=ALARM_PERIOD, statistic="Maximum"
            ),
            threshold=_MAX_AGE.to_seconds(),
            description="The oldest S3 event has waited in its queue for 10 minutes: the function pipeline does not read it, or "
            "too slowly. If Lambda throttles it, raise the account's concurrency, otherwise pipelineConcurrency.",
        )

    def _watch_errors(self, pipeline: Function, sweeps: Function, api: apigateway.HttpApi) -> None:
        create_alarm(
            self,
            "PipelineErrors",
            pipeline.function.metric_errors(period=ALARM_PERIOD, statistic="Sum"),
            description="An invocation of pipeline crashed or timed out: its messages return to the queue.",
        )
        create_alarm(
            self,
            "SweepsErrors",
            sweeps.function.metric_errors(period=ALARM_PERIOD, statistic="Sum"),
            description="A sweep failed: expired uploads and lost events wait for the next sweep that succeeds.",
        )
        create_alarm(
            self,
            "ApiServerErrors",
            api.metric_server_error(period=ALARM_PERIOD, statistic="Sum"),
            description="The API responded with status 5xx.",
        )

    def _watch_step(self, step: str, queues: StepQueues) -> None:
        name = construct_name(step)
        create_alarm(
            self,
            f"{name}TaskDeadLetters",
            count_messages(queues.tasks.dead_letters),
            description=f"A task of the step {step} moved to the dead-letter queue: its worker fails again and again. The "
            "document waits for the step's timeout, then a sweep enqueues another task.",
        )
        create_alarm(
            self,
            f"{name}ResultDeadLetters",
            count_messages(queues.results.dead_letters),
            description=f"A result of the step {step} moved to the dead-letter queue: it is no valid result, or the "
            "pipeline fails. The pipeline's log says which.",
        )

    def _watch_messages(self, pipeline_log: logs.LogGroup) -> None:
        """Reads the age of the oldest message that is not done, because a message that is sent anew looks young to SQS."""
        oldest = self._read_log(
            "OldestSeconds",
            pipeline_log,
            message="batch",
            field="$.oldest_seconds",
            at_least=0,
            metric_name="OldestMessageSeconds",
            metric_value="$.oldest_seconds",
        )
        create_alarm(
            self,
            "OldestMessage",
            oldest.metric(period=ALARM_PERIOD, statistic="Maximum"),
            threshold=_MAX_AGE.to_seconds(),
            description="A message of the pipeline has been tried for 10 minutes: S3, KMS, SQS or the table has a fault, or a "
            "document is leased all the time. The warnings `fault` in the log of pipeline say which. Nothing is lost: it is tried until it succeeds.",
        )

    def _watch_staging(self, sweeps_log: logs.LogGroup) -> None:
        """Reads the age of the slice of staging that was completed longest ago.

        Each start of a sweep logs the age, unless a slice has never begun.
        """
        age = self._read_log(
            "StagingAge",
            sweeps_log,
            message="sweep_started",
            field="$.staging_age",
            at_least=0,
            metric_name="StagingAge",
            metric_value="$.staging_age",
        )
        create_alarm(
            self,
            "StagingSweep",
            age.metric(period=cdk.Duration.hours(1), statistic="Maximum"),
            threshold=_STAGING_AGE.to_seconds(),
            missing_data=cloudwatch.TreatMissingData.BREACHING,
            description=f"A slice of staging was not listed to its end for {_STAGING_AGE.to_hours()} hours, or no "
            "sweep has started for an hour: staged bytes are kept and billed, and lost events wait. If the log of sweeps "
            "has errors, repair their cause. If the slice has lines without finished, staging has more than its runs list "
            "in their time: find out who uploads so much, and lower the limits of an owner. A new deployment is in alarm "
            "until its second sweep.",
        )

    def _read_log(
        self,
        id: str,
        log_group: logs.LogGroup,
        *,
        message: str,
        field: str,
        at_least: int,
        metric_name: str,
        metric_value: str = "1",
    ) -> logs.MetricFilter:
        """Makes a metric of the log lines with this message and field. The namespace is the name of the stack."""
        return logs.MetricFilter(
            self,
            id,
            log_group=log_group,
            filter_pattern=logs.FilterPattern.all(
                logs.FilterPattern.string_value("$.message", "=", message),
                logs.FilterPattern.number_value(field, ">=", at_least),
            ),
            metric_namespace=cdk.Stack.of(self).stack_name,
            metric_name=metric_name,
            metric_value=metric_value,
        )


def create_alarm(
    scope: Construct,
    id: str,
    metric: cloudwatch.IMetric,
    *,
    threshold: float = 1,
    description: str,
    missing_data: cloudwatch.TreatMissingData = cloudwatch.TreatMissingData.NOT_BREACHING,
) -> cloudwatch.Alarm:
    """Creates an alarm that goes off after one period in which the metric reaches the threshold."""
    return cloudwatch.Alarm(
        scope,
        id,
        metric=metric,
        threshold=threshold,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=missing_data,
        alarm_description=description,
    )


def count_messages(queue: sqs.Queue) -> cloudwatch.Metric:
    """Returns the metric of the messages that wait in a queue."""
    return queue.metric_approximate_number_of_messages_visible(period=ALARM_PERIOD, statistic="Maximum")
