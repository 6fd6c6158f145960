"""Delete, have it back, or let it go for good: on the real path, each function under its own role."""

import time

from tests.journeys.admin_client import AdminClient
from tests.journeys.client import Client
from tests.journeys.files import png
from tests.journeys.storage import Storage

_PATIENCE = 60.0


def test_a_deleted_document_can_be_had_back_whole(ada: Client) -> None:
    data = png()
    document_id = ada.upload(data, "kept after all.png", "image/png")["id"]

    assert ada.call("DELETE", f"/documents/{document_id}").status_code == 204
    assert ada.document(document_id)["status"] == "deleted"
    assert ada.call("GET", f"/documents/{document_id}/download").status_code == 404
    listed = ada.call("GET", "/documents").json()["documents"]
    assert document_id not in [document["id"] for document in listed]

    restored = ada.call("POST", f"/documents/{document_id}/restore")
    assert (restored.status_code, restored.json()["status"]) == (200, "ready")
    assert ada.http.get(ada.download_url(document_id)).content == data


def test_once_the_time_to_restore_is_over_no_byte_is_left(
    grace: Client, admin: AdminClient, storage: Storage
) -> None:
    data = png()
    document_id = grace.upload(data, "gone for good.png", "image/png")["id"]
    storage.wait_until_empty(document_id, "staging/")
    grace.call("DELETE", f"/documents/{document_id}")
    before = admin.usage(document_id)

    admin.let_time_pass(document_id)
    assert admin.sweep()["purge_enqueued"] == 1

    wait_until_gone(grace, document_id)
    storage.wait_until_empty(document_id, "documents/")
    deadline = time.monotonic() + _PATIENCE
    while admin.usage(document_id)["reserved_bytes"] == before["reserved_bytes"]:
        assert time.monotonic() < deadline, "the charge is not released"
        time.sleep(0.05)
    assert before["reserved_bytes"] - admin.usage(document_id)["reserved_bytes"] == len(data)
    assert admin.sweep() == {}


def wait_until_gone(client: Client, document_id: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while client.call("GET", f"/documents/{document_id}").status_code != 404:
        assert time.monotonic() < deadline, "still there"
        time.sleep(0.05)
