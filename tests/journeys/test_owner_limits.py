"""The limits of an owner over real HTTP: a flood is told when to come again, and comes again; and a day's downloads end."""

import time
from collections.abc import Iterator

import httpx
import pytest

from airlock_client import AirlockClient
from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.edge_front import start_shared_stack
from tests.journeys.files import pdf, png
from tests.journeys.roles import Permission, Roles
from tests.journeys.wait import wait_until

STACK = "limited"
BURST, MOST = 100, 1_000
SIZE = 2_000


@pytest.fixture(scope="module")
def limited() -> Iterator[LocalStack]:
    with start_shared_stack(
        callRate="1", callBurst=str(BURST), dailyDownloadBytesLimit=str(2 * SIZE + 100)
    ) as running:
        yield running


@pytest.fixture(scope="module")
def other(limited: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(limited.api, limited.users[1].access_token, http)


def flood(user: ApiClient, origin: str) -> tuple[int, httpx.Response]:
    """Sends requests of a page until one is refused. Returns the number before it, and its response."""
    for number in range(MOST):
        response = user.request("GET", "/usage", headers={"origin": origin})
        if response.status_code == 429:
            return number, response
        assert response.status_code == 200, response.text
    raise AssertionError(f"{MOST} requests were admitted")


def test_a_flood_is_refused_and_passes_after_the_time_that_it_was_told(
    limited: LocalStack, user: ApiClient, other: ApiClient
) -> None:
    admitted, refused = flood(user, limited.web)

    assert admitted >= BURST
    assert (refused.json()["code"], refused.headers["ratelimit-policy"]) == (
        "too_many_calls",
        '"calls";q=100;w=100',
    )
    wait = int(refused.headers["retry-after"])
    assert refused.headers["ratelimit"] == f'"calls";r=0;t={wait}'
    exposed = refused.headers["access-control-expose-headers"].split(",")
    assert {"retry-after", "ratelimit", "ratelimit-policy"} <= {name.strip() for name in exposed}
    assert other.request("GET", "/usage").status_code == 200
    time.sleep(wait)
    assert user.request("GET", "/usage").status_code == 200


def test_the_python_client_waits_by_itself(limited: LocalStack, user: ApiClient) -> None:
    flood(user, limited.web)
    with AirlockClient(limited.api, limited.users[0].access_token) as client:
        usage = client.get_usage()
    assert usage.rates.calls is not None
    assert (usage.rates.calls.per_second, usage.rates.calls.burst) == (1, BURST)


def test_the_downloads_of_a_day_end_and_the_usage_says_so(other: ApiClient, http: httpx.Client) -> None:
    data = pdf(SIZE)
    document = other.upload(data, "cat.pdf", "application/pdf")
    for _ in range(2):
        assert http.get(other.get_download_url(document["id"])).content == data

    refused = other.request("GET", f"/documents/{document['id']}/download")

    assert (refused.status_code, refused.json()["code"]) == (429, "daily_downloads_exceeded")
    assert int(refused.headers["retry-after"]) <= 86_401
    today = other.request("GET", "/usage").json()["today"]
    assert (today["downloadBytes"], today["remainingDownloadBytes"]) == (2 * SIZE, 100)
    assert other.get_document(document["id"])["status"] == "ready"


def test_no_url_is_issued_without_the_permission_to_count_it(
    user: ApiClient, operator: AdminClient, roles: Roles
) -> None:
    """Waits as the owner of the deployment, because each poll of the user is a call that counts."""
    time.sleep(30)
    data = png()
    created = user.create(data, "dog.png", "image/png")
    assert user.put(created["upload"], data).status_code == 200
    document_id = created["document"]["id"]
    wait_until(lambda: operator.get_item(document_id)["status"]["S"] == "ready", "the document is ready")
    path = f"/documents/{document_id}/download"
    with roles.remove(Permission("Documents", "dynamodb:UpdateItem", "table")):
        assert user.request("GET", path).status_code >= 500
    assert user.request("GET", path).status_code == 200
