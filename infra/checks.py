"""Checks of a deployment as a whole: options that require or exclude each other, and what a Region lacks."""

from collections.abc import Container
from dataclasses import fields
from typing import TYPE_CHECKING

from functions.domain.steps import SCAN
from functions.features.scan.definition import MAX_BYTES
from functions.option_types import Number
from infra.names import construct_name
from infra.options import accepted_values, context_key, option
from infra.regions import has_cloudfront, has_edge, has_http_apis, has_user_pools

if TYPE_CHECKING:
    from infra.context import Deployment

# The first ones are no identity of a user, and the others change with each sign-in or each token. An access token of a user
# pool has no `email`, and users could change it if a trigger added it.
# https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
_NO_OWNER_IN_A_USER_POOL = frozenset(
    [
        "iss",
        "client_id",
        "token_use",
        "scope",
        "version",
        "cognito:groups",
        "email",
        "phone_number",
        "jti",
        "origin_jti",
        "event_id",
        "auth_time",
        "iat",
        "exp",
        "device_key",
    ]
)


class ContextError(ValueError):
    """An unknown context key, or a value that is not accepted. The message names the key."""


def check_presence(deployment: "Deployment", given: Container[str]) -> None:
    """Raises ContextError for a key that is missing."""
    if ("oidc_issuer" in given) != ("oidc_audience" in given):
        raise ContextError("oidcIssuer and oidcAudience require each other")
    if "oidc_issuer" in given and "scopes" not in given:
        raise ContextError("scopes is missing; oidcIssuer requires the scopes that a token needs")
    if deployment.page and deployment.oidc_issuer:
        raise ContextError("page is for the stack's own user pool; oidcIssuer names another issuer")
    if deployment.has_edge and not (deployment.api_domain and deployment.api_certificate_arn):
        raise ContextError("waf requires apiDomain and apiCertificateArn")
    if deployment.audit_reads and not deployment.audit:
        raise ContextError("auditReads requires audit")
    if not deployment.is_ephemeral and "web_origins" not in given:
        raise ContextError(
            f"webOrigins is missing; stage {deployment.stage!r} requires the origins of its pages"
        )


def check_owner_claim(deployment: "Deployment") -> None:
    """Raises ContextError for a claim that does not tell the users of a user pool apart, or not for long."""
    claim = deployment.owner_claim
    if deployment.oidc_issuer is None and claim in _NO_OWNER_IN_A_USER_POOL:
        raise ContextError(
            f"ownerClaim is {claim!r}; in an access token of the stack's user pool it identifies no owner. Use 'sub', or "
            "a claim that a trigger of the pool adds and users cannot change"
        )


def check_lower_bounds(deployment: "Deployment") -> None:
    """Raises ContextError for a number that is below the one that bounds it."""
    for field in fields(deployment):
        described = option(field)
        if not isinstance(described, Number) or not described.at_least:
            continue
        value, minimum = getattr(deployment, field.name), getattr(deployment, described.at_least)
        if value < minimum:
            key = context_key(field.name)
            raise ContextError(
                f"{key} is {value}; accepted: {accepted_values(described)}, which is {minimum}"
            )


def check_delivery(deployment: "Deployment") -> None:
    """Raises ContextError for options of delivery by CloudFront that lack one another."""
    if (deployment.download_domain is None) != (deployment.certificate_arn is None):
        raise ContextError("downloadDomain and certificateArn require each other")
    if deployment.has_distribution and not deployment.delivery_keys:
        raise ContextError(
            "deliveryKeys is missing; cdn requires the public keys that `python -m operate keys create` prints"
        )
    if deployment.download_domain and not deployment.has_distribution:
        raise ContextError("downloadDomain requires cdn")


def check_region(deployment: "Deployment", region: str) -> None:
    """Raises ContextError if the Region lacks what the deployment needs."""
    if not has_http_apis(region):
        raise ContextError(f"the Region {region} has no HTTP APIs of API Gateway, which Airlock needs")
    if deployment.has_distribution and not has_cloudfront(region):
        raise ContextError(
            f"cdn is {deployment.cdn!r}; a bucket in the Region {region} cannot be read by CloudFront"
        )
    if deployment.has_edge and not has_edge(region):
        raise ContextError(
            f"waf is {deployment.waf!r}; the Region {region} is in a partition without a us-east-1"
        )
    if deployment.oidc_issuer is None and not has_user_pools(region):
        raise ContextError(
            f"oidcIssuer is missing; the Region {region} has no Cognito user pools, so the tokens must come from another "
            "OpenID Connect issuer"
        )


def check_files(deployment: "Deployment") -> None:
    """Checks the files with kinds, with webhook endpoints and with sentences. Raises ContextError."""
    check_scanner(deployment)
    deployment.check_texts()
    check_webhooks(deployment)


def check_webhooks(deployment: "Deployment") -> None:
    """Raises ContextError for an endpoint with an unknown kind, and for two endpoints with one name in the template."""
    known, names = {kind.name for kind in deployment.read_kinds()}, set[str]()
    for endpoint in deployment.webhooks:
        field = f"webhooksFile is {deployment.webhooks_file!r}: {endpoint.name}"
        if unknown := sorted(set(endpoint.kinds) - known):
            raise ContextError(
                f"{field}.kinds has {', '.join(unknown)}; accepted: {', '.join(sorted(known))}"
            )
        if (name := construct_name(endpoint.name)) in names:
            raise ContextError(f"{field} differs from another name in underscores only, which no output has")
        names.add(name)


def check_scanner(deployment: "Deployment") -> None:
    """Checks the kinds that list the step `scan`. What a scanner may skip because of its size is refused before it is uploaded."""
    for kind in deployment.read_kinds():
        if SCAN not in kind.steps:
            continue
        if not deployment.scanner:
            raise ContextError(f"scanner is missing; the kind {kind.name!r} lists the step {SCAN!r}")
        limit = MAX_BYTES[deployment.scanner]
        if kind.max_bytes > limit:
            raise ContextError(
                f"scanner is {deployment.scanner!r}, which scans up to {limit} bytes; max_bytes of the kind {kind.name!r} is"
                f" {kind.max_bytes}"
            )
