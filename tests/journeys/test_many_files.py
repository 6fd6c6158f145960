"""Many documents of one owner at once: single creates side by side, and batches."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from functions.adapters.dynamodb.client import DynamoDBClient
from functions.adapters.dynamodb.documents import DynamoDBDocuments
from functions.signing.credentials import Credentials
from local.stack import LocalStack
from tests.examples import NOW, PLENTY, a_document, an_id
from tests.journeys.api_client import ApiClient
from tests.journeys.files import png

_REQUEST = {"fileName": "a.png", "size": len(png()), "contentType": "image/png"}


def _abort(client: ApiClient, results: list[dict[str, Any]]) -> None:
    for result in results:
        client.request("POST", f"/documents/{result['document']['id']}/abort")


def test_fifty_creates_at_once_by_one_owner_all_succeed(grace: ApiClient) -> None:
    """The transactions conflict, because each changes the owner's usage."""
    with ThreadPoolExecutor(50) as executor:
        responses = list(
            executor.map(lambda _: grace.request("POST", "/documents", json=_REQUEST), range(50))
        )
    assert [response.status_code for response in responses] == [201] * 50
    _abort(grace, [response.json() for response in responses])


def test_fifty_transactions_at_once_of_one_owner_are_all_written(stack: LocalStack) -> None:
    """The stack runs a few functions at once, so only without them all 50 transactions conflict."""
    root = Credentials("local", "local", None)
    client = DynamoDBClient(stack.emulator.endpoint, stack.region, lambda: root)
    repository = DynamoDBDocuments(client, stack.table)
    documents = [a_document(id=an_id(number), owner="5" * 32) for number in range(50)]
    with ThreadPoolExecutor(50) as executor:
        list(executor.map(lambda document: repository.create(document, PLENTY, None, NOW), documents))
    assert all(repository.get(document.owner, document.id) for document in documents)
    client.close()


def test_ten_batches_create_500_documents(grace: ApiClient) -> None:
    responses = [
        grace.request("POST", "/documents/batch", json={"documents": [_REQUEST] * 50}) for _ in range(10)
    ]
    results = [result for response in responses for result in response.json()["results"]]
    assert len({result["document"]["id"] for result in results}) == 500
    _abort(grace, results[:3])


def test_a_batch_is_uploaded_checked_and_deleted(grace: ApiClient) -> None:
    created = grace.request("POST", "/documents/batch", json={"documents": [_REQUEST] * 3}).json()["results"]
    ids = [result["document"]["id"] for result in created]
    for result in created:
        assert grace.put(result["upload"], png()).status_code == 200
    assert {grace.wait_until_processed(each)["status"] for each in ids} == {"ready"}
    deleted = grace.request("POST", "/documents/batch-delete", json={"ids": ids})
    assert deleted.json() == {"results": [{"id": each} for each in ids]}
