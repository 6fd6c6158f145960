"""A distribution of a template: its origins, behaviours and quotas.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudfront-distribution.html
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edge_proxy.behaviors import Behavior, read_behavior
from edge_proxy.errors import TemplateError
from edge_proxy.properties import Properties
from edge_proxy.template import Template
from edge_proxy.web_acl import WebAcl, read_web_acl

TYPE = "AWS::CloudFront::Distribution"
ERROR_TTL = 10
"""Seconds for which an error of the origin is kept, unless the distribution says otherwise.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
"""


@dataclass(frozen=True, slots=True)
class Origin:
    """`signs` is the signing behaviour of its origin access control: always, never, no-override; None without one."""

    id: str
    domain_name: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    signs: str | None = None


@dataclass(frozen=True, slots=True)
class Distribution:
    """`behaviors` are in order, the default one last. `error_ttls` has seconds by status."""

    origins: Mapping[str, Origin]
    behaviors: tuple[Behavior, ...]
    aliases: frozenset[str]
    root_object: str
    error_ttls: Mapping[int, int]
    web_acl: WebAcl | None


def read_distribution(
    template: Mapping[str, Any],
    values: Mapping[str, str],
    logical_id: str | None = None,
    node: str | None = None,
) -> Distribution:
    """Reads the distribution with this logical id, or the only one. `values` are described at `Template`.

    `node` is the path of node, which runs CloudFront Functions. Raises TemplateError for whatever AWS rejects or this proxy does not emulate.
    """
    read = Template(template, values)
    found = {name: item for name, item in read.list_resources(TYPE) if logical_id in (None, name)}
    if len(found) != 1:
        raise TemplateError(f"{len(found)} distributions match; name one of them")
    ((_, resource),) = found.items()
    resource.ignore("Tags")
    with resource, resource.nested("DistributionConfig") as config:
        return _read_config(read, config, node)


def _read_config(template: Template, config: Properties, node: str | None) -> Distribution:
    config.ignore("Comment", "HttpVersion", "IPV6Enabled", "PriceClass", "Logging", "ViewerCertificate")
    config.refuse("is not emulated", "OriginGroups", "Staging", "ContinuousDeploymentPolicyId", "CNAMEs")
    if not config.take("Enabled"):
        raise TemplateError(f"{config.where}: the distribution is not enabled")
    _check_restrictions(config.optional("Restrictions"))
    origins = [_read_origin(template, item) for item in config.items("Origins")]
    behaviors = [
        read_behavior(template, item, item.take("PathPattern"), node)
        for item in config.items("CacheBehaviors")
    ]
    behaviors.append(read_behavior(template, config.nested("DefaultCacheBehavior"), "*", node))
    if missing := {behavior.origin_id for behavior in behaviors} - {origin.id for origin in origins}:
        raise TemplateError(f"{config.where}: no origin {', '.join(missing)}")
    acl = config.take("WebACLId", None)
    return Distribution(
        origins={origin.id: origin for origin in origins},
        behaviors=tuple(behaviors),
        aliases=frozenset(config.take("Aliases", [])),
        root_object=config.take("DefaultRootObject", ""),
        error_ttls=dict(map(_read_error_ttl, config.items("CustomErrorResponses"))),
        web_acl=read_web_acl(template, acl) if acl else None,
    )


def _read_origin(template: Template, item: Properties) -> Origin:
    with item:
        item.ignore(
            "ConnectionAttempts", "ConnectionTimeout", "ResponseCompletionTimeout", "CustomOriginConfig"
        )
        item.refuse("is not emulated", "OriginShield", "VpcOriginConfig")
        access = item.optional("S3OriginConfig")
        if access and access.take("OriginAccessIdentity", ""):
            raise TemplateError(f"{item.where}: origin access identities are not emulated")
        control = item.take("OriginAccessControlId", None)
        return Origin(
            id=item.take("Id"),
            domain_name=item.take("DomainName"),
            path=item.take("OriginPath", ""),
            headers=tuple(
                (header.take("HeaderName"), header.take("HeaderValue"))
                for header in item.items("OriginCustomHeaders")
            ),
            signs=_read_access_control(template, control) if control else None,
        )


def _read_access_control(template: Template, id: str) -> str:
    resource = template.find("AWS::CloudFront::OriginAccessControl", id)
    with resource, resource.nested("OriginAccessControlConfig") as config:
        config.ignore("Name", "Description")
        kind, protocol = config.take("OriginAccessControlOriginType"), config.take("SigningProtocol")
        signs: str = config.take("SigningBehavior")
    if (kind, protocol) != ("s3", "sigv4") or signs not in ("always", "never", "no-override"):
        raise TemplateError(f"{config.where}: {kind}, {protocol}, {signs}")
    return signs


def _read_error_ttl(item: Properties) -> tuple[int, int]:
    with item:
        item.refuse("error pages are not emulated", "ResponseCode", "ResponsePagePath")
        return int(item.take("ErrorCode")), int(item.take("ErrorCachingMinTTL", ERROR_TTL))


def _check_restrictions(restrictions: Properties | None) -> None:
    if restrictions is None:
        return
    with restrictions, restrictions.nested("GeoRestriction") as geo:
        if geo.take("RestrictionType") != "none":
            raise TemplateError(f"{geo.where}: viewers here are in no country")
        geo.take("Locations", None)
