"""The metrics of one deployment: those that its functions emit, and those that CloudWatch reads from its logs."""

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_logs as logs
from constructs import Construct

from functions.domain import metrics as emitted

CREATES = "Creates"
PERIOD = cdk.Duration.minutes(5)


def emitted_metric(
    scope: Construct, metric: emitted.Metric, statistic: str, period: cdk.Duration = PERIOD
) -> cloudwatch.Metric:
    """Returns a metric without dimensions that the functions emit."""
    return cloudwatch.Metric(
        namespace=cdk.Stack.of(scope).stack_name,
        metric_name=metric.name,
        statistic=statistic,
        period=period,
    )


def by_dimension(scope: Construct, metric: emitted.Metric) -> cloudwatch.MathExpression:
    """Returns one series for each value of the metric's dimension, by a search, because values come and go."""
    namespace = cdk.Stack.of(scope).stack_name
    search = f"SEARCH('{{\"{namespace}\",{metric.dimension}}} MetricName=\"{metric.name}\"', 'Sum', 300)"
    return cloudwatch.MathExpression(expression=search, using_metrics={}, label="", period=PERIOD)


def cloudfront_metric(
    distribution_id: str, name: str, statistic: str = "Sum", *, region: str | None = None
) -> cloudwatch.Metric:
    """Returns a metric of a distribution. CloudFront writes it in us-east-1: `region` is that, unless the stack is there.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
    """
    return cloudwatch.Metric(
        namespace="AWS/CloudFront",
        metric_name=name,
        dimensions_map={"DistributionId": distribution_id, "Region": "Global"},
        statistic=statistic,
        period=PERIOD,
        region=region,
    )


def count_creates(scope: Construct, access_log: logs.ILogGroup) -> cloudwatch.Metric:
    """Counts the creates of single documents in the access log, which has a line for each request anyway."""
    pattern = logs.FilterPattern.all(
        logs.FilterPattern.string_value("$.routeKey", "=", "POST /documents"),
        logs.FilterPattern.string_value("$.status", "=", "201"),
    )
    counted = logs.MetricFilter(
        scope,
        CREATES,
        log_group=access_log,
        filter_pattern=pattern,
        metric_namespace=cdk.Stack.of(scope).stack_name,
        metric_name=CREATES,
        metric_value="1",
    )
    return counted.metric(statistic="Sum", period=PERIOD)
