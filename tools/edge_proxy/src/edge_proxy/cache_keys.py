"""Cache keys, and which parts of a viewer's request the policies name.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html
"""

from collections.abc import Hashable

from edge_proxy.cache_policies import CachePolicy
from edge_proxy.name_filters import NameFilter
from edge_proxy.viewer_request import ViewerRequest


def cache_key(request: ViewerRequest, policy: CachePolicy) -> Hashable:
    """Returns what two requests have in common that may get the same response. GET and HEAD share it, OPTIONS has its own."""
    return (
        request.method == "OPTIONS",
        request.host,
        request.path,
        select_query(request, policy.queries),
        tuple(sorted((name, value) for name, value in request.headers.items() if policy.headers.has(name))),
        select_cookies(request, policy.cookies),
        accepted_encodings(request, policy),
    )


def select_query(request: ViewerRequest, *filters: NameFilter) -> str:
    """Returns the parameters that one of the filters names, in order and as sent."""
    return "&".join(pair for name, pair in request.parameters if any(item.has(name) for item in filters))


def select_cookies(request: ViewerRequest, *filters: NameFilter) -> str:
    """Returns the value of a Cookie header with the cookies that one of the filters names."""
    named = (pair for pair in request.cookies if any(item.has(pair[0]) for item in filters))
    return "; ".join(f"{name}={value}" for name, value in named)


def accepted_encodings(request: ViewerRequest, policy: CachePolicy) -> str:
    """Returns CloudFront's normal form of Accept-Encoding: br and gzip, if the policy distinguishes them."""
    accepted = {
        item.partition(";")[0].strip() for item in request.headers.get("accept-encoding", "").split(",")
    }
    return ",".join(name for name in policy.encodings if name in accepted)
