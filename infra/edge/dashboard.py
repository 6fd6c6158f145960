"""The dashboard of the edge, beside that of the main stack, which cannot name the distribution of this stack."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.edge.metrics import waf_metric
from infra.metrics import cloudfront_metric

_RATES = ("4xxErrorRate", "5xxErrorRate")


class EdgeDashboard(Construct):
    """A dashboard with the name of the stack. `acl` and `rules` are the names of their metrics."""

    def __init__(
        self, scope: Construct, id: str, *, distribution_id: str, acl: str, rules: Sequence[str]
    ) -> None:
        super().__init__(scope, id)
        requests = cloudfront_metric(distribution_id, "Requests")
        errors = [cloudfront_metric(distribution_id, each, "Average") for each in _RATES]
        decided = [waf_metric(acl, f"{each}Requests") for each in ("Allowed", "Blocked", "Counted")]
        blocked = [waf_metric(acl, "BlockedRequests", rule).with_(label=rule) for rule in rules]
        rows = [
            [_graph("API: requests", [requests]), _graph("API: errors (%)", errors)],
            [_graph("WAF: requests", decided), _graph("WAF: blocked requests by rule", blocked)],
        ]
        cloudwatch.Dashboard(self, "Dashboard", dashboard_name=cdk.Stack.of(self).stack_name, widgets=rows)


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=12)
