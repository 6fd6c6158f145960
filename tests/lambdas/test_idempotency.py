"""A create that is sent twice under one Idempotency-Key makes one document."""

import httpx
import pytest

from functions.domain.keys import owner_key
from tests.examples import PNG
from tests.lambdas.account import Account
from tests.lambdas.api import Api, ApiResponse

REQUEST = {"fileName": "cat.png", "size": len(PNG), "contentType": "image/png"}


def create(api: Api, key: str, **change: object) -> ApiResponse:
    return api.post("/documents", REQUEST | change, **{"idempotency-key": key})


def test_a_repeated_create_returns_the_same_document_and_a_working_url(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    first, second = create(ada, "a-key"), create(ada, "a-key")

    assert (first.status, second.status) == (201, 201)
    assert first.json["document"] == second.json["document"]
    assert account.usage("ada") == (len(PNG), 1)
    upload = second.json["upload"]
    assert s3.put(upload["url"], content=PNG, headers=upload["headers"]).status_code == 200


def test_a_repeated_create_after_the_bytes_arrived_returns_no_url(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = create(ada, "a-key").json
    s3.put(created["upload"]["url"], content=PNG, headers=created["upload"]["headers"])
    account.deliver(account.arrival_event("ada", created["document"]["id"]))

    repeated = create(ada, "a-key")

    assert repeated.status == 201
    assert repeated.json["upload"] is None
    assert repeated.json["document"]["status"] == "ready"


def test_a_repeated_create_leaves_one_upload_open_in_s3(account: Account, ada: Api) -> None:
    first, second = [create(ada, "a-key", method="MULTIPART").json for _ in range(2)]

    [upload_id] = account.open_uploads()
    assert first["document"] == second["document"]
    for answer in (first, second):
        assert f"uploadId={upload_id}" in answer["upload"]["parts"][0]["url"]


def test_the_same_key_with_another_body_is_refused(account: Account, ada: Api) -> None:
    create(ada, "a-key")
    assert create(ada, "a-key", title="Another").problem == (422, "idempotency_key_reused")
    assert create(ada, "a-key", method="MULTIPART").problem == (422, "idempotency_key_reused")
    assert account.usage("ada") == (len(PNG), 1)


def test_a_repeat_with_another_part_size_returns_the_parts_of_the_first(account: Account, ada: Api) -> None:
    """A client that has measured its line since wishes for other parts, and continues the same upload."""
    large = {"fileName": "film.mp4", "contentType": "video/mp4", "size": 100 << 20}
    first, second = (create(ada, "a-key", **large, partSize=size << 20).json for size in (8, 32))
    assert first["document"] == second["document"]
    assert second["upload"]["partSize"] == 8 << 20
    assert len(account.open_uploads()) == 1


def test_a_refused_repeat_leaves_no_upload_behind(account: Account, ada: Api) -> None:
    create(ada, "a-key")
    create(ada, "a-key", method="MULTIPART")
    assert account.open_uploads() == []


def test_the_same_key_of_another_owner_is_another_key(ada: Api, grace: Api) -> None:
    ids = {create(api, "a-key").json["document"]["id"] for api in (ada, grace)}
    assert len(ids) == 2


def test_keys_that_differ_make_two_documents(ada: Api) -> None:
    ids = {create(ada, key).json["document"]["id"] for key in ("a-key", "b-key", "a-key,b-key")}
    assert len(ids) == 3


@pytest.mark.parametrize("key", ["", "a" * 256, "a key", "schlüssel", "a\tb"])
def test_a_key_that_is_not_visible_ascii_is_refused(ada: Api, key: str) -> None:
    assert create(ada, key).problem == (400, "idempotency_key_invalid")


def test_a_key_may_have_255_characters(ada: Api) -> None:
    assert create(ada, "~" * 255).status == 201


def test_the_key_itself_is_not_kept(account: Account, ada: Api) -> None:
    create(ada, "a-key")
    assert owner_key("ada") in "".join(account.items())
    assert "a-key" not in "".join(account.items())


def test_a_refused_create_does_not_use_up_its_key(ada: Api) -> None:
    assert create(ada, "a-key", size=0).status == 422
    assert create(ada, "a-key").status == 201
