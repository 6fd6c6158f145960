"""The rate of calls and the daily downloads of an owner, as responses: 429 with `Retry-After` and `RateLimit`."""

from collections.abc import Callable

import httpx
import pytest

from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api, wait_for_refusal
from tests.lambdas.steps import process_document

Deploy = Callable[..., None]
REQUEST = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}
A_DAY = 86_400


def flood(api: Api, path: str, most: int) -> int:
    """Sends GETs until one is refused, and returns the number before it."""
    for number in range(most):
        if api.get(path).status == 429:
            return number
    return most


def test_a_flood_of_calls_is_refused_with_the_time_of_the_next_one(
    ada: Api, grace: Api, deploy: Deploy
) -> None:
    deploy(call_rate=1, call_burst=100)

    admitted = flood(ada, "/usage", 300)

    assert 100 <= admitted <= 200
    refused = wait_for_refusal(lambda: ada.get("/documents"))
    assert refused.problem == (429, "too_many_calls")
    assert 1 <= int(refused.headers["retry-after"]) <= 2
    assert refused.headers["ratelimit-policy"] == '"calls";q=100;w=100'
    assert refused.headers["ratelimit"] == f'"calls";r=0;t={refused.headers["retry-after"]}'
    created = wait_for_refusal(lambda: ada.post("/documents", REQUEST))
    assert created.problem == (429, "too_many_calls")
    assert grace.get("/documents").status == 200


def test_an_invalid_body_is_a_call_too(ada: Api, deploy: Deploy) -> None:
    deploy(call_rate=1, call_burst=100)
    statuses = {ada.post("/documents", b"{").status for _ in range(130)}
    assert statuses == {400, 429}


def test_what_needs_no_token_has_no_rate_of_an_owner(ada: Api, deploy: Deploy) -> None:
    deploy(call_rate=1, call_burst=100)
    flood(ada, "/usage", 200)
    assert ada.get("/openapi.json").status == 200


def test_without_the_limits_nothing_is_counted(ada: Api, account: Account, s3: httpx.Client) -> None:
    document_id = process_document(account, ada, s3, PNG)
    for _ in range(30):
        assert ada.get(f"/documents/{document_id}/download").status == 200
    items = account.dynamodb.scan(TableName=account.settings.table)["Items"]
    assert not [item for item in items if item["sk"]["S"].startswith("USAGE#")]


@pytest.fixture
def document_id(account: Account, ada: Api, s3: httpx.Client) -> str:
    return process_document(account, ada, s3, PNG)


def test_download_urls_are_counted_until_the_limit_of_the_day(
    ada: Api, document_id: str, deploy: Deploy
) -> None:
    size = ada.get(f"/documents/{document_id}").json["size"]
    deploy(daily_download_bytes_limit=2 * size + 1)
    path = f"/documents/{document_id}/download"
    assert [ada.get(path).status for _ in range(2)] == [200, 200]

    refused = ada.get(path)

    assert refused.problem == (429, "daily_downloads_exceeded")
    assert 1 <= int(refused.headers["retry-after"]) <= A_DAY
    quota = f'"daily-download-bytes";q={2 * size + 1};qu="content-bytes";w=86400'
    assert refused.headers["ratelimit-policy"] == quota
    assert refused.headers["ratelimit"].startswith('"daily-download-bytes";r=1;t=')
    assert ada.get(f"/documents/{document_id}/content").problem == (429, "daily_downloads_exceeded")
    today = ada.get("/usage").json["today"]
    assert (today["downloadBytes"], today["remainingDownloadBytes"]) == (2 * size, 1)


def test_a_url_for_the_headers_alone_costs_nothing(ada: Api, document_id: str, deploy: Deploy) -> None:
    deploy(daily_download_bytes_limit=1)
    assert ada.get(f"/documents/{document_id}/download", method="HEAD").status == 200
    assert ada.call("HEAD", f"/documents/{document_id}/content").status == 307
    assert ada.get("/usage").json["today"]["downloadBytes"] == 0


def test_a_document_that_is_not_ready_costs_nothing(ada: Api, deploy: Deploy) -> None:
    deploy(daily_download_bytes_limit=10_000)
    document_id = ada.post("/documents", REQUEST).json["document"]["id"]
    assert ada.get(f"/documents/{document_id}/download").status == 409
    assert ada.get("/usage").json["today"]["downloadBytes"] == 0
