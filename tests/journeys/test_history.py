"""The history of a document says who asked for each change."""

from tests.journeys.api_client import ApiClient
from tests.journeys.files import png
from tests.journeys.test_identity import decode_claims


def test_the_history_names_the_user_who_created_deleted_and_restored(ada: ApiClient) -> None:
    document_id = ada.upload(png(), "a.png", "image/png")["id"]
    assert ada.request("DELETE", f"/documents/{document_id}").status_code == 204
    assert ada.request("POST", f"/documents/{document_id}/restore").status_code == 200

    history = ada.request("GET", f"/documents/{document_id}").json()["history"]

    sub = decode_claims(ada.token)["sub"]
    assert [(entry["status"], entry.get("actor")) for entry in history] == [
        ("pending", sub),
        ("processing", None),
        ("ready", None),
        ("deleted", sub),
        ("ready", sub),
    ]
