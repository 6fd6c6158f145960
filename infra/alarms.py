"""CloudWatch alarms. They have no action: add the SNS topic of your team."""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

_PERIOD = cdk.Duration.minutes(5)
_MAX_EVENT_AGE = cdk.Duration.minutes(20)
"""More than one invocation of `pipeline` takes (15 minutes), so a large copy alone does not raise the alarm."""


class Alarms(Construct):
    """Six alarms with a five-minute period; missing data is treated as not breaching."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        object_created_queue: sqs.Queue,
        object_created_dead_letters: sqs.Queue,
        purge_dead_letters: sqs.Queue,
        pipeline: lambda_.Function,
        sweeps: lambda_.Function,
        api: apigateway.HttpApi,
    ) -> None:
        super().__init__(scope, id)
        self._add_alarm(
            "DeadLetters",
            _visible_messages(object_created_dead_letters),
            description="An S3 event moved to the dead-letter queue after its last retry: its document stays as it is.",
        )
        self._add_alarm(
            "PurgeDeadLetters",
            _visible_messages(purge_dead_letters),
            description="A purge moved to the dead-letter queue after its last retry: the bytes of a deleted document "
            "remain until a sweep enqueues the purge again.",
        )
        self._add_alarm(
            "OldestUploadEvent",
            object_created_queue.metric_approximate_age_of_oldest_message(
                period=_PERIOD, statistic="Maximum"
            ),
            threshold=_MAX_EVENT_AGE.to_seconds(),
            description="The oldest S3 event in the queue is 20 minutes old: its document is still processing.",
        )
        self._add_alarm(
            "PipelineErrors",
            pipeline.metric_errors(period=_PERIOD, statistic="Sum"),
            description="An invocation of pipeline crashed or timed out: its messages return to the queue.",
        )
        self._add_alarm(
            "SweepsErrors",
            sweeps.metric_errors(period=_PERIOD, statistic="Sum"),
            description="A sweep failed: expired uploads and lost events wait for the next sweep that succeeds.",
        )
        self._add_alarm(
            "ApiServerErrors",
            api.metric_server_error(period=_PERIOD, statistic="Sum"),
            description="The API responded with status 5xx.",
        )

    def _add_alarm(
        self, id: str, metric: cloudwatch.Metric, *, threshold: float = 1, description: str
    ) -> None:
        cloudwatch.Alarm(
            self,
            id,
            metric=metric,
            threshold=threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=description,
        )


def _visible_messages(queue: sqs.Queue) -> cloudwatch.Metric:
    return queue.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum")
