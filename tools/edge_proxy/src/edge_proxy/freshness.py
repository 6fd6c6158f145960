"""The time for which CloudFront keeps a response, in seconds.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/Expiration.html
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from edge_proxy.cache_policies import CachePolicy
from edge_proxy.distribution import ERROR_TTL
from edge_proxy.headers import Headers

_KEPT_ERRORS = frozenset({404, 414, 500, 501, 502, 503, 504})
_KEPT_ERRORS_WITH_AGE = frozenset({400, 403, 405, 412, 415})
"""Errors that are kept only with max-age or s-maxage of the origin.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
"""
_KEPT = frozenset({200, 203, 204, 206, 300, 301, 302, 304, 307, 308})


def find_lifetime(
    policy: CachePolicy, status: int, headers: Headers, error_ttls: Mapping[int, int], now: float
) -> float:
    """Returns 0 for a response that is not kept. `now` is in seconds since 1970."""
    age = _find_age(headers, now)
    if status in _KEPT_ERRORS or (status in _KEPT_ERRORS_WITH_AGE and age is not None):
        return max(error_ttls.get(status, ERROR_TTL), min(age or 0, policy.max_ttl))
    if status not in _KEPT:
        return 0
    if {"no-cache", "no-store", "private"} & _directives(headers).keys():
        return policy.min_ttl
    return max(policy.min_ttl, min(policy.default_ttl if age is None else age, policy.max_ttl))


def _find_age(headers: Headers, now: float) -> float | None:
    directives = _directives(headers)
    for name in ("s-maxage", "max-age"):
        if (value := directives.get(name, "")).isdigit():
            return int(value)
    if (expires := headers.get("expires")) is None:
        return None
    try:
        return max(0, parsedate_to_datetime(expires).timestamp() - now)
    except ValueError:
        return 0


def _directives(headers: Headers) -> dict[str, str]:
    found = re.findall(r"([\w-]+)(?:=\"?([^\",]*)\"?)?", headers.get("cache-control") or "")
    return {name.lower(): value for name, value in found}
