"""Claims in the API: `claimBy` and `claimedAt`, who may claim, and what becomes of a document that nobody claims."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from functions import wiring
from functions.domain.kinds import Kinds
from tests.examples import PDF, PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.steps import process_document, put
from tests.lambdas.sweep_invocations import sweep_later
from tests.lambdas.test_machines import FOR_ADA, SCOPE, a_machine

KIND = {"content_types": ["image/png"], "max_bytes": 1000, "claim_within": 3600}
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _deploy_kinds(account: Account, deploy: Callable[..., None]) -> None:
    deploy(service_scope=SCOPE)
    wiring.kinds()._kinds |= Kinds({"claimed": KIND})._kinds


def claim(api: Api, document_id: str, **query: str) -> Any:
    return api.call("POST", f"/documents/{document_id}/claim", query=query)


def test_a_claimed_document_says_until_when_and_when(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG, kind="claimed")
    ready = ada.document(document_id)
    assert ready["claimBy"] > ready["updatedAt"]
    assert "claimedAt" not in ready

    answer = claim(ada, document_id)

    assert answer.status == 200
    assert answer.headers["etag"] == answer.json["etag"]
    assert answer.json == ada.document(document_id)
    assert answer.json["claimedAt"] == answer.json["updatedAt"]
    last = answer.json["history"][-1]
    assert (last["status"], last["changed"], last["actor"]) == ("ready", ["claimedAt"], "ada")
    assert claim(ada, document_id).json == answer.json


def test_the_machine_that_created_a_document_claims_it_and_no_other_one(
    account: Account, ada: Api, grace: Api, s3: httpx.Client
) -> None:
    machine, other = a_machine("back-end"), a_machine("other")
    created = machine.create(PNG, kind="claimed", **FOR_ADA)
    document_id = created["document"]["id"]
    put(s3, created["upload"], PNG)
    account.deliver(account.arrival_event("ada", document_id))

    assert claim(other, document_id, **FOR_ADA).problem == (404, "document_not_found")
    assert claim(machine, document_id).problem == (404, "document_not_found")
    assert claim(grace, document_id).problem == (404, "document_not_found")
    assert claim(ada, document_id, **FOR_ADA).problem == (403, "on_behalf_not_allowed")
    assert claim(machine, document_id, **FOR_ADA).json["history"][-1]["actor"] == "back-end"


def test_a_document_that_needs_no_claim_says_so(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG)
    assert "claimBy" not in ada.document(document_id)
    assert claim(ada, document_id).problem == (409, "claim_not_required")


def test_only_a_ready_document_is_claimed(account: Account, ada: Api, s3: httpx.Client) -> None:
    pending = ada.create(PNG, kind="claimed")["document"]["id"]
    assert claim(ada, pending).problem == (409, "not_ready")
    rejected = process_document(account, ada, s3, PDF[: len(PNG)], kind="claimed")
    assert claim(ada, rejected).problem == (409, "rejected")
    deleted = process_document(account, ada, s3, PNG, kind="claimed")
    ada.delete(deleted)
    assert claim(ada, deleted).problem == (404, "document_not_found")


def test_what_nobody_claims_expires_and_says_why(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG, kind="claimed")
    assert sweep_later(HOUR - timedelta(minutes=1)).get("unclaimed_expired") is None
    assert sweep_later(HOUR + timedelta(minutes=1))["unclaimed_expired"] == 1

    expired = ada.document(document_id)
    assert (expired["status"], expired["reason"]) == ("expired", "not_claimed")
    assert account.usage("ada") == (0, 0)
    assert claim(ada, document_id).problem == (410, "claim_expired")
    assert ada.get(f"/documents/{document_id}/download").problem == (409, "invalid_state")


def test_a_claimed_document_does_not_expire(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG, kind="claimed")
    claim(ada, document_id)
    sweep_later(100 * HOUR)
    assert ada.document(document_id)["status"] == "ready"


def test_the_kinds_say_which_of_them_want_a_claim(ada: Api) -> None:
    kinds = {kind["name"]: kind for kind in ada.get("/kinds").json["kinds"]}
    assert kinds["claimed"]["claimWithin"] == 3600
    assert "claimWithin" not in kinds["image"]
