"""A back end with a token of the user pool, on the deployed template: it uploads on behalf of a user, and finds that alone."""

import base64
import json
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import start_shared_stack
from tests.journeys.files import pdf, png

IMAGE = png()
CREATE = {"fileName": "a.png", "size": len(IMAGE), "contentType": "image/png"}


@pytest.fixture(scope="module")
def machine_stack() -> Iterator[LocalStack]:
    with start_shared_stack(
        serviceClients="back-end,other", kindsFile="tests/journeys/claim_kinds.toml"
    ) as running:
        yield running


@pytest.fixture(scope="module")
def machines(machine_stack: LocalStack, http: httpx.Client) -> dict[str, ApiClient]:
    assert machine_stack.token_url is not None
    return {
        machine.name: ApiClient(machine_stack.api, machine.fetch_token(machine_stack.token_url), http)
        for machine in machine_stack.machines
    }


@pytest.fixture(scope="module")
def user(machine_stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(machine_stack.api, machine_stack.users[0].access_token, http)


def decode_claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return claims


def owner_of(user: ApiClient) -> str:
    return str(decode_claims(user.token)["sub"])


def test_the_token_has_the_claims_that_cognito_gives_a_machine(
    machine_stack: LocalStack, machines: dict[str, ApiClient]
) -> None:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html"""
    claims = decode_claims(machines["back-end"].token)
    assert claims["sub"] == claims["client_id"] == machine_stack.machines[0].client_id
    assert (claims["token_use"], claims["scope"]) == ("access", "airlock/service")
    assert claims["iss"] == machine_stack.issuer
    assert {"aud", "username", "cognito:groups"} & claims.keys() == set()


def test_a_wrong_secret_gets_no_token(machine_stack: LocalStack) -> None:
    machine = machine_stack.machines[0]
    forged = type(machine)(machine.name, machine.client_id, "wrong")
    with pytest.raises(HTTPError) as error:
        forged.fetch_token(machine_stack.token_url or "")
    assert error.value.code in (400, 401)
    error.value.close()


def test_a_file_of_a_back_end_belongs_to_its_user(
    machines: dict[str, ApiClient], user: ApiClient, http: httpx.Client
) -> None:
    machine, other, owner = machines["back-end"], machines["other"], owner_of(user)
    named = {"onBehalfOf": owner}
    created = machine.request("POST", "/documents", json=CREATE | named).json()
    upload, path = created["upload"], f"/documents/{created['document']['id']}"
    assert http.put(upload["url"], content=IMAGE, headers=upload["headers"]).status_code == 200

    document = user.wait_until_processed(created["document"]["id"])
    assert document["status"] == "ready"
    assert document["history"][0]["actor"] == decode_claims(machine.token)["sub"]
    url = machine.request("GET", f"{path}/download", params=named).json()["url"]
    assert http.get(url).content == IMAGE

    assert machine.request("GET", path).status_code == 404
    assert other.request("GET", path, params=named).status_code == 404
    assert user.request("GET", path, params=named).json()["code"] == "on_behalf_not_allowed"
    assert machine.request("DELETE", path, params=named).status_code == 204


def test_a_document_of_the_user_is_not_there_for_a_back_end(
    machines: dict[str, ApiClient], user: ApiClient
) -> None:
    own = user.request("POST", "/documents", json=CREATE).json()["document"]["id"]
    answer = machines["back-end"].request("GET", f"/documents/{own}", params={"onBehalfOf": owner_of(user)})
    assert answer.json()["code"] == "document_not_found"


def test_a_back_end_claims_what_it_has_uploaded(
    machines: dict[str, ApiClient], user: ApiClient, http: httpx.Client
) -> None:
    machine, named = machines["back-end"], {"onBehalfOf": owner_of(user)}
    data = pdf(1_000)
    created = machine.create(data, "a.pdf", "application/pdf", **named)
    machine.put(created["upload"], data)
    ready = user.wait_until_processed(created["document"]["id"])
    path = f"/documents/{ready['id']}/claim"
    assert ready["claimBy"] > ready["updatedAt"]
    assert machines["other"].request("POST", path, params=named).status_code == 404
    claimed = machine.request("POST", path, params=named).json()
    assert claimed["history"][-1]["changed"] == ["claimedAt"]
    assert user.request("POST", path).json() == claimed
