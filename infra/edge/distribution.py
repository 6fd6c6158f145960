"""CloudFront in front of the API: what is cached, what reaches the API, and the access log."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_logs as logs
from constructs import Construct

from functions.domain.edge_names import SECRET_HEADER
from functions.http.route import Route
from infra.nag import suppress

_ORIGIN_TIMEOUT = cdk.Duration.seconds(60)
"""Longer than the 30 seconds of the API, so that the API's own answer reaches the client."""
_CACHED_FOR = cdk.Duration.days(1)
"""Longest time. The API says an hour."""
_UNCACHED_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
"""Statuses that CloudFront caches for 10 seconds by itself, also where nothing else is cached.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
"""
_LOG_FIELDS = (
    *("date", "time", "x-edge-location", "x-edge-request-id", "c-ip", "cs-method", "sc-status"),
    *("x-edge-result-type", "x-edge-detailed-result-type", "time-taken", "sc-bytes", "cs-bytes"),
)
"""Neither path (it contains ids), query nor headers, as in the API's access log."""


class ApiDistribution(Construct):
    """A distribution for `domain`. `origin_host` is the API's own host, `secret` the value of the header that it wants."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        domain: str,
        certificate_arn: str,
        origin_host: str,
        secret: str,
        acl_arn: str,
        routes: Sequence[Route],
        web_origins: Sequence[str],
    ) -> None:
        super().__init__(scope, id)
        origin = origins.HttpOrigin(
            origin_host,
            protocol_policy=cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
            origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
            read_timeout=_ORIGIN_TIMEOUT,
            custom_headers={SECRET_HEADER: secret},
        )
        public = self._public_behavior(origin, web_origins)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            comment=f"API of {cdk.Stack.of(self).stack_name}",
            domain_names=[domain],
            certificate=acm.Certificate.from_certificate_arn(self, "Certificate", certificate_arn),
            minimum_protocol_version=cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            web_acl_id=acl_arn,
            default_behavior=_api_behavior(origin),
            additional_behaviors={route.path: public for route in routes if route.is_public},
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=cdk.Duration.seconds(0))
                for status in _UNCACHED_ERRORS
            ],
        )
        suppress(self.distribution, "AwsSolutions-CFR1")
        suppress(self.distribution, "AwsSolutions-CFR3")
        self._log_access()

    def _public_behavior(
        self, origin: cloudfront.IOrigin, web_origins: Sequence[str]
    ) -> cloudfront.BehaviorOptions:
        """Returns the behavior of routes that are the same for everybody. Nothing of a request reaches the API, and so its CORS
        headers are CloudFront's."""
        return cloudfront.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
            allowed_methods=cloudfront.AllowedMethods.ALLOW_GET_HEAD_OPTIONS,
            cache_policy=cloudfront.CachePolicy(
                self,
                "Public",
                min_ttl=cdk.Duration.seconds(0),
                default_ttl=cdk.Duration.seconds(0),
                max_ttl=_CACHED_FOR,
                enable_accept_encoding_gzip=True,
            ),
            response_headers_policy=self._allow_origins(web_origins) if web_origins else None,
            compress=True,
        )

    def _allow_origins(self, web_origins: Sequence[str]) -> cloudfront.ResponseHeadersPolicy:
        """Returns the policy with the CORS headers. CloudFront accepts none without an origin."""
        cors = cloudfront.ResponseHeadersCorsBehavior(
            access_control_allow_origins=list(web_origins),
            access_control_allow_methods=["GET", "HEAD", "OPTIONS"],
            access_control_allow_headers=["*"],
            access_control_allow_credentials=False,
            origin_override=True,
        )
        return cloudfront.ResponseHeadersPolicy(self, "PublicCors", cors_behavior=cors)

    def _log_access(self) -> None:
        """Logs a line for each request, with the client's address, which the API's own log cannot have. It goes with the stack.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
        """
        name = f"/aws/vendedlogs/cloudfront/{cdk.Stack.of(self).stack_name}"
        group = logs.LogGroup(
            self,
            "AccessLog",
            log_group_name=name,
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        prefix = cdk.Stack.of(self).stack_name
        source = logs.CfnDeliverySource(
            self,
            "Source",
            name=f"{prefix}-access",
            log_type="ACCESS_LOGS",
            resource_arn=self.distribution.distribution_arn,
        )
        destination = logs.CfnDeliveryDestination(
            self,
            "Destination",
            name=f"{prefix}-access",
            destination_resource_arn=group.log_group_arn,
            output_format="json",
        )
        delivery = logs.CfnDelivery(
            self,
            "Delivery",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.attr_arn,
            record_fields=list(_LOG_FIELDS),
        )
        delivery.add_resource_dependency(source)


def _api_behavior(origin: cloudfront.IOrigin) -> cloudfront.BehaviorOptions:
    """Returns the behavior of everything else: nothing is cached, and the API gets the whole request but its Host."""
    return cloudfront.BehaviorOptions(
        origin=origin,
        # No redirect, because a client has sent its token by then.
        viewer_protocol_policy=cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
        allowed_methods=cloudfront.AllowedMethods.ALLOW_ALL,
        cache_policy=cloudfront.CachePolicy.CACHING_DISABLED,
        origin_request_policy=cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        compress=False,
    )
