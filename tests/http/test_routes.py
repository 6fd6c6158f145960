"""The route table: each row is served by its function, and each handler has a row."""

import re
from collections import Counter

import pytest

from functions.domain.codes import Code
from functions.http.function import HttpFunction
from functions.http.route import RequestBody, Route
from functions.http.routes import ROUTES
from functions.lambdas import documents, manifests, tickets, uploads

APIS: dict[str, HttpFunction] = {
    "uploads": uploads.api,
    "documents": documents.api,
    "manifests": manifests.api,
    "tickets": tickets.api,
}


def served(api: HttpFunction) -> set[str]:
    """The route keys that Powertools dispatches."""
    resolver = api.app
    routes = [*resolver._static_routes, *resolver._dynamic_routes]
    return {f"{route.method} {route.openapi_path}" for route in routes}


@pytest.mark.parametrize("name", APIS)
def test_a_function_serves_exactly_its_rows(name: str) -> None:
    assert served(APIS[name]) == {route.key for route in ROUTES if route.function == name}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_there_is_head_wherever_there_is_get(route: Route) -> None:
    assert route.keys[0] == route.key
    assert (f"HEAD {route.path}" in route.keys) == (route.method == "GET")


def test_no_row_stands_twice() -> None:
    assert len({route.key for route in ROUTES}) == len(ROUTES)
    assert len({route.operation_id for route in ROUTES}) == len(ROUTES)


def test_a_handler_without_a_row_is_refused() -> None:
    with pytest.raises(KeyError):
        HttpFunction("uploads", owner_claim=lambda: "sub").route("getDocument")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.operation_id)
def test_a_row_is_well_formed(route: Route) -> None:
    assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", route.operation_id)
    assert re.fullmatch(r"(/[a-z.-]+|/\{id\})+", route.path)
    assert route.summary
    assert [code for code, count in Counter(route.codes).items() if count > 1] == []
    assert [code for code in route.codes if code.status is None] == []
    assert all(success.status < 400 and success.description.endswith(".") for success in route.success)


def test_the_codes_of_a_row_follow_from_its_path_and_its_body() -> None:
    routes = {route.operation_id: route for route in ROUTES}
    assert Code.DOCUMENT_NOT_FOUND in routes["getDocument"].codes
    assert Code.DOCUMENT_NOT_FOUND not in routes["createDocument"].codes
    assert Code.MALFORMED_JSON in routes["abortUpload"].codes
    assert Code.MALFORMED_JSON not in routes["restoreDocument"].codes
    assert routes["getDocs"].codes == ()
    assert [route.operation_id for route in ROUTES if route.body is RequestBody.REQUIRED] == [
        "createDocument",
        "createDocuments",
        "presignParts",
        "updateDocument",
        "deleteDocuments",
    ]
