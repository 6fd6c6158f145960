"""Authentication and ownership: the tokens that the gateway and the functions accept, and the documents of other users."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from functions.http import routes
from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.files import mp4, png
from tests.journeys.issuer import Issuer, create_key, start_issuer
from tests.journeys.multipart_upload import start_upload

DEPLOYED = [route for route in routes.ROUTES if not route.is_public and route.option is None]
ROUTES = [(route.method, route.path) for route in DEPLOYED]
DOCUMENT_ROUTES = [route for route in ROUTES if "{id}" in route[1]]
UNKNOWN_ID = "01936d6a-0000-7000-8000-000000000000"

CREATE = {"fileName": "a.png", "size": 1, "contentType": "image/png"}
BODIES = {
    ("POST", "/documents"): CREATE,
    ("POST", "/documents/batch"): {"documents": [CREATE]},
    ("POST", "/documents/batch-delete"): {"ids": [UNKNOWN_ID]},
    ("POST", "/documents/{id}/parts"): {"partNumbers": [1]},
    ("PATCH", "/documents/{id}"): {"title": "A title"},
}


def send_request(client: ApiClient, method: str, path: str, document_id: str = UNKNOWN_ID) -> httpx.Response:
    """Sends a valid request; only its token and its document may be invalid."""
    return client.request(method, path.replace("{id}", document_id), json=BODIES.get((method, path)))


def decode_claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


@pytest.fixture(scope="module")
def id_token(stack: LocalStack) -> str:
    """ada's ID token, from the same sign-in as her access token."""
    user = stack.users[0]
    response = stack.emulator.client("cognito-idp").initiate_auth(
        ClientId=stack.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": user.name, "PASSWORD": user.password},
    )
    token: str = response["AuthenticationResult"]["IdToken"]
    return token


@pytest.fixture
def issuer(admin: AdminClient) -> Iterator[Issuer]:
    """The issuer that the stack uses in place of its user pool."""
    api_id = admin.api_id()
    gateway = admin.client("apigatewayv2")
    [authorizer] = gateway.get_authorizers(ApiId=api_id)["Items"]
    scoped = [
        route for route in gateway.get_routes(ApiId=api_id)["Items"] if route.get("AuthorizationScopes")
    ]
    assert len(scoped) == sum(len(route.methods) for route in DEPLOYED)
    target = {"ApiId": api_id, "AuthorizerId": authorizer["AuthorizerId"]}
    with start_issuer() as issuer:
        try:
            configuration = {"Issuer": issuer.url, "Audience": [issuer.AUDIENCE]}
            gateway.update_authorizer(**target, JwtConfiguration=configuration)
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
def sign_in(stack: LocalStack, http: httpx.Client) -> Callable[[str], ApiClient]:
    return lambda token: ApiClient(stack.api, token, http)


def test_an_access_token_of_the_user_pool_has_the_scope_and_an_id_token_does_not(
    ada: ApiClient, id_token: str
) -> None:
    assert decode_claims(ada.token)["scope"] == "aws.cognito.signin.user.admin"
    assert decode_claims(ada.token)["token_use"] == "access"
    assert "scope" not in decode_claims(id_token)


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_rejects_an_id_token(ada: ApiClient, id_token: str, method: str, path: str) -> None:
    assert decode_claims(id_token)["sub"] == decode_claims(ada.token)["sub"]
    assert send_request(replace(ada, token=id_token), method, path).status_code == 403


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_rejects_a_missing_and_a_malformed_token(ada: ApiClient, method: str, path: str) -> None:
    bare = ada.http.request(method, ada.api + path.replace("{id}", UNKNOWN_ID))
    assert bare.status_code == 401
    for token in ("x", "x.y.z"):
        assert send_request(replace(ada, token=token), method, path).status_code == 401


def test_a_modified_token_is_rejected(ada: ApiClient, grace: ApiClient) -> None:
    head, body, signature = ada.token.split(".")
    other_body = grace.token.split(".")[1]
    unsigned = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    for forged in (
        f"{head}.{other_body}.{signature}",
        f"{head}.{body}.",
        f"{unsigned}.{body}.",
        f"{unsigned}.{body}.{signature}",
    ):
        assert send_request(replace(ada, token=forged), "GET", "/documents").status_code == 401


def test_a_token_of_a_configured_issuer_is_accepted_from_create_to_ready(
    issuer: Issuer, sign_in: Callable[[str], ApiClient]
) -> None:
    linus = sign_in(issuer.create_token())
    assert linus.upload(png(), "a.png", "image/png")["status"] == "ready"


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 60},
        {"nbf": int(time.time()) + 86_400},
        {"iss": "https://id.example.com"},
        {"aud": "another-app"},
        {"aud": None},
    ],
    ids=["expired", "not yet valid", "another issuer", "another audience", "no audience"],
)
def test_an_expired_token_or_one_of_another_issuer_or_audience_is_rejected(
    issuer: Issuer, sign_in: Callable[[str], ApiClient], claims: dict[str, Any]
) -> None:
    assert send_request(sign_in(issuer.create_token(**claims)), "GET", "/documents").status_code == 401


def test_a_token_signed_with_another_key_is_rejected(
    issuer: Issuer, sign_in: Callable[[str], ApiClient]
) -> None:
    forged = replace(issuer, key=create_key()).create_token()
    assert send_request(sign_in(forged), "GET", "/documents").status_code == 401
    assert send_request(sign_in(issuer.create_token()), "GET", "/documents").status_code == 200


def test_a_token_of_the_user_pool_is_rejected_where_another_issuer_is_configured(
    ada: ApiClient, issuer: Issuer
) -> None:
    assert send_request(ada, "GET", "/documents").status_code == 401


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_requires_the_scope(
    issuer: Issuer, sign_in: Callable[[str], ApiClient], method: str, path: str
) -> None:
    for scope in ("profile", "documents.read", None):
        assert send_request(sign_in(issuer.create_token(scope=scope)), method, path).status_code == 403


def test_an_id_token_with_the_scope_is_rejected(issuer: Issuer, sign_in: Callable[[str], ApiClient]) -> None:
    response = send_request(sign_in(issuer.create_token(token_use="id")), "GET", "/documents")
    assert (response.status_code, response.json()["code"]) == (403, "token_use_invalid")


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_every_route_requires_the_owner_claim(
    issuer: Issuer, sign_in: Callable[[str], ApiClient], method: str, path: str
) -> None:
    response = send_request(sign_in(issuer.create_token(sub=None)), method, path)
    assert (response.status_code, response.json()["code"]) == (403, "tenant_missing")


def test_only_members_of_a_tenant_see_its_documents(
    issuer: Issuer, sign_in: Callable[[str], ApiClient], admin: AdminClient
) -> None:
    def member(name: str, tenant: str | None) -> ApiClient:
        return sign_in(issuer.create_token(sub=name, tenant=tenant))

    with (
        admin.override_settings("Uploads", AIRLOCK_OWNER_CLAIM="tenant"),
        admin.override_settings("Documents", AIRLOCK_OWNER_CLAIM="tenant"),
    ):
        document = member("linus", "acme").upload(png(), "a.png", "image/png")
        assert member("margaret", "acme").get_document(document["id"]) == document
        foreign = send_request(member("linus", "umbrella"), "GET", "/documents/{id}", document["id"])
        nobody = send_request(member("linus", None), "GET", "/documents/{id}", document["id"])

    assert (foreign.status_code, foreign.json()["code"]) == (404, "document_not_found")
    assert (nobody.status_code, nobody.json()["code"]) == (403, "tenant_missing")


@pytest.mark.parametrize(("method", "path"), DOCUMENT_ROUTES)
def test_the_document_of_another_user_looks_like_an_unknown_one(
    ada: ApiClient, grace: ApiClient, method: str, path: str
) -> None:
    document_id = start_upload(ada, mp4(1000)).id

    foreign, unknown = (send_request(grace, method, path, id) for id in (document_id, UNKNOWN_ID))

    assert foreign.status_code == unknown.status_code == 404
    assert {response.json()["code"] for response in (foreign, unknown)} == {"document_not_found"}
    assert foreign.json()["detail"] == unknown.json()["detail"]
    assert ada.get_document(document_id)["status"] == "pending"


def test_a_cursor_is_valid_for_its_owner_only(ada: ApiClient, grace: ApiClient) -> None:
    for client in (ada, grace):
        for _ in range(2):
            client.create(png(), "a.png", "image/png")
    cursor = ada.request("GET", "/documents", params={"limit": "1"}).json()["nextCursor"]

    response = grace.request("GET", "/documents", params={"limit": "1", "cursor": cursor})

    assert (response.status_code, response.json()["code"]) == (400, "cursor_invalid")
    assert ada.request("GET", "/documents", params={"limit": "1", "cursor": cursor}).status_code == 200


def test_a_stolen_access_token_cannot_change_the_address_that_recovers_the_password(
    stack: LocalStack, ada: ApiClient
) -> None:
    cognito = stack.emulator.client("cognito-idp")
    attributes = [{"Name": "email", "Value": "mallory@example.com"}]
    with pytest.raises(cognito.exceptions.NotAuthorizedException, match="unauthorized attribute"):
        cognito.update_user_attributes(AccessToken=ada.token, UserAttributes=attributes)
    user = cognito.get_user(AccessToken=ada.token)
    assert {"Name": "email", "Value": stack.users[0].name} in user["UserAttributes"]
