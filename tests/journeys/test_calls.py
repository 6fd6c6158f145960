"""Number of API calls per file, up to the largest files. Requests to S3 are not counted."""

from collections.abc import Iterator

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.files import mp4
from tests.journeys.multipart_upload import MIB, MultipartUpload, start_upload
from tests.journeys.storage import Storage

GIB, TIB = 1024 * MIB, 1024 * 1024 * MIB
MAX_LAMBDA_RESPONSE = 6_000_000
"""Bytes. Lambda's quota for the response of a synchronous invocation is 6 MB."""


@pytest.fixture
def calls() -> list[str]:
    return []


@pytest.fixture
def client(stack: LocalStack, calls: list[str]) -> Iterator[ApiClient]:
    """Yields a client that appends each request to the API to `calls`."""

    def log(request: httpx.Request) -> None:
        if str(request.url).startswith(stack.api):
            calls.append(f"{request.method} {request.url.path.rpartition('/')[2]}")

    with httpx.Client(timeout=60, event_hooks={"request": [log]}) as http:
        yield ApiClient(stack.api, stack.users[1].access_token, http)


def create_upload(client: ApiClient, size: int) -> MultipartUpload:
    """Creates a multipart upload of `size` bytes, none of which will be sent."""
    request = {"fileName": "a.mp4", "size": size, "contentType": "video/mp4", "kind": "video"}
    response = client.request("POST", "/documents", json=request)
    assert response.status_code == 201, response.text
    return MultipartUpload(client, response.json(), b"")


def test_a_multipart_upload_needs_three_calls_create_complete_and_one_get(
    client: ApiClient, calls: list[str], storage: Storage
) -> None:
    upload = start_upload(client, mp4(1000))
    upload.put_all()
    assert upload.complete().status_code == 200
    storage.wait_until_empty(upload.id, "staging/")  # a client waits for Retry-After
    assert client.get_document(upload.id)["status"] == "ready"

    assert len(calls) == 3, calls


def test_a_gibibyte_needs_no_batch_of_urls_beyond_the_first(client: ApiClient, calls: list[str]) -> None:
    upload = create_upload(client, GIB)

    assert len(calls) == 1
    assert upload.created["upload"]["partCount"] == len(upload.first_batch) == 16
    assert upload.abort().status_code == 204


@pytest.fixture
def five_tebibytes(client: ApiClient, admin: AdminClient) -> Iterator[MultipartUpload]:
    """Yields an upload of 5 TiB, with quotas that allow it."""
    with admin.override_settings(
        "Uploads", AIRLOCK_STORED_BYTES_LIMIT=6 * TIB, AIRLOCK_DAILY_BYTES_LIMIT=6 * TIB
    ):
        upload = create_upload(client, 5 * TIB)
        yield upload
        assert upload.abort().status_code == 204
    admin.reset_daily_quota(upload.id)


def test_five_tebibytes_need_one_more_call_per_lifetime_of_a_url(
    five_tebibytes: MultipartUpload, calls: list[str]
) -> None:
    count = five_tebibytes.created["upload"]["partCount"]
    assert 9_000 < count <= 10_000

    batch = five_tebibytes.request_urls(*range(1, count + 1), compact=True)

    assert batch.status_code == 200, batch.text
    assert batch.json()["signatures"].keys() == {str(number) for number in range(1, count + 1)}
    assert len(batch.content) < MAX_LAMBDA_RESPONSE / 6
    # Complete and one GET make it four. The batch is requested again for each 15 minutes that the parts take.
    assert len(calls) == 2, calls


def test_a_thousand_full_urls_fit_into_one_response(five_tebibytes: MultipartUpload) -> None:
    batch = five_tebibytes.request_urls(*range(1, 1001))
    assert len(batch.json()["parts"]) == 1000
    assert len(batch.content) < MAX_LAMBDA_RESPONSE
