"""Clients of back ends: nothing of them without the option, and with it tokens for machines and for nobody else."""

import json
from typing import Any

import pytest

from infra.checks import ContextError
from infra.context import Deployment
from tests.infra.conftest import Variant
from tests.infra.template import Synthesis

SCOPE = "airlock/service"
OIDC = {"oidcIssuer": "https://issuer.example", "oidcAudience": "api", "scopes": "files"}


@pytest.fixture(scope="module")
def with_clients(variant: Variant) -> Synthesis:
    return variant(serviceClients="back-end,portal")


def clients(synthesis: Synthesis) -> dict[str, Any]:
    """The clients of back ends by construct id."""
    found = synthesis.all("AWS::Cognito::UserPoolClient").items()
    return {name: client for name, client in found if client.get("GenerateSecret")}


def test_nothing_of_it_exists_without_the_option(stack: Synthesis) -> None:
    assert not clients(stack)
    assert not stack.all("AWS::Cognito::UserPoolDomain")
    assert not stack.all("AWS::Cognito::UserPoolResourceServer")
    assert SCOPE not in stack.text
    for function in stack.all("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["AIRLOCK_SERVICE_SCOPE"] == ""


def test_each_back_end_has_a_client_with_a_secret_that_signs_no_user_in(with_clients: Synthesis) -> None:
    assert {client["ClientName"] for client in clients(with_clients).values()} == {"back-end", "portal"}
    for client in clients(with_clients).values():
        assert client["AllowedOAuthFlows"] == ["client_credentials"]
        assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
        [scope] = client["AllowedOAuthScopes"]
        assert scope.endswith("/service")


def test_the_client_of_pages_gets_no_scope_of_machines(stack: Synthesis, with_clients: Synthesis) -> None:
    [web] = stack.all("AWS::Cognito::UserPoolClient").values()
    assert web in with_clients.all("AWS::Cognito::UserPoolClient").values()
    assert not web["AllowedOAuthFlowsUserPoolClient"]


def test_the_resource_server_has_one_scope(with_clients: Synthesis) -> None:
    server = with_clients.only("AWS::Cognito::UserPoolResourceServer")
    assert f"{server['Identifier']}/{server['Scopes'][0]['ScopeName']}" == SCOPE
    assert len(server["Scopes"]) == 1


def test_the_authorizer_accepts_each_client_because_their_tokens_have_no_audience(
    with_clients: Synthesis,
) -> None:
    [authorizer] = with_clients.all("AWS::ApiGatewayV2::Authorizer").values()
    audience = set(authorizer["JwtConfiguration"]["Audience"])
    assert audience == {f"${{{name}}}" for name in with_clients.all("AWS::Cognito::UserPoolClient")}


def test_every_route_takes_either_scope_and_the_functions_know_that_of_machines(
    with_clients: Synthesis,
) -> None:
    for route in with_clients.all("AWS::ApiGatewayV2::Route").values():
        if route["AuthorizationType"] == "JWT":
            assert route["AuthorizationScopes"] == ["aws.cognito.signin.user.admin", SCOPE]
    for function in with_clients.all("AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"]["AIRLOCK_SERVICE_SCOPE"] == SCOPE


def test_the_outputs_say_where_tokens_come_from_and_no_secret(with_clients: Synthesis) -> None:
    outputs = json.loads(with_clients.text)["Outputs"]
    assert {"TokenUrl", "ServiceBackEndClientId", "ServicePortalClientId"} <= outputs.keys()
    assert "ClientSecret" not in with_clients.text


def test_another_issuer_names_its_own_scope(variant: Variant) -> None:
    synthesis = variant(**OIDC, serviceScope="machines")
    assert not clients(synthesis)
    for route in synthesis.all("AWS::ApiGatewayV2::Route").values():
        assert route.get("AuthorizationScopes") in (None, ["files", "machines"])


@pytest.mark.parametrize(
    ("context", "message"),
    [
        (OIDC | {"serviceClients": "a"}, "serviceClients is for the stack's user pool"),
        ({"serviceScope": "machines"}, "serviceScope requires oidcIssuer"),
        (OIDC | {"serviceScope": "files"}, "every user could act"),
        (
            OIDC | {"scopes": ",".join(f"s{number}" for number in range(10)), "serviceScope": "m"},
            "leaves no room",
        ),
        ({"serviceClients": "a,a"}, "a name twice"),
        ({"serviceClients": "a", "stage": "dev-aws"}, "may not contain"),
        ({"serviceClients": "A"}, "accepted: up to 20 names"),
        ({"serviceClients": "a--b"}, "accepted: up to 20 names"),
        ({"serviceClients": "a" * 31}, "accepted: up to 20 names"),
    ],
)
def test_options_that_do_not_fit_are_refused(context: dict[str, str], message: str) -> None:
    with pytest.raises(ContextError, match=message):
        Deployment.from_context(context)
