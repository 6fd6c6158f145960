"""Duplicates with a real HTTP client: reported, rejected by the create, and rejected by the pipeline."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from local.stack import LocalStack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.wait import wait_until

STACK = "example_stack"


@pytest.fixture(scope="module")
def other(own_stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(own_stack.api, own_stack.users[1].access_token, http)


def describe(text: bytes, kind: str) -> dict[str, object]:
    """Returns the body of a create that declares the SHA-256."""
    sha256 = hashlib.sha256(text).hexdigest()
    return {
        "fileName": "a.txt",
        "size": len(text),
        "contentType": "text/plain",
        "kind": kind,
        "sha256": sha256,
    }


def test_a_reported_duplicate_is_stored_and_names_the_first_document(user: ApiClient) -> None:
    text = b"A text that comes twice."
    first, second = (user.upload(text, "a.txt", "text/plain", kind="reporting") for _ in range(2))
    assert "duplicateOf" not in first
    assert (second["status"], second["duplicateOf"]) == ("ready", first["id"])
    assert user.http.get(user.get_download_url(second["id"])).content == text


def test_a_create_with_known_bytes_is_rejected_before_a_byte_is_sent(
    user: ApiClient, other: ApiClient
) -> None:
    text = b"A text that is unique."
    first = user.upload(text, "a.txt", "text/plain", kind="unique")
    rejected = user.request("POST", "/documents", json=describe(text, "unique"))
    assert (rejected.status_code, rejected.json()["code"]) == (409, "duplicate")
    assert rejected.json()["duplicateOf"] == first["id"]
    batch = user.request("POST", "/documents/batch", json={"documents": [describe(text, "unique")]})
    [result] = batch.json()["results"]
    assert (result["problem"]["status"], result["problem"]["duplicateOf"]) == (409, first["id"])
    theirs = other.request("POST", "/documents", json=describe(text, "unique"))
    assert theirs.status_code == 201

    assert user.request("DELETE", f"/documents/{first['id']}").status_code == 204
    assert user.request("POST", "/documents", json=describe(text, "unique")).status_code == 201
    assert user.request("POST", f"/documents/{first['id']}/restore").status_code == 200
    assert user.request("POST", "/documents", json=describe(text, "unique")).status_code == 409


def test_a_duplicate_without_a_sha256_is_rejected_and_its_copy_goes(
    user: ApiClient, operator: AdminClient
) -> None:
    text = b"A text whose SHA-256 nobody declares."
    first, second = (user.upload(text, "a.txt", "text/plain", kind="unique") for _ in range(2))
    assert (second["status"], second["reason"], second["duplicateOf"]) == (
        "rejected",
        "duplicate",
        first["id"],
    )
    assert user.request("GET", f"/documents/{second['id']}/download").json()["code"] == "rejected"
    with operator.pause_schedule():
        operator.make_due(second["id"])
        assert operator.sweep_records()["copy_purge_enqueued"] == 1
    s3, prefix = (
        operator.client("s3"),
        f"documents/{operator.get_item(second['id'])['pk']['S']}/{second['id']}",
    )
    wait_until(
        lambda: "Versions" not in s3.list_object_versions(Bucket=operator.stack.bucket, Prefix=prefix),
        "the copy of the duplicate is deleted",
    )


def test_of_uploads_at_once_exactly_one_is_ready(user: ApiClient) -> None:
    text = b"A text that several tabs upload at once."
    with ThreadPoolExecutor(4) as pool:
        documents = [*pool.map(lambda _: user.upload(text, "a.txt", "text/plain", kind="unique"), range(4))]
    [original] = [document for document in documents if document["status"] == "ready"]
    duplicates = [document for document in documents if document is not original]
    assert {(each["reason"], each["duplicateOf"]) for each in duplicates} == {("duplicate", original["id"])}
