"""Abort of a multipart upload: its parts and its reservation are released, and late requests fail."""

from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.files import mp4
from tests.journeys.multipart_upload import start_upload


def test_an_aborted_upload_leaves_nothing_behind(
    grace: ApiClient, admin: AdminClient, two_parts: bytes
) -> None:
    upload = start_upload(grace, two_parts)
    upload.put_all(upload.first_batch[1:])
    before = admin.get_usage(upload.id)
    assert len(admin.list_open_uploads(upload.id)) == 1

    assert upload.abort().status_code == 204

    assert admin.list_open_uploads(upload.id) == []
    assert grace.get_document(upload.id)["status"] == "aborted"
    after = admin.get_usage(upload.id)
    assert before["reserved_bytes"] - after["reserved_bytes"] == len(two_parts)
    assert before["open_uploads"] - after["open_uploads"] == 1


def test_abort_is_idempotent(ada: ApiClient) -> None:
    upload = start_upload(ada, mp4(1000))
    assert [upload.abort().status_code for _ in range(2)] == [204, 204]


def test_after_an_abort_no_part_is_accepted_or_signed_and_complete_fails(ada: ApiClient) -> None:
    upload = start_upload(ada, mp4(1000))
    upload.abort()
    assert upload.put(upload.first_batch[0]).status_code == 404
    for response in (upload.request_progress(), upload.request_urls(1), upload.complete()):
        assert (response.status_code, response.json()["code"]) == (409, "invalid_state")


def test_a_completed_upload_cannot_be_aborted(ada: ApiClient) -> None:
    upload = start_upload(ada, mp4(1000))
    upload.put_all()
    document = upload.complete_and_wait()
    response = upload.abort()
    assert (response.status_code, response.json()["code"]) == (409, "invalid_state")
    assert ada.get_document(upload.id) == document
