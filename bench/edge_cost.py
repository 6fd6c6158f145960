"""Dollars a month of downloads and of the API with CloudFront and WAF, beside plain S3: `python -m bench edge_cost`.

A month delivers 1, 10 or 100 TB in files of 2 MB, each after one call for its URL. Prices are those of viewers in the United
States and Europe, in decimal TB and GB. Half of the requests for files come from CloudFront's cache; that changes requests to S3
only, because transfer from S3 to CloudFront is free.

The transfer of CloudFront, and what is free of it (1 TB, 10 million requests and 2 million invocations a month), were read in a copy
of AWS's own page in November 2026: https://aws.amazon.com/cloudfront/pricing/

No copy of AWS's page was at hand for the others, which several other sites quote alike. Compare them with AWS's pages:
https://aws.amazon.com/s3/pricing/ and https://aws.amazon.com/ec2/pricing/on-demand/ (transfer from S3; 100 GB a month are free),
https://aws.amazon.com/waf/pricing/ (a web ACL, a rule and a million requests),
https://aws.amazon.com/cloudfront/pricing/ (requests, invocations, and what the flat-rate plans cost and include)
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bench.prices import ALARM_METRIC_MONTH, HTTP_API, LOG_GB, S3_GET
from bench.table import Row
from functions.http.routes import ROUTES
from infra.edge.alarms import BLOCKED, THROTTLED
from infra.edge.capacity import INCLUDED, count_capacity
from infra.edge.rules import create_rules
from infra.waf_options import WafOptions

TB = 1_000
"""GB."""
VOLUMES = (1 * TB, 10 * TB, 100 * TB)
FILE_MB = 2
HIT_SHARE = 0.5
_ALWAYS_FREE_GB, _ALWAYS_FREE_REQUESTS = 1 * TB, 10
_S3_FREE_GB = 100
S3_TIERS = ((10 * TB, 0.09), (40 * TB, 0.085), (100 * TB, 0.07), (float("inf"), 0.05))
CLOUDFRONT_TIERS = (
    (10 * TB, 0.085),
    (40 * TB, 0.08),
    (100 * TB, 0.06),
    (350 * TB, 0.04),
    (float("inf"), 0.03),
)
"""GB of the tier -> dollars of a GB."""
CLOUDFRONT_REQUESTS = 1.0
"""Dollars of a million HTTPS requests in the United States; in Europe 1.2."""
CLOUDFRONT_FUNCTIONS, _FREE_INVOCATIONS = 0.1, 2
"""Dollars of a million invocations of the function that adds the sandbox, and millions a month that are free."""
WAF_ACL, WAF_RULE, WAF_REQUESTS = 5.0, 1.0, 0.6
"""Dollars of a web ACL and of a rule or rule group a month, and of a million requests."""
SECRET = 0.4
_SECRETS = 2
"""The secret and its replica."""
API_ALARMS = 1 + len(BLOCKED) + len(THROTTLED)
"""Alarms of the stack of the edge, with one metric each. Its dashboard is free, because an account has three."""
_LOG_LINE = 400
"""Bytes of a line of CloudFront's log. The first 10 TB a month of vended logs cost as others."""


class Plan(NamedTuple):
    """A flat-rate plan of one distribution. WAF, logs and data from S3 are included. Above it nothing is billed, and AWS may throttle."""

    name: str
    dollars: float
    gigabytes: float
    million_requests: float


PLANS = (
    Plan("Free", 0, 100, 1),
    Plan("Pro", 15, 50 * TB, 10),
    Plan("Business", 200, 50 * TB, 125),
    Plan("Premium", 1_000, 50 * TB, 500),
)


def rows() -> Iterator[Row]:
    """`unit` is dollars a month. A plan that is too small for the volume has no row."""
    yield Row(
        "cost of the edge", "WAF: the web ACL and its rules, before any request", waf_fixed(), "$/month"
    )
    yield Row("cost of the edge", "alarms with waf=true", API_ALARMS * ALARM_METRIC_MONTH, "$/month")
    yield Row("cost of the edge", "alarm and key with cdn=true", delivery_fixed(), "$/month")
    yield Row("cost of the edge", "WAF and CloudFront: a million calls of the API", price_of_calls(1), "$")
    for volume in VOLUMES:
        bench, requests = f"cost of {volume // TB} TB a month", _requests(volume)
        yield Row(bench, "downloads: plain S3", s3_dollars(volume, requests), "$/month")
        yield Row(
            bench, "downloads: CloudFront, pay as you go", cloudfront_dollars(volume, requests), "$/month"
        )
        for plan in PLANS:
            if plan.gigabytes >= volume and plan.million_requests >= requests:
                yield Row(
                    bench, f"downloads: CloudFront, plan {plan.name}", plan_dollars(plan, requests), "$/month"
                )
        yield Row(bench, "API: as it is", requests * HTTP_API, "$/month")
        yield Row(bench, "API: more with waf=true", api_dollars(requests), "$/month")
        yield Row(bench, "calls of the API, and files", requests, "million")


def _requests(gigabytes: float) -> float:
    """Returns millions of files."""
    return gigabytes * 1_000 / FILE_MB / 1e6


def s3_dollars(gigabytes: float, requests: float) -> float:
    return _by_tier(max(0, gigabytes - _S3_FREE_GB), S3_TIERS) + requests * S3_GET


def cloudfront_dollars(gigabytes: float, requests: float) -> float:
    transfer = _by_tier(max(0, gigabytes - _ALWAYS_FREE_GB), CLOUDFRONT_TIERS)
    served = max(0, requests - _ALWAYS_FREE_REQUESTS) * CLOUDFRONT_REQUESTS
    functions = max(0, requests - _FREE_INVOCATIONS) * CLOUDFRONT_FUNCTIONS
    return transfer + served + functions + _origin_requests(requests) + delivery_fixed()


def plan_dollars(plan: Plan, requests: float) -> float:
    """The requests to S3, the alarm and the key are billed beside a plan."""
    return plan.dollars + _origin_requests(requests) + delivery_fixed()


def delivery_fixed() -> float:
    """Returns the price of the alarm on the distribution and of the secret with the keys."""
    return ALARM_METRIC_MONTH + SECRET


def api_dollars(requests: float) -> float:
    """Returns what CloudFront and WAF add to the API in a month, beyond what CloudFront gives for free to downloads already."""
    return waf_fixed() + _SECRETS * SECRET + API_ALARMS * ALARM_METRIC_MONTH + price_of_calls(requests)


def waf_fixed() -> float:
    """Returns the price of the web ACL a month. Its rules are those of the deployed template."""
    rules = create_rules(WafOptions(), ROUTES)
    if count_capacity(rules) > INCLUDED:
        raise ValueError("the capacity above what is included is billed too")
    return WAF_ACL + len(rules) * WAF_RULE


def price_of_calls(millions: float) -> float:
    return millions * (CLOUDFRONT_REQUESTS + WAF_REQUESTS + _LOG_LINE / 1_000 * LOG_GB)


def _origin_requests(requests: float) -> float:
    return requests * (1 - HIT_SHARE) * S3_GET


def _by_tier(gigabytes: float, tiers: Sequence[tuple[float, float]]) -> float:
    total, rest = 0.0, gigabytes
    for size, price in tiers:
        used = min(rest, size)
        total, rest = total + used * price, rest - used
    return total
