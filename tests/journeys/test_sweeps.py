"""Sweeps on the local stack, with the role of the function: abandoned uploads and lost events."""

from collections.abc import Iterator

import pytest

from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4, png
from tests.journeys.multipart_upload import start_upload
from tests.journeys.wait import wait_until


@pytest.fixture(autouse=True)
def _sweep_first(admin: AdminClient) -> Iterator[None]:
    """Sweeps until nothing of earlier tests is due. A document stays due until the purge that a sweep enqueued has run."""
    with admin.pause_schedule():
        wait_until(lambda: admin.sweep_records() == {"staging_completed": 1}, "nothing is due")
        yield


def test_an_abandoned_upload_expires_with_its_parts_and_its_reservation(
    grace: ApiClient, admin: AdminClient, two_parts: bytes
) -> None:
    upload = start_upload(grace, two_parts)
    upload.put_all(upload.first_batch[1:])
    before = admin.get_usage(upload.id)
    assert admin.sweep_records() == {"staging_completed": 1}

    admin.make_due(upload.id)
    assert admin.sweep_records() == {"extended": 1, "staging_completed": 1}
    assert grace.get_document(upload.id)["status"] == "pending"

    admin.end_lifetime(upload.id)
    assert admin.sweep_records() == {"expired": 1, "staging_completed": 1}

    assert grace.get_document(upload.id)["status"] == "expired"
    assert admin.list_open_uploads(upload.id) == []
    after = admin.get_usage(upload.id)
    assert before["reserved_bytes"] - after["reserved_bytes"] == len(two_parts)
    assert before["open_uploads"] - after["open_uploads"] == 1
    assert admin.sweep_records() == {"staging_completed": 1}


def test_after_its_deadline_an_upload_is_expired_for_the_client(ada: ApiClient, admin: AdminClient) -> None:
    upload = start_upload(ada, mp4(1000))
    admin.make_due(upload.id)
    for response in (upload.request_urls(1), upload.complete()):
        assert (response.status_code, response.json()["code"]) == (410, "upload_expired")
    admin.sweep()
    assert upload.put(upload.first_batch[0]).status_code == 404
    assert upload.complete().json()["code"] == "upload_expired"


def test_a_lost_event_is_republished(ada: ApiClient, event_sources: EventSources, admin: AdminClient) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png")
    document_id = created["document"]["id"]
    with event_sources.pause():
        assert ada.put(created["upload"], data).status_code == 200
        admin.lose_event()

    admin.make_due(document_id)
    assert admin.sweep_records() == {"event_republished": 1, "staging_completed": 1}

    assert ada.wait_until_processed(document_id)["status"] == "ready"
    assert admin.sweep_records() == {"staging_completed": 1}


def test_a_completed_upload_whose_event_is_lost_becomes_ready(
    ada: ApiClient, event_sources: EventSources, admin: AdminClient
) -> None:
    upload = start_upload(ada, mp4(1000))
    upload.put_all()
    with event_sources.pause():
        assert upload.complete().status_code == 200
        admin.lose_event()
    assert ada.get_document(upload.id)["status"] == "processing"

    admin.make_due(upload.id)
    assert admin.sweep_records() == {"event_republished": 1, "staging_completed": 1}

    assert ada.wait_until_processed(upload.id)["status"] == "ready"
