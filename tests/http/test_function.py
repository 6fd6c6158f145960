"""HttpFunction: it serves registered rows, checks bodies as their rows say, and knows the owner of a request."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.domain.keys import owner_key
from functions.http.function import HttpFunction, json_response
from tests.lambdas.events import Context, http_event

GET = "GET /documents/{id}"
PATH = "/documents/an-id"


def a_function(error: Exception | None = None) -> HttpFunction:
    """A function whose handler of getDocument returns the owner key, or raises `error`."""
    function = HttpFunction("documents", owner_claim=lambda: "custom:tenant")

    @function.route("getDocument")
    def get_document(id: str) -> Response[dict[str, str]]:
        if error is not None:
            raise error
        return json_response({"id": id, "owner": function.owner_key()}, 200, {"ETag": '"1"'})

    return function


def call(function: HttpFunction, route: str = GET, **event: Any) -> tuple[int, dict[str, str], Any]:
    claims = event.pop("claims", {"custom:tenant": "acme", "token_use": "access"})
    response = function.serve(http_event(route, PATH, claims=claims, **event), Context())
    return response["statusCode"], response["headers"], json.loads(response["body"])


def test_a_handler_gets_the_id_and_the_owner_of_the_claim() -> None:
    status, headers, body = call(a_function())
    assert (status, body) == (200, {"id": "an-id", "owner": owner_key("acme")})
    assert headers["ETag"] == '"1"'


def test_no_response_may_be_cached() -> None:
    for function in (a_function(), a_function(RuntimeError("private"))):
        _, headers, _ = call(function)
        assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"custom:tenant": "acme", "token_use": "id"}, Code.TOKEN_USE_INVALID),
        ({"sub": "ada"}, Code.TENANT_MISSING),
        ({"custom:tenant": ""}, Code.TENANT_MISSING),
    ],
)
def test_a_token_that_names_no_owner_is_refused(claims: dict[str, str], code: Code) -> None:
    status, _, body = call(a_function(), claims=claims)
    assert (status, body["code"]) == (403, code)


def test_an_error_becomes_the_problem_of_its_code() -> None:
    status, headers, body = call(a_function(Unavailable(Code.BUSY, retry_after=2)))
    assert (status, body["code"], headers["Retry-After"]) == (503, "busy", "2")


def test_a_crash_shows_nothing_of_its_cause() -> None:
    status, _, body = call(a_function(RuntimeError("private")))
    assert (status, body["code"]) == (500, "internal_error")
    assert "private" not in json.dumps(body)


def test_a_route_that_is_not_registered_is_not_found() -> None:
    status, _, body = call(a_function(), "DELETE /documents/{id}")
    assert (status, body["code"]) == (404, "route_not_found")


def test_a_body_is_checked_only_if_its_row_says_so() -> None:
    assert call(a_function(), body="{")[0] == 200
    uploads = HttpFunction("uploads", owner_claim=lambda: "sub")
    status, _, body = call(uploads, "POST /documents/{id}/parts", body="{")
    assert (status, body["code"], body["instance"]) == (400, "malformed_json", PATH)
