"""The alarm on errors of the distribution that delivers documents.

An alarm reads metrics of its own Region, and CloudFront's are in us-east-1. So the stack of the edge has the alarm, or without that
one the main stack, where that is in us-east-1. Elsewhere the operator creates it: docs/edge.md has the command.
"""

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from functions.domain.edge_names import EDGE_REGION
from infra.alarms import create_alarm
from infra.metrics import cloudfront_metric

ERROR_RATE = "5xxErrorRate"
MANY_ERRORS = 5
"""Percent of the requests in five minutes: the share that AWS recommends for the 5xx of an API.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
"""


def watch_delivery(scope: Construct, distribution_id: str) -> cloudwatch.Alarm:
    """Creates the alarm in a stack that is in us-east-1."""
    return create_alarm(
        scope,
        "ServerErrors",
        cloudfront_metric(distribution_id, ERROR_RATE, "Average"),
        threshold=MANY_ERRORS,
        description=f"CloudFront answers at least {MANY_ERRORS} % of the requests for documents with 5xx: downloads fail. "
        "See docs/runbooks/delivery-server-errors.md.",
    )


def watch_in_us_east_1(scope: Construct, distribution_id: str) -> None:
    """Creates the alarm in a stack that may be in any Region: only where that is us-east-1."""
    condition = cdk.CfnCondition(
        scope, "IsInUsEast1", expression=cdk.Fn.condition_equals(cdk.Aws.REGION, EDGE_REGION)
    )
    alarm = watch_delivery(scope, distribution_id)
    cast(cloudwatch.CfnAlarm, alarm.node.default_child).cfn_options.condition = condition
