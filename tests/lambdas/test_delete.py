"""Delete, restore and purge, from the request to the last byte."""

from datetime import timedelta

import httpx
import pytest

from functions import wiring
from functions.domain.document import Status
from functions.domain.effects import PURGE_LEASE
from functions.domain.events import AbortRequested
from functions.domain.keys import owner_key
from functions.lambdas import purge
from tests.examples import PNG, an_id
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import Context, sqs_event, sqs_message
from tests.lambdas.life import settled, staged
from tests.lambdas.past import HOUR, NOW, happened, rewrite
from tests.lambdas.sweeps import sweep

WEEK = timedelta(days=7)


def order(*bodies: str, remaining: int = 300_000) -> int:
    """Wake `purge` with these messages; how many come again."""
    event = sqs_event([sqs_message(body) for body in bodies])
    return len(purge.lambda_handler(event, Context(remaining))["batchItemFailures"])


def let_the_window_pass(account: Account, document_id: str) -> None:
    rewrite(account, document_id, purge_after=wiring.now() - HOUR)


def out_of_time(account: Account, ada: Api, s3: httpx.Client) -> str:
    """The id of a ready document that was deleted so long ago that its purge has been ordered."""
    document_id = settled(account, ada, s3, PNG)
    ada.delete(document_id)
    let_the_window_pass(account, document_id)
    sweep()
    return document_id


def test_a_deleted_document_leaves_the_list_and_comes_back_with_a_restore(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = settled(account, ada, s3, PNG)

    answer = ada.delete(document_id)
    assert (answer.status, answer.text) == (204, "")
    assert ada.delete(document_id).status == 204

    assert ada.get("/documents").json["documents"] == []
    [listed] = ada.get("/documents", status="deleted").json["documents"]
    assert (listed["id"], listed["status"]) == (document_id, "deleted")
    assert listed["expiresAt"] is not None
    assert ada.get(f"/documents/{document_id}/download").problem == (404, "document_not_found")
    assert ada.get(f"/documents/{document_id}/content").problem == (404, "document_not_found")

    restored = ada.restore(document_id)
    assert (restored.status, restored.json["status"]) == (200, "ready")
    assert restored.json["expiresAt"] is None
    assert [step["status"] for step in restored.json["history"]][-3:] == ["ready", "deleted", "ready"]
    assert ada.restore(document_id).status == 200
    url = ada.get(f"/documents/{document_id}/download").json["url"]
    assert s3.get(url).content == PNG


def test_an_upload_under_way_is_aborted_not_deleted(account: Account, ada: Api) -> None:
    document_id = ada.create(PNG)["document"]["id"]
    assert ada.delete(document_id).problem == (409, "invalid_state")
    assert ada.restore(document_id).problem == (409, "invalid_state")
    ada.post(f"/documents/{document_id}/abort")
    assert ada.delete(document_id).status == 204
    assert ada.restore(document_id).json["status"] == "aborted"


@pytest.mark.parametrize("document_id", [an_id(), "nothing", "%2e%2e"])
def test_what_is_not_there_is_neither_deleted_nor_restored(ada: Api, document_id: str) -> None:
    assert ada.delete(document_id).problem == (404, "document_not_found")
    assert ada.restore(document_id).problem == (404, "document_not_found")


def test_somebody_elses_document_is_not_there(
    account: Account, ada: Api, grace: Api, s3: httpx.Client
) -> None:
    document_id = settled(account, ada, s3, PNG)
    assert grace.delete(document_id).problem == (404, "document_not_found")
    ada.delete(document_id)
    assert grace.restore(document_id).problem == (404, "document_not_found")


def test_after_the_window_every_byte_goes_and_then_the_charge(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id, other = settled(account, ada, s3, PNG), settled(account, ada, s3, PNG)
    ada.delete(document_id)
    assert sweep() == {}
    assert account.usage("ada") == (2 * len(PNG), 0)

    let_the_window_pass(account, document_id)
    assert ada.restore(document_id).problem == (410, "restore_expired")
    assert sweep() == {"purge_enqueued": 1}
    [body] = account.purges()
    assert order(body) == 0

    assert account.stored("ada", document_id) == account.staged("ada", document_id) == []
    assert account.stored("ada", other) != []
    assert account.usage("ada") == (len(PNG), 0)
    for answer in (
        ada.get(f"/documents/{document_id}"),
        ada.delete(document_id),
        ada.restore(document_id),
        ada.get(f"/documents/{document_id}/parts"),
    ):
        assert answer.problem == (404, "document_not_found")
    assert ada.get("/documents", status="deleted").json["documents"] == []
    assert sweep() == {}
    before = account.items()
    assert order(body, body) == 0
    assert account.items() == before


def test_a_purged_record_holds_no_name_and_is_removed_by_the_table(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = settled(
        account, ada, s3, PNG, fileName="passport of Ada.png", metadata={"album": "private"}
    )
    ada.delete(document_id)
    let_the_window_pass(account, document_id)
    sweep()
    order(*account.purges())

    [item] = [item for item in account.items() if document_id in item]
    assert "passport" not in item
    assert "private" not in item
    assert '"ttl"' in item


def test_parts_and_delete_markers_of_the_document_go_as_well(account: Account, ada: Api) -> None:
    document_id = ada.create(PNG, method="MULTIPART")["document"]["id"]
    key = f"documents/{owner_key('ada')}/{document_id}"
    account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    account.s3.delete_object(Bucket=account.bucket, Key=key)
    account.s3.create_multipart_upload(Bucket=account.bucket, Key=key)
    happened(account, document_id, AbortRequested(), ago=NOW)
    ada.delete(document_id)
    let_the_window_pass(account, document_id)
    sweep()
    assert order(*account.purges()) == 0

    assert account.open_uploads() == []
    listed = account.s3.list_object_versions(Bucket=account.bucket)
    assert not listed.get("Versions")
    assert not listed.get("DeleteMarkers")


def test_a_message_that_means_nothing_does_not_stop_the_others(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = out_of_time(account, ada, s3)
    assert order("{", *account.purges()) == 1
    assert account.stored("ada", document_id) == []


def test_what_is_being_purged_by_another_comes_again_later(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = out_of_time(account, ada, s3)
    bodies = account.purges()
    rewrite(account, document_id, status=Status.PURGING, lease_until=wiring.now() + PURGE_LEASE)
    assert order(*bodies) == 1
    rewrite(account, document_id, lease_until=wiring.now() - HOUR)
    assert order(*bodies, remaining=1_000) == 1
    assert order(*bodies) == 0
    assert account.stored("ada", document_id) == []


def test_bytes_that_come_after_the_end_are_removed_on_arrival(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = staged(ada, s3, PNG)
    notice = account.notice("ada", document_id)
    happened(account, document_id, AbortRequested(), ago=NOW)
    ada.delete(document_id)
    account.deliver(notice)
    assert account.staged("ada", document_id) == []
    assert ada.restore(document_id).json["status"] == "aborted"
