"""Access: the claims that a token needs, and that documents of other owners do not exist for the caller."""

from collections.abc import Callable

import pytest

from tests.examples import PNG, an_id
from tests.lambdas.api import PUBLIC, WITH_BODY, Api

OF_ONE_DOCUMENT = [route for route in WITH_BODY if "{id}" in route]
NEEDS_TOKEN = [route for route in WITH_BODY if route not in PUBLIC]
PARTS = {"partNumbers": [1]}
CREATE = {"fileName": "cat.png", "size": 1, "contentType": "image/png"}
UNREADABLE_IDS = [
    "..",
    "%2e%2e",
    "x",
    "01A1FD9C-2C04-7A46-9A70-26FA6B4FF77B",
    "\N{ARABIC-INDIC DIGIT ONE}" * 36,
    "0" * 1_000_000,
    "00000000-0000-4000-8000-000000000000",
]


def a_body(route: str) -> object:
    bodies: dict[str, object] = {
        "POST /documents": CREATE,
        "POST /documents/{id}/parts": PARTS,
        "POST /documents/batch": {"documents": [CREATE]},
        "POST /documents/batch-delete": {"ids": [an_id()]},
        "PATCH /documents/{id}": {"title": "A title"},
    }
    return bodies.get(route)


@pytest.mark.parametrize("route", NEEDS_TOKEN)
def test_an_id_token_is_refused_on_every_route(account: object, route: str) -> None:
    api = Api(claims={"sub": "ada", "token_use": "id"})
    method, path = route.replace("{id}", an_id()).split()
    assert api.call(method, path, a_body(route)).problem == (403, "token_use_invalid")


@pytest.mark.parametrize("route", NEEDS_TOKEN)
def test_a_token_without_the_owners_claim_is_refused_on_every_route(account: object, route: str) -> None:
    api = Api(claims={"token_use": "access"})
    method, path = route.replace("{id}", an_id()).split()
    assert api.call(method, path, a_body(route)).problem == (403, "tenant_missing")


def test_an_empty_claim_owns_nothing(account: object) -> None:
    assert Api(claims={"sub": ""}).get("/documents").problem == (403, "tenant_missing")


@pytest.mark.parametrize("value", ["[]", "[acme]", "<nil>", "null", "map[]", " ", "\ud800"], ids=repr)
def test_a_claim_that_is_no_single_text_owns_nothing(
    account: object, deploy: Callable[..., None], value: str
) -> None:
    deploy(owner_claim="custom:tenant")
    api = Api(claims={"sub": "ada", "custom:tenant": value})
    assert api.get("/documents").problem == (403, "tenant_missing")
    assert api.post("/documents", CREATE).problem == (403, "tenant_missing")


def test_a_token_without_token_use_is_accepted(account: object) -> None:
    assert Api(claims={"sub": "ada"}).get("/documents").status == 200


def test_another_claim_can_own_the_documents(account: object, deploy: Callable[..., None]) -> None:
    deploy(owner_claim="custom:tenant")
    colleagues = [Api(claims={"sub": name, "custom:tenant": "acme"}) for name in ("ada", "grace")]

    created = colleagues[0].create(PNG)["document"]

    assert colleagues[1].document(created["id"]) == created
    assert Api("ada").get("/documents").problem == (403, "tenant_missing")


def test_the_history_says_which_member_of_a_tenant_did_what(
    account: object, deploy: Callable[..., None]
) -> None:
    deploy(owner_claim="custom:tenant")
    ada, grace = (Api(claims={"sub": name, "custom:tenant": "acme"}) for name in ("ada", "grace"))
    first, second, third = (ada.create(PNG)["document"]["id"] for _ in range(3))
    for id in (first, second, third):
        assert grace.post(f"/documents/{id}/abort").status == 204

    assert ada.call("PATCH", f"/documents/{first}", {"title": "Cat"}).status == 200
    assert grace.delete(first).status == 204
    assert ada.restore(first).status == 200
    assert ada.post("/documents/batch-delete", {"ids": [second]}).status == 200

    assert actors(grace, first) == ["ada", "grace", "ada", "grace", "ada"]
    assert actors(grace, second) == ["ada", "grace", "ada"]


def test_the_history_names_nobody_for_a_token_without_a_subject(
    account: object, deploy: Callable[..., None]
) -> None:
    deploy(owner_claim="custom:tenant")
    api = Api(claims={"custom:tenant": "acme"})
    batch = api.post("/documents/batch", {"documents": [CREATE]}).json
    assert actors(api, batch["results"][0]["document"]["id"]) == [None]
    assert actors(api, api.create(PNG)["document"]["id"]) == [None]


def actors(api: Api, document_id: str) -> list[str | None]:
    return [entry.get("actor") for entry in api.document(document_id)["history"]]


@pytest.mark.parametrize("route", OF_ONE_DOCUMENT)
def test_the_document_of_another_owner_is_not_there(ada: Api, grace: Api, route: str) -> None:
    document_id = ada.create(PNG, method="MULTIPART")["document"]["id"]
    method, path = route.replace("{id}", document_id).split()

    foreign = grace.call(method, path, a_body(route))
    unknown = grace.call(method, path.replace(document_id, an_id()), a_body(route))

    assert foreign.problem == unknown.problem == (404, "document_not_found")
    assert foreign.json["detail"] == unknown.json["detail"]
    assert ada.document(document_id)["status"] == "pending"


@pytest.mark.parametrize("route", OF_ONE_DOCUMENT)
def test_an_id_that_no_document_can_have_is_not_found(ada: Api, route: str) -> None:
    # The router accepts fewer characters than a URL may have. Other paths are not routes.
    codes = [(404, "document_not_found"), (404, "route_not_found")]
    for document_id in UNREADABLE_IDS:
        method, path = route.replace("{id}", document_id).split()
        assert ada.call(method, path, a_body(route)).problem in codes


def test_the_list_holds_nothing_of_another_owner(ada: Api, grace: Api) -> None:
    ada.create(PNG)
    assert grace.get("/documents").json == {"documents": [], "nextCursor": None, "incomplete": False}
