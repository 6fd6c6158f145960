"""Faults of the service and of AWS: a problem with `Retry-After` or an internal error, without any internals."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.examples import PNG
from tests.lambdas.account import Account, forget_wiring
from tests.lambdas.api import WITH_BODY, Api
from tests.lambdas.steps import put_only_part

USE_TABLE = [route for route in WITH_BODY if "/documents" in route]
DOCUMENT_ID = "01a1fd9c-2c04-7a46-9a70-26fa6b4ff77b"
CREATE = {"fileName": "cat.png", "size": 1, "contentType": "image/png"}
BODIES: dict[str, object] = {
    "POST /documents": CREATE,
    "POST /documents/batch": {"documents": [CREATE]},
    "POST /documents/batch-delete": {"ids": [DOCUMENT_ID]},
    "POST /documents/{id}/parts": {"partNumbers": [1]},
    "PATCH /documents/{id}": {"title": "A cat"},
}
CLOSED_PORT = "http://127.0.0.1:1"
PRIVATE = ("Traceback", "ResourceNotFound", "dynamodb", "a-table-that-is-gone", "AIRLOCK_", "botocore", ".py")


@pytest.mark.parametrize("route", USE_TABLE)
def test_a_crash_is_a_problem_without_internals(
    account: Account, ada: Api, deploy: Callable[..., None], route: str
) -> None:
    deploy(table="a-table-that-is-gone")
    method, path = route.replace("{id}", DOCUMENT_ID).split()

    answer = ada.call(method, path, BODIES.get(route))

    assert answer.problem == (500, "internal_error")
    assert answer.headers["cache-control"] == "no-store"
    for private in PRIVATE:
        assert private not in answer.text


def test_a_function_without_its_environment_is_a_crash_too(
    account: Account, ada: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRLOCK_TABLE")
    forget_wiring()
    answer = ada.get("/documents")
    assert answer.problem == (500, "internal_error")
    assert "AIRLOCK_TABLE" not in answer.text


def test_an_s3_that_cannot_be_reached_changes_nothing(
    account: Account, ada: Api, s3: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = ada.create(PNG, method="MULTIPART")
    document_id = created["document"]["id"]
    put_only_part(s3, created)
    with monkeypatch.context() as broken:
        broken.setenv("AWS_ENDPOINT_URL_S3", CLOSED_PORT)
        forget_wiring()
        assert_unavailable(ada, "POST", f"/documents/{document_id}/complete")
    forget_wiring()

    assert ada.document(document_id)["status"] == "pending"
    assert ada.post(f"/documents/{document_id}/complete").status == 200


def test_a_table_that_cannot_be_reached_is_unavailable(
    account: Account, ada: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", CLOSED_PORT)
    forget_wiring()
    assert_unavailable(ada, "GET", "/documents")


def assert_unavailable(api: Api, method: str, path: str, body: Any = None) -> None:
    answer = api.call(method, path, body)
    assert answer.problem == (503, "storage_unavailable")
    assert int(answer.headers["retry-after"]) >= 1
    assert CLOSED_PORT not in answer.text
