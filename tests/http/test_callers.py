"""The caller that a token names, and the owner whom a request is for."""

from typing import Any

import pytest

from functions.domain.callers import Caller
from functions.domain.codes import Code
from functions.domain.errors import AirlockError
from functions.domain.keys import owner_key
from functions.http.callers import check_token, find_request_owner, identify, is_machine

SCOPE = "airlock/service"
MACHINE = {"sub": "back-end", "client_id": "back-end", "token_use": "access", "scope": SCOPE}
USER = {"sub": "ada", "client_id": "web", "token_use": "access", "scope": "aws.cognito.signin.user.admin"}


def code_of(claims: dict[str, Any], on_behalf_of: str | None, scope: str = SCOPE) -> Code:
    with pytest.raises(AirlockError) as error:
        identify(claims, "sub", scope, on_behalf_of)
    return error.value.code


def test_a_machine_acts_on_behalf_of_the_owner_that_it_names() -> None:
    caller = identify(MACHINE, "sub", SCOPE, "ada")
    assert caller == Caller(owner_key("ada"), "back-end", client="back-end")


def test_a_machine_that_names_no_owner_owns_what_it_creates() -> None:
    assert identify(MACHINE, "sub", SCOPE) == Caller(owner_key("back-end"), "back-end")


def test_a_machine_without_the_claim_that_owns_documents_must_name_an_owner() -> None:
    with pytest.raises(AirlockError) as error:
        identify(MACHINE, "custom:tenant", SCOPE)
    assert error.value.code is Code.TENANT_MISSING
    assert identify(MACHINE, "custom:tenant", SCOPE, "acme").owner == owner_key("acme")


def test_a_user_acts_for_nobody_else() -> None:
    assert code_of(USER, "grace") is Code.ON_BEHALF_NOT_ALLOWED
    assert code_of(USER, "ada") is Code.ON_BEHALF_NOT_ALLOWED


def test_without_the_option_no_token_acts_for_an_owner() -> None:
    assert code_of(MACHINE, "ada", scope="") is Code.ON_BEHALF_NOT_ALLOWED
    assert code_of(MACHINE | {"scope": ""}, "ada", scope="") is Code.ON_BEHALF_NOT_ALLOWED


@pytest.mark.parametrize(
    "claims",
    [
        USER | {"scope": SCOPE},
        {
            "sub": "ada",
            "client_id": "web",
            "username": "ada",
            "token_use": "access",
            "scope": f"openid {SCOPE}",
        },
        MACHINE | {"scope": "airlock/service2"},
        MACHINE | {"scope": "myairlock/service"},
        {name: value for name, value in MACHINE.items() if name != "scope"},
    ],
    ids=["user of the pool", "user with OAuth", "longer scope", "scope of another server", "no scope"],
)
def test_no_other_token_is_one_of_a_machine(claims: dict[str, Any]) -> None:
    assert not is_machine(claims, SCOPE)
    assert code_of(claims, "grace") is Code.ON_BEHALF_NOT_ALLOWED


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": "back-end@clients", "azp": "back-end", "scope": f"read {SCOPE}"},
        {"sub": "back-end", "scp": SCOPE},
        {"sub": "back-end", "scp": f"[{SCOPE} read]"},
    ],
    ids=["several scopes", "scp", "a list as the gateway writes it"],
)
def test_the_machine_of_another_issuer_has_the_scope_among_its_own(claims: dict[str, Any]) -> None:
    assert is_machine(claims, SCOPE)
    assert identify(claims, "sub", SCOPE, "ada").client == claims["sub"]


@pytest.mark.parametrize("owner", [" ", "[ada]", "<nil>", "null", "map[]", "\ud800"], ids=repr)
def test_a_text_that_no_claim_may_have_names_no_owner(owner: str) -> None:
    assert code_of(MACHINE, owner) is Code.VALIDATION_FAILED


def test_a_machine_without_a_name_acts_for_nobody() -> None:
    claims = {"token_use": "access", "scope": SCOPE}
    assert code_of(claims, "ada") is Code.ON_BEHALF_NOT_ALLOWED


def test_an_id_token_is_that_of_no_machine() -> None:
    assert code_of(MACHINE | {"token_use": "id"}, "ada") is Code.TOKEN_USE_INVALID


def test_a_machine_may_ask_what_is_accepted_without_an_owner() -> None:
    check_token(MACHINE, "custom:tenant", SCOPE)
    for claims, scope in ((USER, SCOPE), (MACHINE, "")):
        with pytest.raises(AirlockError) as error:
            check_token(claims, "custom:tenant", scope)
        assert error.value.code is Code.TENANT_MISSING


@pytest.mark.parametrize(
    ("event", "claims", "operation"),
    [
        ({"queryStringParameters": {"onBehalfOf": "ada"}}, MACHINE, "getDocument"),
        ({"body": '{"onBehalfOf": "ada"}'}, MACHINE, "createDocument"),
    ],
    ids=["query", "body"],
)
def test_a_request_is_for_the_owner_whom_a_machine_names(
    event: dict[str, Any], claims: dict[str, Any], operation: str
) -> None:
    assert find_owner(event, claims, operation) == owner_key("ada")
    assert find_owner(event, USER | {"sub": "grace"}, operation) == owner_key("grace")
    assert find_owner(event, claims, operation, scope="") == owner_key("back-end")
    assert find_owner(event, claims, "listDocuments") == owner_key("back-end")


@pytest.mark.parametrize("body", [None, "{", "[]", '{"onBehalfOf": 7}', '{"onBehalfOf": " "}', "[" * 100_000])
def test_a_body_that_names_no_owner_is_no_fault(body: str | None) -> None:
    assert find_owner({"body": body}, MACHINE, "createDocument") == owner_key("back-end")


def test_a_request_without_an_owner_is_for_nobody() -> None:
    assert find_owner({"body": None}, {}, "createDocument") is None


def find_owner(
    event: dict[str, Any], claims: dict[str, Any], operation: str, scope: str = SCOPE
) -> str | None:
    request = event | {"requestContext": {"authorizer": {"jwt": {"claims": claims}}}}
    return find_request_owner(request, operation, "sub", scope)
