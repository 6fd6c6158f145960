"""What must not stay unseen. The alarms notify nobody: attach the team's own SNS topic to them."""

import aws_cdk as cdk
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs
from constructs import Construct

_PERIOD = cdk.Duration.minutes(5)


class Alarms(Construct):
    """Six alarms over five minutes each; no data is no trouble."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        object_created_queue: sqs.Queue,
        dead_letters: sqs.Queue,
        dead_purges: sqs.Queue,
        pipeline: lambda_.Function,
        sweeps: lambda_.Function,
        api: apigateway.HttpApi,
    ) -> None:
        super().__init__(scope, id)
        self._alarm(
            "DeadLetters",
            dead_letters.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum"),
            threshold=1,
            description="An arrival was tried until SQS gave up on it: its document does not move.",
        )
        self._alarm(
            "DeadPurges",
            dead_purges.metric_approximate_number_of_messages_visible(period=_PERIOD, statistic="Maximum"),
            threshold=1,
            description="A deleted document's bytes could not be removed; the janitor orders it again.",
        )
        self._alarm(
            "OldestArrival",
            object_created_queue.metric_approximate_age_of_oldest_message(
                period=_PERIOD, statistic="Maximum"
            ),
            threshold=1200,
            description="An arrival is twenty minutes old, more than one invocation has: users see 'processing'.",
        )
        self._alarm(
            "PipelineErrors",
            pipeline.metric_errors(period=_PERIOD, statistic="Sum"),
            threshold=1,
            description="object_created crashed or ran out of time; its messages come back.",
        )
        self._alarm(
            "SweepsErrors",
            sweeps.metric_errors(period=_PERIOD, statistic="Sum"),
            threshold=1,
            description="The janitor failed: what no event finishes stays as it is until a round succeeds.",
        )
        self._alarm(
            "ApiServerErrors",
            api.metric_server_error(period=_PERIOD, statistic="Sum"),
            threshold=1,
            description="The API answered with a 5xx.",
        )

    def _alarm(self, id: str, metric: cloudwatch.Metric, *, threshold: int, description: str) -> None:
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
