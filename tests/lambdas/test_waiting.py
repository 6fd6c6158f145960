"""Commands of an operator to the function `sweeps` about documents that wait for a person."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from functions import wiring
from functions.domain.keys import owner_key
from functions.lambdas import sweeps
from functions.pipeline.worker import WorkerStep
from functions.wiring.pipeline import engine
from tests.examples import BUCKET, PNG
from tests.fakes import InMemoryTaskQueue
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import Context
from tests.lambdas.steps import stage_document


@pytest.fixture(autouse=True)
def _review_images(account: Account) -> None:
    """Deploys a step `review` for images, whose queue is in memory."""
    kinds = wiring.kinds()
    kinds._kinds["image"] = replace(kinds._kinds["image"], steps=("review",))
    review = WorkerStep("review", InMemoryTaskQueue(), BUCKET, None)
    object.__setattr__(engine(), "steps", {"review": review})


def command(**commands: Any) -> Any:
    return sweeps.lambda_handler(commands, Context())


def test_a_document_that_waits_is_listed_and_found(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    account.deliver(account.arrival_event("ada", document_id))
    assert ada.document(document_id)["steps"][-1] == {
        "name": "review",
        "status": "waiting",
        "at": ada.document(document_id)["steps"][-1]["at"],
    }
    listed = command(listWaiting={"step": "review"})
    assert [each["documentId"] for each in listed["documents"]] == [document_id]
    assert listed["cursor"] is None
    target = {"step": "review", "owner": owner_key("ada"), "documentId": document_id}
    assert command(findWaiting=target) == {"document": listed["documents"][0]}
    [version] = account.staged_versions("ada", document_id)
    assert listed["documents"][0]["versionId"] == version
    assert command(findWaiting=target | {"step": "other"}) == {"document": None}


def test_an_order_that_cannot_be_followed_is_an_error_and_no_sweep(account: Account) -> None:
    assert "error" in command(listWaiting={})
