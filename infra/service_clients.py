"""The clients of back ends in the stack's user pool: each has a secret, and gets tokens with one scope for it.

An access token of Cognito has `client_id` instead of `aud`, so the authorizer lists the ids of the clients as audiences.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_cognito as cognito

from infra.names import construct_name
from infra.service_options import RESOURCE_SERVER, SCOPE


class ServiceClients(NamedTuple):
    """The ids of the clients, and outputs for back ends. Cognito alone knows the secrets."""

    ids: Sequence[str]
    outputs: Mapping[str, str]


def add_service_clients(pool: cognito.UserPool, names: Sequence[str]) -> ServiceClients:
    """Adds a domain with the endpoint for tokens, the resource server `airlock`, and a client for each name."""
    # The prefix is unique among all accounts of a Region.
    prefix = f"{cdk.Stack.of(pool).stack_name.lower()}-{cdk.Aws.ACCOUNT_ID}"
    domain = pool.add_domain("Domain", cognito_domain=cognito.CognitoDomainOptions(domain_prefix=prefix))
    service = cognito.ResourceServerScope(
        scope_name=SCOPE, scope_description="Create documents on behalf of their owners"
    )
    server = pool.add_resource_server("Airlock", identifier=RESOURCE_SERVER, scopes=[service])
    ids = {_name(name): _add_client(pool, name, server, service).user_pool_client_id for name in names}
    outputs = {f"{name}ClientId": id for name, id in ids.items()}
    return ServiceClients([*ids.values()], {"TokenUrl": f"{domain.base_url()}/oauth2/token", **outputs})


def _add_client(
    pool: cognito.UserPool,
    name: str,
    server: cognito.UserPoolResourceServer,
    scope: cognito.ResourceServerScope,
) -> cognito.UserPoolClient:
    """Adds a client that gets tokens for itself and signs no user in."""
    return pool.add_client(
        _name(name),
        user_pool_client_name=name,
        generate_secret=True,
        auth_flows=cognito.AuthFlow(user_password=False, user_srp=False, custom=False),
        o_auth=cognito.OAuthSettings(
            flows=cognito.OAuthFlows(client_credentials=True),
            scopes=[cognito.OAuthScope.resource_server(server, scope)],
        ),
        enable_token_revocation=True,
        prevent_user_existence_errors=True,
    )


def _name(name: str) -> str:
    """Returns the construct id of a client, such as `ServiceBackEnd` for `back-end`."""
    return f"Service{construct_name(name.replace('-', '_'))}"
