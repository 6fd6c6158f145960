"""Cache policies: how long a response is kept, and what of a request is in the cache key.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-the-cache-key.html
"""

from dataclasses import dataclass, replace

from edge_proxy.errors import TemplateError
from edge_proxy.name_filters import NOTHING, NameFilter, read_filter
from edge_proxy.properties import Properties
from edge_proxy.template import Template

TYPE = "AWS::CloudFront::CachePolicy"


@dataclass(frozen=True, slots=True)
class CachePolicy:
    """Times are in seconds. What is in the cache key is always sent to the origin too."""

    min_ttl: int
    default_ttl: int
    max_ttl: int
    queries: NameFilter = NOTHING
    headers: NameFilter = NOTHING
    cookies: NameFilter = NOTHING
    encodings: tuple[str, ...] = ()
    """Those of br and gzip that the cache key distinguishes."""

    @property
    def is_caching(self) -> bool:
        """False with a maximum of 0 seconds; then nothing is kept and no requests are collapsed."""
        return self.max_ttl > 0


MANAGED = {
    "4135ea2d-6df8-44a3-9df3-4b5a84be39ad": CachePolicy(0, 0, 0),
    "658327ea-f89d-4fab-a63d-7442e88f4cf6": CachePolicy(1, 86_400, 31_536_000, encodings=("br", "gzip")),
}
"""CachingDisabled and CachingOptimized.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
"""


def read_cache_policy(template: Template, id: str) -> CachePolicy:
    """Returns a managed policy or one of the template. Raises TemplateError, also for what CloudFront rejects."""
    if id in MANAGED:
        return MANAGED[id]
    with template.find(TYPE, id) as resource, resource.nested("CachePolicyConfig") as config:
        config.ignore("Name", "Comment")
        min_ttl, default_ttl, max_ttl = (
            int(config.take(name)) for name in ("MinTTL", "DefaultTTL", "MaxTTL")
        )
        if not min_ttl <= default_ttl <= max_ttl:
            raise TemplateError(f"{config.where}: MinTTL <= DefaultTTL <= MaxTTL does not hold")
        with config.nested("ParametersInCacheKeyAndForwardedToOrigin") as key:
            policy = _read_key(key, CachePolicy(min_ttl, default_ttl, max_ttl))
    if not policy.is_caching and policy != CachePolicy(min_ttl, default_ttl, max_ttl):
        raise TemplateError(f"{config.where}: CloudFront rejects a cache key where MaxTTL is 0")
    return policy


def _read_key(key: Properties, times: CachePolicy) -> CachePolicy:
    headers = read_filter(key.optional("HeadersConfig"), "HeaderBehavior", "Headers", is_header=True)
    if headers.kind not in ("none", "whitelist"):
        raise TemplateError(f"{key.where}: a cache policy names headers one by one")
    encodings = {"br": "EnableAcceptEncodingBrotli", "gzip": "EnableAcceptEncodingGzip"}
    return replace(
        times,
        queries=read_filter(key.optional("QueryStringsConfig"), "QueryStringBehavior", "QueryStrings"),
        headers=headers,
        cookies=read_filter(key.optional("CookiesConfig"), "CookieBehavior", "Cookies"),
        encodings=tuple(name for name, property in encodings.items() if key.take(property, False)),
    )
