"""Large files: the plan, the parts side by side, complete, ready; and what a client needs to go on where it stopped."""

import hashlib
from typing import Any

import httpx

from tests.journeys.client import Client
from tests.journeys.files import mp4
from tests.journeys.parts import MIB, PART, InParts, begin
from tests.journeys.storage import Storage


def chosen(client: Client, size: int, **more: Any) -> dict[str, Any]:
    """What create answers for a file of `size` bytes that nobody sends."""
    request = {"fileName": "a.mp4", "size": size, "contentType": "video/mp4", **more}
    answer = client.call("POST", "/documents", json=request)
    assert answer.status_code == 201, answer.text
    created: dict[str, Any] = answer.json()
    client.call("POST", f"/documents/{created['document']['id']}/abort")
    upload: dict[str, Any] = created["upload"]
    return upload


def test_a_large_file_comes_in_parts_side_by_side_and_comes_back_whole(
    ada: Client, http: httpx.Client, storage: Storage
) -> None:
    data = mp4(130 * MIB)
    upload = InParts(ada, ada.create(data, "film.mp4", "video/mp4"), data)
    assert upload.created["upload"]["method"] == "MULTIPART"

    upload.send()
    document = upload.finished()

    assert document["status"] == "ready"
    assert (document["size"], document["contentType"]) == (len(data), "video/mp4")
    assert [step["status"] for step in document["history"]] == ["pending", "processing", "ready"]
    sha256 = hashlib.sha256(data).hexdigest()
    assert document["sha256"] == storage.sha256(document["id"]) == sha256
    assert hashlib.sha256(http.get(ada.download_url(document["id"])).content).hexdigest() == sha256


def test_the_plan_covers_the_file_and_every_part_says_its_size(ada: Client) -> None:
    upload = chosen(ada, 130 * MIB)
    assert (upload["partSize"], upload["partCount"]) == (PART, 3)
    assert [part["partNumber"] for part in upload["parts"]] == [1, 2, 3]
    assert [part["size"] for part in upload["parts"]] == [PART, PART, 2 * MIB]
    assert upload["expiresAt"] < upload["lastExpiresAt"]


def test_what_fits_into_one_part_is_one_put_unless_the_client_wants_parts(ada: Client) -> None:
    assert chosen(ada, PART)["method"] == "PUT"
    assert chosen(ada, PART + 1)["method"] == "MULTIPART"
    assert chosen(ada, 1000, method="MULTIPART")["partCount"] == 1


def test_a_small_file_may_come_in_one_part(ada: Client) -> None:
    upload = begin(ada, mp4(1000))
    upload.send()
    assert upload.finished()["sha256"] == hashlib.sha256(upload.data).hexdigest()


def test_a_client_that_forgot_everything_asks_what_is_there_and_sends_the_rest(
    ada: Client, two_parts: bytes
) -> None:
    upload = begin(ada, two_parts)
    etag = upload.put(upload.window[1]).headers["etag"]

    held = upload.held().json()
    assert held["missing"] == [1]
    assert held["uploaded"] == [{"partNumber": 2, "size": 1000, "etag": etag}]
    assert (held["partSize"], held["partCount"]) == (PART, 2)

    upload.send(upload.more(*held["missing"]).json()["parts"])
    assert upload.held().json()["missing"] == []
    assert upload.finished()["status"] == "ready"


def test_a_window_has_the_parts_asked_for_in_that_order(ada: Client, two_parts: bytes) -> None:
    upload = begin(ada, two_parts)
    window = upload.more(2, 1).json()
    assert [(part["partNumber"], part["size"]) for part in window["parts"]] == [(2, 1000), (1, PART)]
    assert window["expiresAt"] >= upload.created["upload"]["expiresAt"]
    assert upload.put(window["parts"][0]).status_code == 200
    assert upload.abort().status_code == 204


def test_a_template_and_a_signature_make_the_url_of_a_part(ada: Client, two_parts: bytes) -> None:
    upload = begin(ada, two_parts)
    compact = upload.more(1, 2, compact=True).json()
    assert compact["signatures"].keys() == {"1", "2"}

    def filled(number: int) -> dict[str, Any]:
        url = compact["urlTemplate"].replace("{partNumber}", str(number))
        url = url.replace("{signature}", compact["signatures"][str(number)])
        return {"partNumber": number, "url": url, "headers": compact["headers"]}

    upload.send([filled(1), filled(2)])
    assert upload.finished()["status"] == "ready"
