"""Cache behaviours of a distribution.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-cloudfront-distribution-cachebehavior.html
"""

from dataclasses import dataclass

from edge_proxy.cache_policies import CachePolicy, read_cache_policy
from edge_proxy.errors import TemplateError
from edge_proxy.functions import ViewerResponseFunction, read_functions
from edge_proxy.key_groups import PublicKeys, read_public_keys
from edge_proxy.origin_request_policies import OriginRequestPolicy, read_origin_request_policy
from edge_proxy.path_patterns import matches_pattern
from edge_proxy.properties import Properties
from edge_proxy.response_headers import ResponseHeadersPolicy, read_response_headers_policy
from edge_proxy.template import Template

_METHODS = (
    {"GET", "HEAD"},
    {"GET", "HEAD", "OPTIONS"},
    {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
)
"""The sets that CloudFront accepts as AllowedMethods."""
_REFUSED = (
    *(
        "TrustedSigners",
        "LambdaFunctionAssociations",
        "FieldLevelEncryptionId",
        "SmoothStreaming",
        "GrpcConfig",
    ),
    *("ForwardedValues", "RealtimeLogConfigArn", "MinTTL", "DefaultTTL", "MaxTTL"),
)


@dataclass(frozen=True, slots=True)
class Behavior:
    """`keys` is None where viewers need no signed URL."""

    pattern: str
    origin_id: str
    methods: frozenset[str]
    cached_methods: frozenset[str]
    cache: CachePolicy
    origin_request: OriginRequestPolicy
    response_headers: ResponseHeadersPolicy
    keys: PublicKeys | None
    function: ViewerResponseFunction | None


def find_behavior(behaviors: tuple[Behavior, ...], path: str) -> Behavior:
    """Returns the first behaviour whose pattern matches; the last one is the default."""
    return next(behavior for behavior in behaviors if matches_pattern(behavior.pattern, path))


def read_behavior(template: Template, properties: Properties, pattern: str, node: str | None) -> Behavior:
    """`node` is the path of the interpreter of functions. Raises TemplateError for what this proxy does not emulate."""
    with properties:
        # Over plain http every policy for protocols is the same, and nothing is compressed here.
        properties.ignore("ViewerProtocolPolicy", "Compress")
        properties.refuse("is not emulated", *_REFUSED)
        groups = properties.take("TrustedKeyGroups", [])
        methods = set(properties.take("AllowedMethods", ["GET", "HEAD"]))
        if methods not in _METHODS:
            raise TemplateError(f"{properties.where}: AllowedMethods {sorted(methods)}")
        return Behavior(
            pattern=pattern,
            origin_id=properties.take("TargetOriginId"),
            methods=frozenset(methods),
            cached_methods=frozenset(properties.take("CachedMethods", ["GET", "HEAD"])),
            cache=read_cache_policy(template, properties.take("CachePolicyId")),
            origin_request=read_origin_request_policy(
                template, properties.take("OriginRequestPolicyId", None)
            ),
            response_headers=read_response_headers_policy(
                template, properties.take("ResponseHeadersPolicyId", None)
            ),
            keys=read_public_keys(template, groups) if groups else None,
            function=read_functions(template, properties, node),
        )
