"""Delete, restore and purge on the local stack, each function with its own role."""

from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.files import png
from tests.journeys.storage import Storage
from tests.journeys.wait import wait_until


def test_a_deleted_document_can_be_restored(ada: ApiClient) -> None:
    data = png()
    document_id = ada.upload(data, "restored.png", "image/png")["id"]

    assert ada.request("DELETE", f"/documents/{document_id}").status_code == 204
    assert ada.get_document(document_id)["status"] == "deleted"
    assert ada.request("GET", f"/documents/{document_id}/download").status_code == 404
    listed = ada.request("GET", "/documents").json()["documents"]
    assert document_id not in [document["id"] for document in listed]

    restored = ada.request("POST", f"/documents/{document_id}/restore")
    assert (restored.status_code, restored.json()["status"]) == (200, "ready")
    assert ada.http.get(ada.get_download_url(document_id)).content == data


def test_after_the_restore_window_no_byte_is_left(
    grace: ApiClient, admin: AdminClient, storage: Storage
) -> None:
    data = png()
    document_id = grace.upload(data, "purged.png", "image/png")["id"]
    grace.request("DELETE", f"/documents/{document_id}")
    before = admin.get_usage(document_id)

    with admin.pause_schedule():
        admin.expire_urls(document_id)
        assert admin.sweep()["deleted_version"] >= 1
        storage.wait_until_empty(document_id, "staging/")
        admin.make_due(document_id)
        assert admin.sweep()["purge_enqueued"] >= 1

    wait_until(
        lambda: grace.request("GET", f"/documents/{document_id}").status_code == 404, "the document is purged"
    )
    storage.wait_until_empty(document_id, "documents/")
    wait_until(
        lambda: admin.get_usage(document_id)["reserved_bytes"] != before["reserved_bytes"],
        "the reservation is released",
    )
    assert before["reserved_bytes"] - admin.get_usage(document_id)["reserved_bytes"] == len(data)
    assert "next_check_at" not in admin.get_item(document_id)
