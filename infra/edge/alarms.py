"""Alarms in us-east-1, on metrics that exist there alone: errors of CloudFront, and requests that AWS WAF has blocked.

An alarm watches one rule, because a sum of metrics that have no data while they are 0 has none either, and because its e-mail then
says which rule. `UnknownRoutes`, `LargeBodies` and the list of addresses have none: scanners meet them every day, and nobody can do
more about it.
"""

from collections.abc import Mapping

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.alarms import create_alarm
from infra.delivery_alarm import ERROR_RATE, MANY_ERRORS
from infra.edge.managed_rules import CORE, KNOWN_BAD_INPUTS
from infra.edge.metrics import waf_metric
from infra.edge.rules import ADDRESS_LIMIT, FREE_TEXT_ELSEWHERE, TOKEN_LIMIT
from infra.metrics import cloudfront_metric

_MANY_BLOCKED = 10
"""Requests in a period. They name a route that exists, so that fewer may be somebody who tries."""

BLOCKED: Mapping[str, str] = {
    "BlockedKnownBadInputs": KNOWN_BAD_INPUTS,
    "BlockedCommonRules": CORE,
    "BlockedFreeText": FREE_TEXT_ELSEWHERE,
}
"""Alarm -> rule that may block a legal call."""
THROTTLED: Mapping[str, str] = {
    "ThrottledAddress": ADDRESS_LIMIT,
    "ThrottledToken": TOKEN_LIMIT,
}
"""Alarm -> limit. Whoever reaches one sends thousands of requests, so that the first refusal counts."""


class EdgeAlarms(Construct):
    """Alarms on the distribution of the API and on its web ACL. `acl` is the name of the ACL's metrics."""

    def __init__(self, scope: Construct, id: str, *, distribution_id: str, acl: str) -> None:
        super().__init__(scope, id)
        self._watch_errors(cloudfront_metric(distribution_id, ERROR_RATE, "Average"))
        for name, rule in BLOCKED.items():
            create_alarm(
                self,
                name,
                waf_metric(acl, "BlockedRequests", rule),
                threshold=_MANY_BLOCKED,
                description=f"The rule {rule} of AWS WAF has blocked {_MANY_BLOCKED} calls of routes that exist: an attack, or "
                "legal calls that it takes for one. See docs/runbooks/edge-blocked.md.",
            )
        for name, rule in THROTTLED.items():
            create_alarm(
                self,
                name,
                waf_metric(acl, "BlockedRequests", rule),
                description=f"The limit {rule} of AWS WAF refuses somebody's calls. See docs/runbooks/edge-throttled.md.",
            )

    def _watch_errors(self, rate: cloudwatch.Metric) -> None:
        create_alarm(
            self,
            "ServerErrors",
            rate,
            threshold=MANY_ERRORS,
            description=f"CloudFront answers at least {MANY_ERRORS} % of the API's requests with 5xx. If ApiServerErrors is silent, "
            "the requests do not reach the API. See docs/runbooks/edge-server-errors.md.",
        )
