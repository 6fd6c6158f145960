"""Copies above the single-copy limit, by the deployed function `large_copy`, with limits that small files exceed."""

from collections.abc import Iterator

import httpx
import pytest

from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.deployed_code import replace_in_code
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4, png
from tests.journeys.storage import Storage
from tests.journeys.wait import wait_until

LIMIT = 5 * 1024**2
"""Bytes. Also the size of a copied part; the minimum of S3."""
COPIES = 10


@pytest.fixture(scope="module", autouse=True)
def _lower_limits(admin: AdminClient, storage: Storage) -> Iterator[None]:
    with (
        replace_in_code(
            admin,
            "Pipeline",
            "functions/domain/kinds.py",
            "MAX_SINGLE_PUT = 5 * 1024**3",
            f"MAX_SINGLE_PUT = {LIMIT}",
        ),
        replace_in_code(
            admin,
            "LargeCopy",
            "functions/adapters/s3/part_copy.py",
            "COPY_PART_SIZE = 128 * MIB",
            f"COPY_PART_SIZE = {LIMIT}",
        ),
    ):
        yield


def start_copy(client: ApiClient, data: bytes) -> str:
    created = client.create(data, "film.mp4", "video/mp4")
    assert client.put(created["upload"], data).status_code == 200
    return str(created["document"]["id"])


def is_waiting(client: ApiClient, document_id: str) -> bool:
    """Returns whether the document waits for the worker."""
    document = client.get_document(document_id)
    steps = [(step["name"], step["status"]) for step in document["steps"]]
    return document["status"] == "processing" and ("promote", "waiting") in steps


def test_a_file_above_the_limit_is_copied_in_parts_and_downloaded_unchanged(
    ada: ApiClient, http: httpx.Client, admin: AdminClient, storage: Storage
) -> None:
    data = mp4(2 * LIMIT + 1)
    document = ada.wait_until_processed(start_copy(ada, data))

    assert (document["status"], document["size"], document["sha256"]) == ("ready", len(data), None)
    assert http.get(ada.get_download_url(document["id"])).content == data
    target = {"Bucket": storage.bucket, "Key": storage.find_promoted(document["id"])}
    parts = storage.s3.get_object_attributes(**target, ObjectAttributes=["ObjectParts"])["ObjectParts"]
    assert parts["TotalPartsCount"] == 3
    assert admin.list_open_uploads(document["id"]) == []


def test_a_photo_does_not_wait_for_ten_large_copies(ada: ApiClient, event_sources: EventSources) -> None:
    data = mp4(LIMIT + 1)
    with event_sources.pause("PromoteTasks"):
        films = [start_copy(ada, data) for _ in range(COPIES)]
        wait_until(lambda: all(is_waiting(ada, film) for film in films), "every film waits for its copy")

        assert ada.upload(png(), "a.png", "image/png")["status"] == "ready"
        assert all(is_waiting(ada, film) for film in films)

    assert ada.upload(png(), "b.png", "image/png")["status"] == "ready"
    assert [ada.wait_until_processed(film)["status"] for film in films] == ["ready"] * COPIES
