"""Abort: the parts are gone, what comes late finds nothing, and the owner has the room back."""

from tests.journeys.admin_client import AdminClient
from tests.journeys.client import Client
from tests.journeys.files import mp4
from tests.journeys.parts import begin


def test_an_aborted_upload_leaves_nothing_behind(grace: Client, admin: AdminClient, two_parts: bytes) -> None:
    upload = begin(grace, two_parts)
    upload.send(upload.window[1:])
    before = admin.usage(upload.id)
    assert len(admin.open_uploads(upload.id)) == 1

    assert upload.abort().status_code == 204

    assert admin.open_uploads(upload.id) == []
    assert grace.document(upload.id)["status"] == "aborted"
    after = admin.usage(upload.id)
    assert before["reserved_bytes"] - after["reserved_bytes"] == len(two_parts)
    assert before["open_uploads"] - after["open_uploads"] == 1


def test_a_second_abort_is_as_good_as_the_first(ada: Client) -> None:
    upload = begin(ada, mp4(1000))
    assert [upload.abort().status_code for _ in range(2)] == [204, 204]


def test_after_an_abort_there_is_nothing_to_send_to_to_sign_or_to_complete(ada: Client) -> None:
    upload = begin(ada, mp4(1000))
    upload.abort()
    assert upload.put(upload.window[0]).status_code == 404
    for answer in (upload.held(), upload.more(1), upload.complete()):
        assert (answer.status_code, answer.json()["code"]) == (409, "invalid_state")


def test_what_is_complete_cannot_be_aborted(ada: Client) -> None:
    upload = begin(ada, mp4(1000))
    upload.send()
    document = upload.finished()
    refused = upload.abort()
    assert (refused.status_code, refused.json()["code"]) == (409, "invalid_state")
    assert ada.document(upload.id) == document
