"""Options of the edge in front of the API: CloudFront with AWS WAF."""

from dataclasses import dataclass
from typing import Annotated

from functions.option_types import Number, Text
from infra.options import Choice

_MIN_REQUESTS = 10
"""AWS WAF's least limit of a rate-based rule. https://docs.aws.amazon.com/waf/latest/developerguide/limits.html"""
_MAX_REQUESTS = 2_000_000_000


@dataclass(frozen=True, kw_only=True)
class WafOptions:
    """Options of a deployment whose API is behind CloudFront and AWS WAF."""

    waf: Annotated[
        str,
        Choice(
            doc="`true` puts CloudFront with AWS WAF in front of the API, and the functions refuse every other call. `standby` "
            "creates both and serves direct calls too: the step between the two on a stage with clients "
            "([how](edge.md#move-a-living-stage-behind-waf)). Requires `apiDomain` and `apiCertificateArn`.",
            values=("false", "standby", "true"),
        ),
    ] = "false"
    api_domain: Annotated[
        str | None,
        Text(
            doc="Name of the host at which clients call the API behind CloudFront. You point it to the distribution in your DNS.",
            accepts="a host name such as `api.example.com`",
            pattern=r"(?!.{254})([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
        ),
    ] = None
    api_certificate_arn: Annotated[
        str | None,
        Text(
            doc="Certificate for `apiDomain`, which CloudFront wants in us-east-1.",
            accepts="the ARN of a certificate of ACM in us-east-1",
            pattern=r"arn:aws:acm:us-east-1:[0-9]{12}:certificate/[0-9A-Za-z-]+",
        ),
    ] = None
    edge_secret_number: Annotated[
        int,
        Number(
            doc="Number of the value that CloudFront sends to the API: see [rotation](edge.md#rotate-the-secret).",
            unit="count",
            maximum=1_000,
        ),
    ] = 1
    address_requests: Annotated[
        int,
        Number(
            doc="Requests from one IP address in five minutes, from which AWS WAF refuses more. Everybody in one office may "
            "have the same address.",
            unit="count",
            minimum=_MIN_REQUESTS,
            maximum=_MAX_REQUESTS,
        ),
    ] = 30_000
    token_requests: Annotated[
        int,
        Number(
            doc="Requests with one access token in five minutes, from which AWS WAF refuses more.",
            unit="count",
            minimum=_MIN_REQUESTS,
            maximum=_MAX_REQUESTS,
        ),
    ] = 6_000

    @property
    def has_edge(self) -> bool:
        """True if CloudFront and AWS WAF are created."""
        return self.waf != "false"

    @property
    def requires_edge(self) -> bool:
        """True if the functions serve no direct call."""
        return self.waf == "true"

    @property
    def edge_url(self) -> str | None:
        """The URL at which alone the API serves clients, None where it serves them directly."""
        return f"https://{self.api_domain}" if self.requires_edge else None
