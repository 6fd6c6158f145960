"""Duplicates in the API: the problem of a create, the field `duplicateOf`, and batches."""

import hashlib
from typing import Any

import httpx
import pytest

from functions import wiring
from tests.examples import KINDS, PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.steps import process_document

SHA256 = hashlib.sha256(PNG).hexdigest()
UNIQUE = {
    "fileName": "cat.png",
    "size": len(PNG),
    "contentType": "image/png",
    "kind": "unique",
    "sha256": SHA256,
}


@pytest.fixture(autouse=True)
def _deploy_kinds(account: Account) -> None:
    wiring.kinds()._kinds |= {name: KINDS._kinds[name] for name in ("reporting", "unique")}


def test_a_create_that_declares_known_bytes_names_the_document_that_has_them(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    first = process_document(account, ada, s3, PNG, kind="unique")
    before = account.snapshot()
    rejected = ada.post("/documents", UNIQUE)
    assert rejected.problem == (409, "duplicate")
    assert rejected.json["duplicateOf"] == first
    assert account.snapshot() == before


def test_nothing_is_said_to_another_owner(account: Account, ada: Api, grace: Api, s3: httpx.Client) -> None:
    process_document(account, ada, s3, PNG, kind="unique")
    assert grace.post("/documents", UNIQUE).status == 201
    second = process_document(account, grace, s3, PNG, kind="unique")
    assert grace.document(second)["status"] == "ready"
    assert "duplicateOf" not in grace.document(second)


@pytest.mark.parametrize(
    ("kind", "status", "reason"), [("reporting", "ready", None), ("unique", "rejected", "duplicate")]
)
def test_a_duplicate_names_its_original(
    account: Account, ada: Api, s3: httpx.Client, kind: str, status: str, reason: str | None
) -> None:
    first = process_document(account, ada, s3, PNG, kind=kind)
    second = ada.document(process_document(account, ada, s3, PNG, kind=kind))
    assert (second["status"], second["reason"], second["duplicateOf"]) == (status, reason, first)
    assert "duplicateOf" not in ada.document(first)


def test_a_repeated_batch_names_the_original_again(account: Account, ada: Api, s3: httpx.Client) -> None:
    first = process_document(account, ada, s3, PNG, kind="unique")

    def create() -> Any:
        batch = {"documents": [UNIQUE, UNIQUE | {"sha256": "ab" * 32}]}
        created = ada.post("/documents/batch", batch, **{"idempotency-key": "a-batch"})
        assert created.status == 200, created.text
        return created.json["results"]

    rejected, accepted = create()
    assert rejected["problem"]["code"] == "duplicate"
    assert rejected["problem"]["duplicateOf"] == first
    assert ada.delete(first).status == 204
    again, other = create()
    assert again == rejected
    assert other["document"]["id"] == accepted["document"]["id"]


def test_a_create_that_is_repeated_after_it_succeeded_is_no_duplicate(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    key = {"idempotency-key": "one-upload"}
    created = ada.post("/documents", UNIQUE, **key).json
    upload = created["upload"]
    assert s3.put(upload["url"], content=PNG, headers=upload["headers"]).status_code == 200
    account.deliver(account.arrival_event("ada", created["document"]["id"]))
    again = ada.post("/documents", UNIQUE, **key)
    assert (again.status, again.json["document"]["id"]) == (201, created["document"]["id"])
    assert again.json["document"]["status"] == "ready"


def test_a_kind_says_what_it_does_with_duplicates(ada: Api) -> None:
    kinds = {kind["name"]: kind["duplicates"] for kind in ada.get("/kinds").json["kinds"]}
    assert (kinds["image"], kinds["reporting"], kinds["unique"]) == ("keep", "report", "reject")
