"""Metrics of AWS WAF for the web ACL, which has no Region in its dimensions, because it is CloudFront's.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
"""

from aws_cdk import aws_cloudwatch as cloudwatch

from infra.metrics import PERIOD

ALL = "ALL"
"""Name for the sum of all rules."""


def waf_metric(acl: str, name: str, rule: str = ALL) -> cloudwatch.Metric:
    """Returns a count. `acl` and `rule` are the names of their metrics. There is no data while it is 0."""
    return cloudwatch.Metric(
        namespace="AWS/WAFV2",
        metric_name=name,
        dimensions_map={"WebACL": acl, "Rule": rule},
        statistic="Sum",
        period=PERIOD,
    )
