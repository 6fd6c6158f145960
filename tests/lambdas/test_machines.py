"""Back ends with machine tokens: they create documents on behalf of users, and find those again and no others."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from functions.domain.keys import owner_key
from tests.examples import PNG, an_id
from tests.lambdas.account import Account
from tests.lambdas.api import Api, ApiResponse
from tests.lambdas.steps import put

SCOPE = "airlock/service"
CREATE = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}
FOR_ADA = {"onBehalfOf": "ada"}
ROUTES = [
    ("GET", "/documents/{id}", None),
    ("GET", "/documents/{id}/download", None),
    ("GET", "/documents/{id}/content", None),
    ("GET", "/documents/{id}/parts", None),
    ("POST", "/documents/{id}/parts", {"partNumbers": [1]}),
    ("POST", "/documents/{id}/complete", None),
    ("POST", "/documents/{id}/abort", None),
    ("DELETE", "/documents/{id}", None),
]


def a_machine(name: str) -> Api:
    """The claims of a token that Cognito issues for client credentials."""
    return Api(claims={"sub": name, "client_id": name, "token_use": "access", "scope": SCOPE, "version": "2"})


@pytest.fixture
def machine(deploy: Callable[..., None]) -> Api:
    deploy(service_scope=SCOPE)
    return a_machine("back-end")


@pytest.fixture
def other_machine(machine: Api) -> Api:
    return a_machine("other")


def create(machine: Api, owner: str = "ada", **more: Any) -> Any:
    return machine.create(PNG, onBehalfOf=owner, **more)["document"]


def call(machine: Api, route: tuple[str, str, object], document_id: str, **query: str) -> ApiResponse:
    method, path, body = route
    return machine.call(method, path.replace("{id}", document_id), body, query=FOR_ADA | query)


def test_the_document_belongs_to_the_owner_and_its_history_names_the_machine(machine: Api, ada: Api) -> None:
    document = create(machine)

    assert [each["id"] for each in ada.get("/documents").json["documents"]] == [document["id"]]
    assert [entry["actor"] for entry in ada.document(document["id"])["history"]] == ["back-end"]
    assert machine.get("/documents").json["documents"] == []


def test_a_batch_belongs_to_the_owner_too(machine: Api, ada: Api, account: Account) -> None:
    answer = machine.post("/documents/batch", {"documents": [CREATE, CREATE], **FOR_ADA})
    ids = [result["document"]["id"] for result in answer.json["results"]]
    assert [each["id"] for each in ada.get("/documents").json["documents"]] == ids[::-1]
    assert account.usage("ada") == (2 * len(PNG), 2)
    assert machine.get(f"/documents/{ids[0]}", **FOR_ADA).status == 200


def test_one_file_of_a_batch_names_no_owner(machine: Api) -> None:
    answer = machine.post("/documents/batch", {"documents": [CREATE | FOR_ADA]})
    assert answer.json["results"][0]["problem"]["code"] == "validation_failed"


def test_the_machine_uploads_waits_downloads_and_deletes_what_it_has_created(
    machine: Api, ada: Api, account: Account, s3: httpx.Client
) -> None:
    created = machine.create(PNG, **FOR_ADA)
    document_id = created["document"]["id"]
    put(s3, created["upload"], PNG)
    account.deliver(account.arrival_event("ada", document_id))

    assert machine.get(f"/documents/{document_id}", **FOR_ADA).json["status"] == "ready"
    url = machine.get(f"/documents/{document_id}/download", **FOR_ADA).json["url"]
    assert s3.get(url).content == PNG
    assert machine.get(f"/documents/{document_id}/content", **FOR_ADA).status == 307
    assert machine.call("DELETE", f"/documents/{document_id}", query=FOR_ADA).status == 204
    assert [entry.get("actor") for entry in ada.document(document_id)["history"]][-1] == "back-end"


def test_the_machine_sends_parts_and_aborts(machine: Api, ada: Api) -> None:
    document_id = create(machine, method="MULTIPART")["id"]
    assert call(machine, ROUTES[3], document_id).json["missing"] == [1]
    assert call(machine, ROUTES[4], document_id).status == 200
    assert call(machine, ROUTES[5], document_id).problem == (409, "parts_incomplete")
    assert call(machine, ROUTES[6], document_id).status == 204
    assert ada.document(document_id)["status"] == "aborted"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]} {route[1]}")
def test_another_machine_finds_nothing(machine: Api, other_machine: Api, ada: Api, route: Any) -> None:
    document_id = create(machine, method="MULTIPART")["id"]
    assert call(other_machine, route, document_id).problem == (404, "document_not_found")
    assert ada.document(document_id)["status"] == "pending"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]} {route[1]}")
def test_the_machine_finds_no_other_document_of_the_owner(machine: Api, ada: Api, route: Any) -> None:
    own = ada.create(PNG, method="MULTIPART")["document"]["id"]
    assert call(machine, route, own).problem == (404, "document_not_found")
    assert call(machine, route, an_id()).problem == (404, "document_not_found")
    assert ada.document(own)["status"] == "pending"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]} {route[1]}")
def test_a_user_names_no_other_owner(machine: Api, ada: Api, grace: Api, route: Any) -> None:
    document_id = create(machine, method="MULTIPART")["id"]
    for user in (ada, grace):
        assert call(user, route, document_id).problem == (403, "on_behalf_not_allowed")
    assert ada.document(document_id)["status"] == "pending"


def test_a_user_creates_for_nobody_else(machine: Api, ada: Api, grace: Api) -> None:
    assert grace.post("/documents", CREATE | FOR_ADA).problem == (403, "on_behalf_not_allowed")
    batch = {"documents": [CREATE], **FOR_ADA}
    assert grace.post("/documents/batch", batch).problem == (403, "on_behalf_not_allowed")
    assert ada.get("/documents").json["documents"] == []


def test_without_the_option_a_machine_acts_for_nobody(account: Account, ada: Api) -> None:
    machine = a_machine("back-end")
    assert machine.post("/documents", CREATE | FOR_ADA).problem == (403, "on_behalf_not_allowed")
    assert machine.get(f"/documents/{an_id()}", **FOR_ADA).problem == (403, "on_behalf_not_allowed")


@pytest.mark.parametrize("owner", ["", " ", "[ada]", "null", "a" * 256], ids=repr)
def test_what_no_claim_may_be_is_no_owner(machine: Api, owner: str) -> None:
    named = {"onBehalfOf": owner}
    assert machine.post("/documents", CREATE | named).problem == (422, "validation_failed")
    batch = {"documents": [CREATE]} | named
    assert machine.post("/documents/batch", batch).problem == (422, "validation_failed")
    assert machine.get(f"/documents/{an_id()}", **named).problem == (422, "validation_failed")


@pytest.mark.parametrize("owner", [7, True, ["ada"], {"id": "ada"}], ids=repr)
def test_an_owner_is_a_text(machine: Api, owner: object) -> None:
    answer = machine.post("/documents", CREATE | {"onBehalfOf": owner})
    assert answer.problem == (422, "validation_failed")


def test_without_an_owner_the_machine_owns_what_it_creates(machine: Api, other_machine: Api) -> None:
    document_id = machine.create(PNG)["document"]["id"]
    assert machine.document(document_id)["history"][0]["actor"] == "back-end"
    assert machine.get(f"/documents/{document_id}", **FOR_ADA).problem == (404, "document_not_found")
    assert other_machine.get(f"/documents/{document_id}").problem == (404, "document_not_found")


def test_a_machine_without_the_owners_claim_must_name_the_owner(
    machine: Api, deploy: Callable[..., None]
) -> None:
    deploy(service_scope=SCOPE, owner_claim="custom:tenant")
    assert machine.post("/documents", CREATE).problem == (403, "tenant_missing")
    assert machine.get("/kinds").status == 200
    document_id = create(machine, owner="acme")["id"]
    member = Api(claims={"sub": "ada", "custom:tenant": "acme"})
    assert member.document(document_id)["id"] == document_id


def test_the_owners_limits_count(machine: Api, ada: Api, deploy: Callable[..., None]) -> None:
    deploy(service_scope=SCOPE, daily_files_limit=1)
    create(machine)
    assert machine.post("/documents", CREATE | FOR_ADA).problem == (429, "daily_quota_exceeded")
    assert ada.post("/documents", CREATE).problem == (429, "daily_quota_exceeded")
    create(machine, owner="grace")


def test_a_repeated_create_returns_the_same_document(machine: Api) -> None:
    key = {"idempotency-key": "k"}
    first, second = (machine.post("/documents", CREATE | FOR_ADA, **key).json for _ in range(2))
    assert first["document"]["id"] == second["document"]["id"]


def test_a_key_of_the_owner_or_of_another_machine_returns_nothing_of_theirs(
    machine: Api, other_machine: Api, ada: Api
) -> None:
    key = {"idempotency-key": "k"}
    answers = [
        ada.post("/documents", CREATE, **key),
        machine.post("/documents", CREATE | FOR_ADA, **key),
        other_machine.post("/documents", CREATE | FOR_ADA, **key),
    ]
    assert len({answer.json["document"]["id"] for answer in answers}) == 3


def test_the_owner_reads_changes_and_deletes_as_if_it_had_created_it(machine: Api, ada: Api) -> None:
    document_id = create(machine)["id"]
    assert ada.call("PATCH", f"/documents/{document_id}", {"title": "Cat"}).status == 200
    assert ada.post(f"/documents/{document_id}/abort").status == 204
    assert ada.delete(document_id).status == 204


def test_the_record_names_the_machine(machine: Api, account: Account) -> None:
    record = account.repository.get(owner_key("ada"), create(machine)["id"])
    assert record is not None
    assert record.created_by == "back-end"
