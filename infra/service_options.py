"""Options of machine tokens in CDK context: the back ends that upload on behalf of their users."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from infra.checks import ContextError
from infra.options import TextList

if TYPE_CHECKING:
    from infra.context import Deployment

RESOURCE_SERVER, SCOPE = "airlock", "service"
"""Cognito puts `{resource server}/{scope}` into the tokens of a client that may have the scope."""

_MAX_CLIENTS = 20
MAX_SCOPES = 10
"""Quota of API Gateway for each route. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html"""


@dataclass(frozen=True, kw_only=True)
class ServiceOptions:
    """Options of a deployment that accepts tokens of machines."""

    service_clients: Annotated[
        tuple[str, ...],
        TextList(
            doc="Names of back ends that may create documents on behalf of users: see [back ends](back-ends.md). Each gets a "
            "client with a secret in the stack's user pool, which then has a domain for tokens. Not with `oidcIssuer`, "
            "which takes `serviceScope`.",
            accepts=f"up to {_MAX_CLIENTS} names of lower-case letters, digits and single hyphens, of which the first is a letter",
            pattern=r"(?=.{1,30}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
            max_items=_MAX_CLIENTS,
        ),
    ] = ()


def find_service_scope(deployment: "Deployment") -> str:
    """Returns the scope that makes a token one of a machine, empty if no machine may call."""
    return f"{RESOURCE_SERVER}/{SCOPE}" if deployment.service_clients else deployment.service_scope


def check_service(deployment: "Deployment") -> None:
    """Raises ContextError for options of machine tokens that do not fit the issuer, or that make a user a machine."""
    if deployment.service_clients and deployment.oidc_issuer:
        raise ContextError("serviceClients is for the stack's user pool; with oidcIssuer use serviceScope")
    if deployment.service_scope and not deployment.oidc_issuer:
        raise ContextError("serviceScope requires oidcIssuer; the stack's user pool takes serviceClients")
    scope = find_service_scope(deployment)
    if scope and scope in deployment.scopes:
        raise ContextError(
            f"scopes has {scope!r}, with which every user could act for any other one; leave it out"
        )
    if scope and len(deployment.scopes) == MAX_SCOPES:
        raise ContextError(f"scopes has {MAX_SCOPES} scopes, which leaves no room for that of machines")
    _check_names(deployment)


def _check_names(deployment: "Deployment") -> None:
    if len(set(deployment.service_clients)) != len(deployment.service_clients):
        raise ContextError("serviceClients has a name twice")
    # Cognito reserves these words. https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html
    reserved = next((word for word in ("aws", "amazon", "cognito") if word in deployment.stage), None)
    if deployment.service_clients and reserved:
        raise ContextError(f"stage has {reserved!r}, which the domain of a user pool may not contain")
