"""createDocuments and deleteDocuments: results in the order of the request, each as the call for one item would respond."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.examples import PNG, an_id
from tests.lambdas.account import Account
from tests.lambdas.api import Api, ApiResponse

Deploy = Callable[..., None]
REQUEST = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}


def create(api: Api, *documents: object, **headers: str) -> ApiResponse:
    return api.post("/documents/batch", {"documents": documents}, **headers)


def outcomes(response: ApiResponse) -> list[tuple[int, str] | None]:
    """Returns the (status, code) of each problem, and None for a success."""
    assert response.status == 200, response.text
    problems = [result.get("problem") for result in response.json["results"]]
    return [problem and (problem["status"], problem["code"]) for problem in problems]


def ids(response: ApiResponse) -> list[str]:
    return [result["document"]["id"] for result in response.json["results"] if "document" in result]


def test_the_documents_of_a_batch_are_uploaded_like_any_other(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = create(ada, REQUEST, REQUEST | {"title": "Two"})
    assert outcomes(created) == [None, None]
    for result in created.json["results"]:
        upload = result["upload"]
        assert s3.put(upload["url"], content=PNG, headers=upload["headers"]).status_code == 200
        account.deliver(account.arrival_event("ada", result["document"]["id"]))
    assert [ada.document(each)["status"] for each in ids(created)] == ["ready", "ready"]


def test_a_list_has_the_documents_of_a_batch_in_the_order_of_the_request(ada: Api) -> None:
    created = create(ada, *[REQUEST | {"title": str(number)} for number in range(20)])
    listed = [document["id"] for document in ada.get("/documents").json["documents"]]
    assert listed == [*reversed(ids(created))]


@pytest.mark.parametrize(
    "change",
    [
        {"size": "10", "metadata": {"a": 1}},
        {"filename": "cat.png"},
        {"size": 0},
        {"fileName": "\ud800.png"},
        {"fileName": "a" * 1_025},
        {"contentType": "image/nothing"},
        {"kind": "form", "method": "POST", "size": 1 << 40},
        {"method": "PUT", "partChecksums": True},
        {"method": "PUT", "partSize": 8 << 20},
        {"partSize": "8 MiB"},
        {"sha256": "x"},
        {"metadata": {str(number): "x" * 500 for number in range(18)}},
    ],
)
def test_the_problem_of_an_item_is_that_of_a_create(ada: Api, change: dict[str, Any]) -> None:
    alone = ada.post("/documents", REQUEST | change).json
    batch = create(ada, REQUEST, REQUEST | change, REQUEST)
    assert outcomes(batch) == [None, (alone["status"], alone["code"]), None]
    problem = batch.json["results"][1]["problem"]
    assert problem == {name: value for name, value in alone.items() if name not in ("instance", "requestId")}


@pytest.mark.parametrize("item", [None, "text", 1, [], {}])
def test_an_item_that_is_no_request_is_a_problem_of_its_own(ada: Api, item: object) -> None:
    assert outcomes(create(ada, item, REQUEST)) == [(422, "validation_failed"), None]


def test_the_items_that_exceed_a_limit_have_its_problem(account: Account, ada: Api, deploy: Deploy) -> None:
    deploy(open_uploads_limit=2)
    created = create(ada, REQUEST, REQUEST | {"size": 0}, REQUEST, REQUEST)
    assert outcomes(created) == [None, (422, "size_too_small"), None, (429, "too_many_open_uploads")]
    assert created.json["results"][3]["problem"]["retryAfter"] >= 1
    assert account.usage("ada") == (2 * len(PNG), 2)


def test_a_repeated_batch_returns_the_same_results(account: Account, ada: Api, deploy: Deploy) -> None:
    deploy(open_uploads_limit=3)
    items = [REQUEST, {"size": 1}, REQUEST | {"method": "MULTIPART"}, REQUEST | {"size": 0}, REQUEST, REQUEST]
    first, again = (create(ada, *items, **{"idempotency-key": "a-key"}) for _ in range(2))
    assert outcomes(first) == outcomes(again)
    assert outcomes(first)[1:4:2] == [(422, "validation_failed"), (422, "size_too_small")]
    assert outcomes(first)[5] == (429, "too_many_open_uploads")
    assert ids(first) == ids(again)
    problems = [[result.get("problem") for result in each.json["results"]] for each in (first, again)]
    assert problems[0] == problems[1]
    assert len(account.open_uploads()) == 1
    assert create(ada, REQUEST, **{"idempotency-key": "a-key"}).problem == (422, "idempotency_key_reused")
    assert create(ada, REQUEST, **{"idempotency-key": "a key"}).problem == (400, "idempotency_key_invalid")


def test_multipart_uploads_of_a_batch_get_their_part_urls_afterwards(account: Account, ada: Api) -> None:
    created = create(ada, *[REQUEST | {"method": "MULTIPART"}] * 12)
    uploads = [result["upload"] for result in created.json["results"]]
    assert [upload["parts"] for upload in uploads] == [[]] * 12
    assert len(account.open_uploads()) == 12
    parts = ada.post(f"/documents/{ids(created)[3]}/parts", {"partNumbers": [1]})
    assert parts.status == 200


def test_fifty_of_the_largest_creates_fit_into_a_batch_and_its_response(ada: Api) -> None:
    item = {
        "fileName": "\N{ROCKET}" * 250 + ".png",
        "title": "\N{ROCKET}" * 255,
        "size": 1,
        "contentType": "image/png",
        "kind": "image",
        "sha256": "a" * 64,
        "metadata": {f"{number:02}" * 32: "x" * 345 for number in range(20)},
    }
    body = json.dumps({"documents": [item] * 50}, ensure_ascii=False).encode()
    created = ada.post("/documents/batch", body)
    assert outcomes(created) == [None] * 50
    assert len(created.text.encode()) < 6_000_000 * 3 / 4


def test_a_batch_may_have_1_mib_and_no_byte_more(ada: Api) -> None:
    text = json.dumps({"documents": [REQUEST]})
    padded = text + " " * (1024 * 1024 - len(text))
    assert ada.post("/documents/batch", padded).status == 200
    assert ada.post("/documents/batch", padded + " ").problem == (413, "payload_too_large")


@pytest.mark.parametrize("count", [0, 51])
def test_a_batch_has_1_to_50_documents(account: Account, ada: Api, count: int) -> None:
    assert create(ada, *[REQUEST] * count).problem == (422, "validation_failed")
    assert account.items() == []


def test_a_batch_of_deletes_deletes_what_it_can(
    account: Account, ada: Api, grace: Api, s3: httpx.Client
) -> None:
    ready, aborted, pending = ids(create(ada, REQUEST, REQUEST, REQUEST))
    foreign = ids(create(grace, REQUEST))[0]
    ada.post(f"/documents/{aborted}/abort")
    request = {"ids": [aborted, pending, foreign, "nothing", aborted]}
    for _ in range(2):
        deleted = ada.post("/documents/batch-delete", request)
        assert outcomes(deleted) == [
            None,
            (409, "invalid_state"),
            (404, "document_not_found"),
            (404, "document_not_found"),
            None,
        ]
        assert [result["id"] for result in deleted.json["results"]] == request["ids"]
    assert ada.document(aborted)["status"] == "deleted"
    assert [ada.document(each)["status"] for each in (ready, pending)] == ["pending", "pending"]


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_of_deletes_has_1_to_100_ids(ada: Api, count: int) -> None:
    assert ada.post("/documents/batch-delete", {"ids": ["x"] * count}).problem == (422, "validation_failed")


def test_a_hundred_documents_are_deleted_in_one_call(account: Account, ada: Api) -> None:
    [aborted] = ids(create(ada, REQUEST))
    ada.post(f"/documents/{aborted}/abort")
    # Copies of its item, because moto copies the whole table for the transaction of each abort.
    copies = [an_id(number) for number in range(99)]
    [item] = [item for item in account.items() if aborted in item]
    for each in copies:
        account.dynamodb.put_item(
            TableName=account.settings.table, Item=json.loads(item.replace(aborted, each))
        )
    assert len(ada.get("/documents", limit="100").json["documents"]) == 100
    assert outcomes(ada.post("/documents/batch-delete", {"ids": [aborted, *copies]})) == [None] * 100
    assert ada.get("/documents").json["documents"] == []
