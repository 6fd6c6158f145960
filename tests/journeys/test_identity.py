"""Who gets in: which tokens the gateway takes, which the functions take of those, and what is everybody's own."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.client import Client
from tests.journeys.files import mp4, png
from tests.journeys.issuer import Issuer, new_key, serving_issuer
from tests.journeys.parts import begin

ROUTES = [
    ("POST", "/documents"),
    ("GET", "/documents"),
    ("GET", "/documents/{id}"),
    ("GET", "/documents/{id}/parts"),
    ("POST", "/documents/{id}/parts"),
    ("POST", "/documents/{id}/complete"),
    ("POST", "/documents/{id}/abort"),
    ("GET", "/documents/{id}/download"),
    ("GET", "/documents/{id}/content"),
    ("DELETE", "/documents/{id}"),
    ("POST", "/documents/{id}/restore"),
]
OF_ONE_DOCUMENT = [route for route in ROUTES if "{id}" in route[1]]
AN_ID = "01936d6a-0000-7000-8000-000000000000"


BODIES = {
    ("POST", "/documents"): {"fileName": "a.png", "size": 1, "contentType": "image/png"},
    ("POST", "/documents/{id}/parts"): {"partNumbers": [1]},
}


def ask(client: Client, method: str, path: str, document_id: str = AN_ID) -> httpx.Response:
    """A good request, but for the token and the document."""
    return client.call(method, path.replace("{id}", document_id), json=BODIES.get((method, path)))


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


@pytest.fixture(scope="module")
def id_token(stack: LocalStack) -> str:
    """Of ada, from the same sign-in that gives her access token."""
    user = stack.users[0]
    answer = stack.emulator.client("cognito-idp").initiate_auth(
        ClientId=stack.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.name, "PASSWORD": user.password},
    )
    token: str = answer["AuthenticationResult"]["IdToken"]
    return token


@pytest.fixture
def issuer(stack: LocalStack, admin: AdminClient) -> Iterator[Issuer]:
    """The stack as if it had been deployed with this issuer in place of its own user pool."""
    api_id = stack.api.rpartition("/")[2]
    gateway = admin.client("apigatewayv2")
    [authorizer] = gateway.get_authorizers(ApiId=api_id)["Items"]
    scoped = [
        route for route in gateway.get_routes(ApiId=api_id)["Items"] if route.get("AuthorizationScopes")
    ]
    assert len(scoped) == len(ROUTES)
    target = {"ApiId": api_id, "AuthorizerId": authorizer["AuthorizerId"]}
    with serving_issuer() as issuer:
        try:
            trusted = {"Issuer": issuer.url, "Audience": [issuer.AUDIENCE]}
            gateway.update_authorizer(**target, JwtConfiguration=trusted)
            for route in scoped:
                gateway.update_route(
                    ApiId=api_id, RouteId=route["RouteId"], AuthorizationScopes=[issuer.SCOPE]
                )
            yield issuer
        finally:
            gateway.update_authorizer(**target, JwtConfiguration=authorizer["JwtConfiguration"])
            for route in scoped:
                gateway.update_route(
                    ApiId=api_id, RouteId=route["RouteId"], AuthorizationScopes=route["AuthorizationScopes"]
                )


@pytest.fixture
def bearing(stack: LocalStack, http: httpx.Client) -> Callable[[str], Client]:
    return lambda token: Client(stack.api, token, http)


def test_our_pools_access_token_carries_the_scope_and_its_id_token_does_not(
    ada: Client, id_token: str
) -> None:
    assert claims_of(ada.token)["scope"] == "aws.cognito.signin.user.admin"
    assert claims_of(ada.token)["token_use"] == "access"
    assert "scope" not in claims_of(id_token)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_an_id_token_is_refused_on_every_route(ada: Client, id_token: str, method: str, path: str) -> None:
    assert claims_of(id_token)["sub"] == claims_of(ada.token)["sub"]
    assert ask(replace(ada, token=id_token), method, path).status_code == 403


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_token_and_no_jwt_are_refused_on_every_route(ada: Client, method: str, path: str) -> None:
    bare = ada.http.request(method, ada.api + path.replace("{id}", AN_ID))
    assert bare.status_code == 401
    for token in ("x", "x.y.z"):
        assert ask(replace(ada, token=token), method, path).status_code == 401


def test_a_token_that_somebody_changed_is_refused(ada: Client, grace: Client) -> None:
    head, body, signature = ada.token.split(".")
    other_body = grace.token.split(".")[1]
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    for forged in (
        f"{head}.{other_body}.{signature}",
        f"{head}.{body}.",
        f"{unsigned}.{body}.",
        f"{unsigned}.{body}.{signature}",
    ):
        assert ask(replace(ada, token=forged), "GET", "/documents").status_code == 401


def test_another_issuers_token_is_good_on_the_whole_way(
    issuer: Issuer, bearing: Callable[[str], Client]
) -> None:
    linus = bearing(issuer.token())
    assert linus.upload(png(), "a.png", "image/png")["status"] == "ready"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 60},
        {"nbf": int(time.time()) + 3600},
        {"iss": "https://id.example.com"},
        {"aud": "another-app"},
        {"aud": None},
    ],
    ids=["expired", "not yet valid", "another issuer", "another audience", "no audience"],
)
def test_a_token_that_is_not_for_here_and_now_is_refused(
    issuer: Issuer, bearing: Callable[[str], Client], claims: dict[str, Any]
) -> None:
    assert ask(bearing(issuer.token(**claims)), "GET", "/documents").status_code == 401


def test_a_token_that_another_key_signed_is_refused(issuer: Issuer, bearing: Callable[[str], Client]) -> None:
    forged = replace(issuer, key=new_key()).token()
    assert ask(bearing(forged), "GET", "/documents").status_code == 401
    assert ask(bearing(issuer.token()), "GET", "/documents").status_code == 200


def test_the_pools_own_tokens_are_none_of_another_issuers(ada: Client, issuer: Issuer) -> None:
    assert ask(ada, "GET", "/documents").status_code == 401


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_without_the_scope_no_route_answers(
    issuer: Issuer, bearing: Callable[[str], Client], method: str, path: str
) -> None:
    for scope in ("profile", "documents.read", None):
        assert ask(bearing(issuer.token(scope=scope)), method, path).status_code == 403


def test_a_token_says_what_it_is_for_and_an_id_token_with_the_scope_is_refused(
    issuer: Issuer, bearing: Callable[[str], Client]
) -> None:
    refused = ask(bearing(issuer.token(token_use="id")), "GET", "/documents")
    assert (refused.status_code, refused.json()["code"]) == (403, "token_use_invalid")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_token_without_the_owners_claim_owns_nothing(
    issuer: Issuer, bearing: Callable[[str], Client], method: str, path: str
) -> None:
    refused = ask(bearing(issuer.token(sub=None)), method, path)
    assert (refused.status_code, refused.json()["code"]) == (403, "tenant_missing")


def test_the_members_of_a_tenant_share_its_documents_and_nobody_else_sees_them(
    issuer: Issuer, bearing: Callable[[str], Client], admin: AdminClient
) -> None:
    def member(name: str, tenant: str | None) -> Client:
        return bearing(issuer.token(sub=name, tenant=tenant))

    with (
        admin.settings("Uploads", AIRLOCK_OWNER_CLAIM="tenant"),
        admin.settings("Documents", AIRLOCK_OWNER_CLAIM="tenant"),
    ):
        document = member("linus", "acme").upload(png(), "a.png", "image/png")
        assert member("margaret", "acme").document(document["id"]) == document
        foreign = ask(member("linus", "umbrella"), "GET", "/documents/{id}", document["id"])
        nobody = ask(member("linus", None), "GET", "/documents/{id}", document["id"])

    assert (foreign.status_code, foreign.json()["code"]) == (404, "document_not_found")
    assert (nobody.status_code, nobody.json()["code"]) == (403, "tenant_missing")


@pytest.mark.parametrize(("method", "path"), OF_ONE_DOCUMENT)
def test_anothers_document_answers_as_one_that_never_was(
    ada: Client, grace: Client, method: str, path: str
) -> None:
    document_id = begin(ada, mp4(1000)).id

    foreign, unknown = (ask(grace, method, path, id) for id in (document_id, AN_ID))

    assert foreign.status_code == unknown.status_code == 404
    assert {answer.json()["code"] for answer in (foreign, unknown)} == {"document_not_found"}
    assert foreign.json()["detail"] == unknown.json()["detail"]
    assert ada.document(document_id)["status"] == "pending"


def test_a_cursor_is_of_use_to_its_owner_only(ada: Client, grace: Client) -> None:
    for client in (ada, grace):
        for _ in range(2):
            client.create(png(), "a.png", "image/png")
    cursor = ada.call("GET", "/documents", params={"limit": "1"}).json()["nextCursor"]

    refused = grace.call("GET", "/documents", params={"limit": "1", "cursor": cursor})

    assert (refused.status_code, refused.json()["code"]) == (400, "cursor_invalid")
    assert ada.call("GET", "/documents", params={"limit": "1", "cursor": cursor}).status_code == 200
