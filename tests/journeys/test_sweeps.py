"""What no event will finish, one round of the janitor does; on the real path, under its own role."""

import pytest

from tests.journeys.admin_client import AdminClient
from tests.journeys.client import Client
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4, png
from tests.journeys.parts import begin


@pytest.fixture(autouse=True)
def _quiet(admin: AdminClient) -> None:
    """Nothing of earlier tests is due."""
    admin.sweep()


def test_an_abandoned_upload_expires_and_frees_its_parts_and_its_room(
    grace: Client, admin: AdminClient, two_parts: bytes
) -> None:
    upload = begin(grace, two_parts)
    upload.send(upload.window[1:])
    before = admin.usage(upload.id)
    assert admin.sweep() == {}

    admin.let_time_pass(upload.id)
    assert admin.sweep() == {"expired": 1}

    assert grace.document(upload.id)["status"] == "expired"
    assert admin.open_uploads(upload.id) == []
    after = admin.usage(upload.id)
    assert before["reserved_bytes"] - after["reserved_bytes"] == len(two_parts)
    assert before["open_uploads"] - after["open_uploads"] == 1
    assert admin.sweep() == {}


def test_after_its_deadline_an_upload_is_gone_for_the_client(ada: Client, admin: AdminClient) -> None:
    upload = begin(ada, mp4(1000))
    admin.let_time_pass(upload.id)
    for answer in (upload.more(1), upload.complete()):
        assert (answer.status_code, answer.json()["code"]) == (410, "upload_expired")
    admin.sweep()
    assert upload.put(upload.window[0]).status_code == 404
    assert upload.complete().json()["code"] == "upload_expired"


def test_an_event_that_got_lost_is_told_again(
    ada: Client, event_sources: EventSources, admin: AdminClient
) -> None:
    data = png()
    created = ada.create(data, "a.png", "image/png")
    document_id = created["document"]["id"]
    with event_sources.paused():
        assert ada.put(created["upload"], data).status_code == 200
        admin.lose_an_arrival()

    admin.let_time_pass(document_id)
    assert admin.sweep() == {"event_republished": 1}

    assert ada.settled(document_id)["status"] == "ready"
    assert admin.sweep() == {}


def test_a_completed_upload_whose_event_got_lost_becomes_ready_too(
    ada: Client, event_sources: EventSources, admin: AdminClient
) -> None:
    upload = begin(ada, mp4(1000))
    upload.send()
    with event_sources.paused():
        assert upload.complete().status_code == 200
        admin.lose_an_arrival()
    assert ada.document(upload.id)["status"] == "processing"

    admin.let_time_pass(upload.id)
    assert admin.sweep() == {"event_republished": 1}

    assert ada.settled(upload.id)["status"] == "ready"
