"""Origin request policies: what the origin is sent besides the cache key.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/controlling-origin-requests.html
"""

from dataclasses import dataclass

from edge_proxy.errors import TemplateError
from edge_proxy.name_filters import EVERYTHING, NOTHING, NameFilter, read_filter
from edge_proxy.properties import Properties
from edge_proxy.template import Template

TYPE = "AWS::CloudFront::OriginRequestPolicy"
ADDED_HEADERS = frozenset(
    {"cloudfront-viewer-address", "cloudfront-forwarded-proto", "cloudfront-viewer-http-version"}
)
"""Headers that CloudFront adds and this proxy knows the value of.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/adding-cloudfront-headers.html
"""


@dataclass(frozen=True, slots=True)
class OriginRequestPolicy:
    """`added` are the CloudFront headers that the origin receives; names are lower case."""

    queries: NameFilter = NOTHING
    headers: NameFilter = NOTHING
    cookies: NameFilter = NOTHING
    added: frozenset[str] = frozenset()


MANAGED = {
    "216adef6-5c7f-47e4-b989-5492eafa07d3": OriginRequestPolicy(EVERYTHING, EVERYTHING, EVERYTHING),
    "b689b0a8-53d0-40ab-baf2-68738e2966ac": OriginRequestPolicy(
        EVERYTHING, NameFilter("allExcept", frozenset({"host"})), EVERYTHING
    ),
}
"""AllViewer and AllViewerExceptHostHeader.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
"""


def read_origin_request_policy(template: Template, id: str | None) -> OriginRequestPolicy:
    """Returns a managed policy, one of the template, or the one of a behaviour without a policy, which adds nothing."""
    if id is None:
        return OriginRequestPolicy()
    if id in MANAGED:
        return MANAGED[id]
    with template.find(TYPE, id) as resource, resource.nested("OriginRequestPolicyConfig") as config:
        config.ignore("Name", "Comment")
        headers, added = _read_headers(config.optional("HeadersConfig"))
        queries = read_filter(config.optional("QueryStringsConfig"), "QueryStringBehavior", "QueryStrings")
        cookies = read_filter(config.optional("CookiesConfig"), "CookieBehavior", "Cookies")
    return OriginRequestPolicy(queries, headers, cookies, added)


def _read_headers(config: Properties | None) -> tuple[NameFilter, frozenset[str]]:
    if config is None:
        return NOTHING, frozenset()
    with config:
        kind = config.take("HeaderBehavior")
        names = frozenset(name.lower() for name in config.take("Headers", []))
    added = frozenset(name for name in names if name.startswith("cloudfront-"))
    _check_names(config.where, kind, names, added)
    if kind in ("allViewer", "allViewerAndWhitelistCloudFront"):
        return EVERYTHING, added
    if kind == "allExcept":
        return NameFilter("allExcept", names), frozenset()
    return (NameFilter("whitelist", names - added), added) if kind == "whitelist" else (NOTHING, added)


def _check_names(where: str, kind: str, names: frozenset[str], added: frozenset[str]) -> None:
    if kind not in ("none", "whitelist", "allExcept", "allViewer", "allViewerAndWhitelistCloudFront"):
        raise TemplateError(f"{where}: HeaderBehavior {kind}")
    if unknown := added - ADDED_HEADERS:
        raise TemplateError(f"{where}: this proxy has no value for {', '.join(sorted(unknown))}")
    if kind == "whitelist" and names & {"authorization", "accept-encoding"}:
        raise TemplateError(
            f"{where}: CloudFront takes Authorization and Accept-Encoding in cache policies only"
        )
