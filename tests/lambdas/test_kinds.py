"""GET /kinds: what it says is what a create accepts."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from functions.domain.kinds import MAX_SINGLE_PUT
from tests.lambdas.account import Account
from tests.lambdas.api import Api

FILE = tomllib.loads((Path(__file__).parents[2] / "functions" / "kinds.toml").read_text("utf-8"))


@pytest.fixture
def answer(account: Account, ada: Api) -> Any:
    answer = ada.get("/kinds")
    assert answer.status == 200, answer.text
    return answer.json


def create_each(api: Api, requests: list[dict[str, Any]]) -> list[int | None]:
    """Returns the status of each refused create, and None for one that succeeds."""
    results = api.post("/documents/batch", {"documents": requests}).json["results"]
    return [result["problem"]["status"] if "problem" in result else None for result in results]


def test_every_kind_is_listed_in_the_order_of_the_file(answer: Any) -> None:
    assert [kind["name"] for kind in answer["kinds"]] == list(FILE)
    for kind in answer["kinds"]:
        policy = FILE[kind["name"]]
        assert kind["contentTypes"] == sorted(policy["content_types"])
        assert (kind["minSize"], kind["maxSize"]) == (1, policy["max_bytes"])
        assert kind["steps"] == ["size", "type", *policy.get("steps", []), "promote"]
        assert ("POST" in kind["methods"]) == policy.get("forms", False)
        assert {"PUT", "MULTIPART"} <= set(kind["methods"])
    assert answer["maxRequestSize"] == MAX_SINGLE_PUT


def test_the_extensions_of_a_kind_are_those_of_its_types(answer: Any) -> None:
    extensions = {kind["name"]: kind["extensions"] for kind in answer["kinds"]}
    assert {".jpg", ".jpeg", ".png", ".heic", ".tiff"} <= set(extensions["image"])
    assert extensions["pdf"] == [".pdf"]
    assert ".svg" not in extensions["image"]


def test_what_a_kind_lists_is_accepted_and_the_next_larger_file_is_not(
    answer: Any, ada: Api, deploy: Callable[..., None]
) -> None:
    deploy(stored_bytes_limit=1 << 60, daily_bytes_limit=1 << 60)
    for kind in answer["kinds"]:
        sizes = {0: 422, kind["minSize"]: None, kind["maxSize"]: None, kind["maxSize"] + 1: 413}
        for size, status in sizes.items():
            request = {"fileName": "file", "kind": kind["name"], "size": size}
            statuses = create_each(ada, [request | {"contentType": each} for each in kind["contentTypes"]])
            assert {*statuses} == {status}, (request, statuses)


def test_the_limits_are_those_of_the_deployment(ada: Api, deploy: Callable[..., None]) -> None:
    deploy(open_uploads_limit=3, stored_bytes_limit=5, daily_files_limit=7, daily_bytes_limit=11)
    assert ada.get("/kinds").json["limits"] == {
        "openUploads": 3,
        "storedBytes": 5,
        "dailyFiles": 7,
        "dailyBytes": 11,
    }


def test_a_token_without_an_owner_gets_nothing(account: Account) -> None:
    assert Api("ada", claims={"token_use": "access"}).get("/kinds").problem == (403, "tenant_missing")
