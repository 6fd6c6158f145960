"""Multipart uploads: the parts of a plan, concurrent parts, progress, further batches of URLs, and complete."""

import hashlib
from typing import Any

import httpx

from tests.journeys.api_client import ApiClient
from tests.journeys.files import mp4
from tests.journeys.multipart_upload import MIB, PART_SIZE, MultipartUpload, start_upload
from tests.journeys.storage import Storage


def create_and_abort(client: ApiClient, size: int, **more: Any) -> dict[str, Any]:
    """Returns the `upload` of the response to a create of `size` bytes, none of which is sent."""
    request = {"fileName": "a.mp4", "size": size, "contentType": "video/mp4", **more}
    response = client.request("POST", "/documents", json=request)
    assert response.status_code == 201, response.text
    created: dict[str, Any] = response.json()
    client.request("POST", f"/documents/{created['document']['id']}/abort")
    upload: dict[str, Any] = created["upload"]
    return upload


def test_a_large_file_is_uploaded_in_concurrent_parts_and_downloaded_whole(
    ada: ApiClient, http: httpx.Client, storage: Storage
) -> None:
    data = mp4(130 * MIB)
    upload = MultipartUpload(ada, ada.create(data, "film.mp4", "video/mp4"), data)
    assert upload.created["upload"]["method"] == "MULTIPART"

    upload.put_all()
    document = upload.complete_and_wait()

    assert document["status"] == "ready"
    assert (document["size"], document["contentType"]) == (len(data), "video/mp4")
    assert [step["status"] for step in document["history"]] == ["pending", "processing", "ready"]
    sha256 = hashlib.sha256(data).hexdigest()
    assert document["sha256"] == storage.get_sha256(document["id"]) == sha256
    assert hashlib.sha256(http.get(ada.get_download_url(document["id"])).content).hexdigest() == sha256


def test_the_parts_cover_the_file_and_each_has_its_size(ada: ApiClient) -> None:
    upload = create_and_abort(ada, 130 * MIB)
    assert (upload["partSize"], upload["partCount"]) == (PART_SIZE, 3)
    assert [part["partNumber"] for part in upload["parts"]] == [1, 2, 3]
    assert [part["size"] for part in upload["parts"]] == [PART_SIZE, PART_SIZE, 2 * MIB]
    assert upload["expiresAt"] < upload["lastExpiresAt"]


def test_a_file_of_one_part_is_a_put_unless_the_client_requests_multipart(ada: ApiClient) -> None:
    assert create_and_abort(ada, PART_SIZE)["method"] == "PUT"
    assert create_and_abort(ada, PART_SIZE + 1)["method"] == "MULTIPART"
    assert create_and_abort(ada, 1000, method="MULTIPART")["partCount"] == 1


def test_a_small_file_can_be_uploaded_in_one_part(ada: ApiClient) -> None:
    upload = start_upload(ada, mp4(1000))
    upload.put_all()
    assert upload.complete_and_wait()["sha256"] == hashlib.sha256(upload.data).hexdigest()


def test_a_client_without_state_requests_the_progress_and_sends_the_rest(
    ada: ApiClient, two_parts: bytes
) -> None:
    upload = start_upload(ada, two_parts)
    etag = upload.put(upload.first_batch[1]).headers["etag"]

    progress = upload.request_progress().json()
    assert progress["missing"] == [1]
    assert progress["uploaded"] == [{"partNumber": 2, "size": 1000, "etag": etag}]
    assert (progress["partSize"], progress["partCount"]) == (PART_SIZE, 2)

    upload.put_all(upload.request_urls(*progress["missing"]).json()["parts"])
    assert upload.request_progress().json()["missing"] == []
    assert upload.complete_and_wait()["status"] == "ready"


def test_a_batch_has_the_requested_parts_in_the_requested_order(ada: ApiClient, two_parts: bytes) -> None:
    upload = start_upload(ada, two_parts)
    batch = upload.request_urls(2, 1).json()
    assert [(part["partNumber"], part["size"]) for part in batch["parts"]] == [(2, 1000), (1, PART_SIZE)]
    assert batch["expiresAt"] >= upload.created["upload"]["expiresAt"]
    assert upload.put(batch["parts"][0]).status_code == 200
    assert upload.abort().status_code == 204


def test_a_template_with_a_signature_is_the_url_of_a_part(ada: ApiClient, two_parts: bytes) -> None:
    upload = start_upload(ada, two_parts)
    compact = upload.request_urls(1, 2, compact=True).json()
    assert compact["signatures"].keys() == {"1", "2"}

    def fill_in(number: int) -> dict[str, Any]:
        url = compact["urlTemplate"].replace("{partNumber}", str(number))
        url = url.replace("{signature}", compact["signatures"][str(number)])
        return {"partNumber": number, "url": url, "headers": compact["headers"]}

    upload.put_all([fill_in(1), fill_in(2)])
    assert upload.complete_and_wait()["status"] == "ready"
