"""The CORS headers of a response headers policy.

CloudFront adds them to responses to requests with an Origin header that the policy allows. A preflight is still a request for the
origin: the behaviour has to allow OPTIONS and the origin has to respond to it, the policy adds headers only.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html#understanding-response-headers-policies-cors
"""

import re
from dataclasses import dataclass

from edge_proxy.headers import Headers
from edge_proxy.path_patterns import to_regex
from edge_proxy.properties import Properties

_ALL_METHODS = ("GET", "DELETE", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")


@dataclass(frozen=True, slots=True)
class Cors:
    """`max_age` is in seconds. Without `overrides` each header of the origin is kept."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    max_age: int | None
    with_credentials: bool
    overrides: bool

    def apply(self, headers: Headers, *, method: str, origin: str | None) -> None:
        """Adds the headers for a viewer with this Origin header; OPTIONS is a preflight."""
        allowed = self._allow(origin) if origin is not None else None
        if allowed is None:
            if self.overrides:
                headers.remove("Access-Control-Allow-Origin")
            return
        for name, value in self._values(allowed, is_preflight=method == "OPTIONS"):
            if self.overrides or name not in headers:
                headers.set(name, value)
        if allowed != "*":
            headers.set("Vary", ", ".join(filter(None, (headers.get("Vary"), "Origin"))))

    def _allow(self, origin: str) -> str | None:
        if "*" in self.origins:
            return "*"
        matches = any(re.fullmatch(to_regex(pattern), origin) for pattern in self.origins)
        return origin if matches else None

    def _values(self, allowed: str, *, is_preflight: bool) -> list[tuple[str, str]]:
        values = [("Access-Control-Allow-Origin", allowed)]
        if self.with_credentials:
            values.append(("Access-Control-Allow-Credentials", "true"))
        if is_preflight:
            values.append(("Access-Control-Allow-Methods", ", ".join(self.methods)))
            values.append(("Access-Control-Allow-Headers", ", ".join(self.headers)))
            if self.max_age is not None:
                values.append(("Access-Control-Max-Age", str(self.max_age)))
        elif self.exposed:
            values.append(("Access-Control-Expose-Headers", ", ".join(self.exposed)))
        return values


def read_cors(config: Properties | None) -> Cors | None:
    """Reads a CorsConfig, or None."""
    if config is None:
        return None
    with config:
        methods = _read_items(config, "AccessControlAllowMethods")
        max_age = config.take("AccessControlMaxAgeSec", None)
        return Cors(
            origins=_read_items(config, "AccessControlAllowOrigins"),
            methods=_ALL_METHODS if "ALL" in methods else methods,
            headers=_read_items(config, "AccessControlAllowHeaders"),
            exposed=_read_items(config, "AccessControlExposeHeaders"),
            max_age=None if max_age is None else int(max_age),
            with_credentials=config.take("AccessControlAllowCredentials"),
            overrides=config.take("OriginOverride"),
        )


def _read_items(config: Properties, name: str) -> tuple[str, ...]:
    properties = config.optional(name)
    if properties is None:
        return ()
    with properties:
        return tuple(properties.take("Items"))
