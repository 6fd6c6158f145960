"""Policies of the distribution: the key of its cache, what it forwards to S3, and the headers that it adds to responses."""

from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from infra.cors import merge_headers

MAX_TTL = cdk.Duration.hours(24)
"""Time after which the edge asks S3 again, and so the longest one for which it can serve a version that is purged.

Nobody gets such a version without a URL, and no URL is valid for longer than `downloadLifetime`: docs/edge.md has the proof.
"""

_HSTS_AGE = cdk.Duration.days(365)
_CORS_AGE = cdk.Duration.hours(1)
_SANDBOX = Path(__file__).with_name("delivery_sandbox.js")
_SIGNED_QUERY = ("versionId", "response-content-type", "response-content-disposition")
"""The query of a download URL without its signature, which CloudFront removes. S3 responds by these parameters alone."""

_REQUEST_HEADERS = ("range", "if-range", "if-match", "if-none-match")
_EXPOSED = (
    "ETag",
    "Content-Range",
    "Accept-Ranges",
    "Content-Length",
    "Content-Disposition",
    "x-amz-version-id",
    "x-amz-checksum-sha256",
)


def name_globally(scope: Construct, name: str) -> str:
    """Returns a name with the stack's and the Region's, because resources of CloudFront share the names of all Regions."""
    stack = cdk.Stack.of(scope)
    return f"{stack.stack_name}-{name}-{stack.region}"


class DeliveryPolicies(Construct):
    """The policies of the distribution's behaviour.

    `web_origins` may read responses (CORS), with `allow_headers` in their requests beside those of a download.
    """

    def __init__(
        self, scope: Construct, id: str, *, web_origins: Sequence[str], allow_headers: Sequence[str]
    ) -> None:
        super().__init__(scope, id)
        self.cache = cloudfront.CachePolicy(
            self,
            "Cache",
            cache_policy_name=name_globally(self, "cache"),
            comment="One object a version, name and type. A version never changes.",
            default_ttl=MAX_TTL,
            max_ttl=MAX_TTL,
            min_ttl=cdk.Duration.seconds(0),
            query_string_behavior=cloudfront.CacheQueryStringBehavior.allow_list(*_SIGNED_QUERY),
        )
        # S3 responds to a preflight only if it gets these headers. They are no part of the key of the cache.
        self.origin_request = cloudfront.OriginRequestPolicy(
            self,
            "Preflight",
            origin_request_policy_name=name_globally(self, "preflight"),
            comment="The headers of a CORS preflight",
            header_behavior=cloudfront.OriginRequestHeaderBehavior.allow_list(
                "Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"
            ),
        )
        self.response_headers = self._create_response_headers(_allow_cors(web_origins, allow_headers))
        self.sandbox = cloudfront.Function(
            self,
            "Sandbox",
            function_name=name_globally(self, "sandbox"),
            comment="Content-Security-Policy of everything but PDF",
            runtime=cloudfront.FunctionRuntime.JS_2_0,
            code=cloudfront.FunctionCode.from_inline(_SANDBOX.read_text("utf-8")),
        )

    def _create_response_headers(
        self, cors: cloudfront.ResponseHeadersCorsBehavior
    ) -> cloudfront.ResponseHeadersPolicy:
        """Overrides the headers of S3, whose response to one origin is cached for all."""
        security = cloudfront.ResponseSecurityHeadersBehavior(
            content_type_options=cloudfront.ResponseHeadersContentTypeOptions(override=True),
            referrer_policy=cloudfront.ResponseHeadersReferrerPolicy(
                referrer_policy=cloudfront.HeadersReferrerPolicy.NO_REFERRER, override=True
            ),
            strict_transport_security=cloudfront.ResponseHeadersStrictTransportSecurity(
                access_control_max_age=_HSTS_AGE, override=True
            ),
        )
        cross_origin = cloudfront.ResponseCustomHeader(
            header="cross-origin-resource-policy", value="cross-origin", override=True
        )
        return cloudfront.ResponseHeadersPolicy(
            self,
            "Headers",
            response_headers_policy_name=name_globally(self, "headers"),
            comment="CORS, and what browsers may do with a document",
            cors_behavior=cors,
            security_headers_behavior=security,
            custom_headers_behavior=cloudfront.ResponseCustomHeadersBehavior(custom_headers=[cross_origin]),
        )


def _allow_cors(
    web_origins: Sequence[str], more_headers: Sequence[str]
) -> cloudfront.ResponseHeadersCorsBehavior:
    return cloudfront.ResponseHeadersCorsBehavior(
        access_control_allow_credentials=False,
        access_control_allow_headers=merge_headers(_REQUEST_HEADERS, more_headers),
        access_control_allow_methods=["GET", "HEAD"],
        access_control_allow_origins=list(web_origins),
        access_control_expose_headers=list(_EXPOSED),
        access_control_max_age=_CORS_AGE,
        origin_override=True,
    )
