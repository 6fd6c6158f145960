"""Commands of an operator about failed documents: the function `sweeps` and the table's index."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx

from functions.domain.events import AttemptEnded, AttemptOutcome, ObjectArrived
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import owner_key
from functions.lambdas import sweeps
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import Context
from tests.lambdas.history import HOUR, record_event
from tests.lambdas.steps import stage_document


def command(name: str, remaining: int = 300_000, **fields: Any) -> Mapping[str, Any]:
    return sweeps.lambda_handler({name: fields}, Context(remaining))


def fail_document(account: Account, ada: Api, s3: httpx.Client, ago: timedelta = HOUR) -> str:
    """Lets every attempt on a new document crash. Returns its id."""
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    for _ in range(MAX_ATTEMPTS):
        record_event(account, document_id, ObjectArrived(version), ago=ago)
        attempt = account.attempt("ada", document_id)
        crashed = AttemptEnded(attempt=attempt, outcome=AttemptOutcome.CRASHED)
        record_event(account, document_id, crashed, ago=ago)
    assert ada.document(document_id)["status"] == "failed"
    account.drain_upload_events()
    return document_id


def test_all_failed_documents_become_ready_after_one_order(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    ids = [fail_document(account, ada, s3) for _ in range(3)]
    everything = {"all": True}
    assert command("redriveFailed", **everything, dryRun=True) == {
        "outcomes": {"redrivable": 3},
        "cursor": None,
    }
    assert command("redriveFailed", **everything) == {"outcomes": {"redriven": 3}, "cursor": None}
    account.deliver(*account.drain_upload_events())
    assert [ada.document(document_id)["status"] for document_id in ids] == ["ready"] * 3
    assert command("redriveFailed", **everything) == {"outcomes": {}, "cursor": None}


def test_failed_documents_are_listed_with_what_an_operator_needs(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = fail_document(account, ada, s3)
    response = command("listFailed", code="attempts_exhausted")
    [found] = response["documents"]
    [entry] = ada.document(document_id)["history"][-1:]
    failed_at = datetime.fromisoformat(found.pop("failedAt"))
    assert abs(failed_at - datetime.fromisoformat(entry["at"])) < timedelta(milliseconds=1)
    assert found == {
        "owner": owner_key("ada"),
        "documentId": document_id,
        "kind": "image",
        "code": "attempts_exhausted",
        "size": len(PNG),
    }
    assert command("listFailed", kind="document") == {"documents": [], "cursor": None}


def test_a_redrive_that_runs_out_of_time_is_continued_by_its_cursor(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    fail_document(account, ada, s3)
    first = command("redriveFailed", remaining=14_000, code="attempts_exhausted")
    assert first["outcomes"] == {"redriven": 1}
    second = command("redriveFailed", code="attempts_exhausted", cursor=first["cursor"])
    assert second == {"outcomes": {}, "cursor": None}


def test_an_invalid_command_returns_its_error(account: Account) -> None:
    assert "error" in command("redriveFailed")
    assert command("listFailed", kind="") == {"error": "`kind` is the name of a kind."}
