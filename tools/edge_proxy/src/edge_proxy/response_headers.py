"""Response headers policies: what CloudFront removes from a response and adds to it.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
"""

from dataclasses import dataclass

from edge_proxy.cors import Cors, read_cors
from edge_proxy.headers import Headers
from edge_proxy.properties import Properties
from edge_proxy.template import Template

TYPE = "AWS::CloudFront::ResponseHeadersPolicy"


@dataclass(frozen=True, slots=True)
class AddedHeader:
    """A header of a policy. Without `overrides` the value of the origin is kept."""

    name: str
    value: str
    overrides: bool


@dataclass(frozen=True, slots=True)
class ResponseHeadersPolicy:
    """Headers are removed first, then added."""

    removed: tuple[str, ...] = ()
    added: tuple[AddedHeader, ...] = ()
    cors: Cors | None = None

    def apply(self, headers: Headers, *, method: str, origin: str | None) -> None:
        """Changes the headers of a response to a viewer that sent this method and this Origin header."""
        for name in self.removed:
            headers.remove(name)
        for header in self.added:
            if header.overrides or header.name not in headers:
                headers.set(header.name, header.value)
        if self.cors:
            self.cors.apply(headers, method=method, origin=origin)


def read_response_headers_policy(template: Template, id: str | None) -> ResponseHeadersPolicy:
    """Returns a policy of the template, or the one of a behaviour without a policy, which changes nothing."""
    if id is None:
        return ResponseHeadersPolicy()
    with template.find(TYPE, id) as resource, resource.nested("ResponseHeadersPolicyConfig") as config:
        config.ignore("Name", "Comment")
        config.refuse("is not emulated", "ServerTimingHeadersConfig")
        removed, custom = config.optional("RemoveHeadersConfig"), config.optional("CustomHeadersConfig")
        return ResponseHeadersPolicy(
            removed=tuple(item.take("Header") for item in removed.items("Items")) if removed else (),
            added=_read_security(config.optional("SecurityHeadersConfig"))
            + (tuple(map(_read_custom, custom.items("Items"))) if custom else ()),
            cors=read_cors(config.optional("CorsConfig")),
        )


def _read_custom(item: Properties) -> AddedHeader:
    with item:
        return AddedHeader(item.take("Header"), item.take("Value"), item.take("Override"))


def _read_security(config: Properties | None) -> tuple[AddedHeader, ...]:
    if config is None:
        return ()
    with config:
        config.refuse("is not emulated", "XSSProtection")
        found = (
            _read_header(config, "ContentSecurityPolicy", "ContentSecurityPolicy", "Content-Security-Policy"),
            _read_header(config, "ReferrerPolicy", "ReferrerPolicy", "Referrer-Policy"),
            _read_header(config, "FrameOptions", "FrameOption", "X-Frame-Options"),
            _read_header(config, "ContentTypeOptions", None, "X-Content-Type-Options"),
            _read_transport_security(config.optional("StrictTransportSecurity")),
        )
    return tuple(header for header in found if header)


def _read_header(config: Properties, name: str, value: str | None, header: str) -> AddedHeader | None:
    properties = config.optional(name)
    if properties is None:
        return None
    with properties:
        return AddedHeader(
            header, properties.take(value) if value else "nosniff", properties.take("Override")
        )


def _read_transport_security(properties: Properties | None) -> AddedHeader | None:
    if properties is None:
        return None
    with properties:
        directives = [f"max-age={properties.take('AccessControlMaxAgeSec')}"]
        directives += ["includeSubDomains"] if properties.take("IncludeSubdomains", False) else []
        directives += ["preload"] if properties.take("Preload", False) else []
        return AddedHeader("Strict-Transport-Security", "; ".join(directives), properties.take("Override"))
