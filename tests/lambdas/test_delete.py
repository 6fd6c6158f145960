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
from tests.lambdas.events import PURGES_QUEUE, Context, sqs_event, sqs_message
from tests.lambdas.history import HOUR, backdate, record_event, rewrite
from tests.lambdas.steps import process_document, put, stage_document
from tests.lambdas.sweep_invocations import sweep, sweep_later

WEEK = timedelta(days=7)


def purge_batch(*bodies: str, remaining: int = 300_000) -> int:
    """Invokes `purge` with these messages and counts the failures."""
    event = sqs_event([sqs_message(body, queue=PURGES_QUEUE) for body in bodies])
    return len(purge.lambda_handler(event, Context(remaining))["batchItemFailures"])


def end_restore_window(account: Account, document_id: str) -> None:
    """Ends the restore window of a document whose URLs have expired."""
    backdate(account, document_id, HOUR)
    rewrite(account, document_id, purge_after=wiring.now() - HOUR)


def purgeable_document(account: Account, ada: Api, s3: httpx.Client) -> str:
    """Returns the id of a deleted document whose restore window is over and whose purge is enqueued."""
    document_id = process_document(account, ada, s3, PNG)
    ada.delete(document_id)
    end_restore_window(account, document_id)
    sweep()
    return document_id


def test_a_deleted_document_leaves_the_list_until_it_is_restored(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = process_document(account, ada, s3, PNG)

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


def test_an_open_upload_is_aborted_not_deleted(account: Account, ada: Api) -> None:
    document_id = ada.create(PNG)["document"]["id"]
    assert ada.delete(document_id).problem == (409, "invalid_state")
    assert ada.restore(document_id).problem == (409, "invalid_state")
    ada.post(f"/documents/{document_id}/abort")
    assert ada.delete(document_id).status == 204
    assert ada.restore(document_id).json["status"] == "aborted"


@pytest.mark.parametrize("document_id", [an_id(), "nothing", "%2e%2e"])
def test_an_unknown_document_is_neither_deleted_nor_restored(ada: Api, document_id: str) -> None:
    assert ada.delete(document_id).problem == (404, "document_not_found")
    assert ada.restore(document_id).problem == (404, "document_not_found")


def test_the_document_of_another_owner_is_neither_deleted_nor_restored(
    account: Account, ada: Api, grace: Api, s3: httpx.Client
) -> None:
    document_id = process_document(account, ada, s3, PNG)
    assert grace.delete(document_id).problem == (404, "document_not_found")
    ada.delete(document_id)
    assert grace.restore(document_id).problem == (404, "document_not_found")


def test_after_the_restore_window_the_bytes_and_then_the_quota_are_released(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id, other = process_document(account, ada, s3, PNG), process_document(account, ada, s3, PNG)
    ada.delete(document_id)
    assert sweep() == {}
    assert account.usage("ada") == (2 * len(PNG), 0)

    end_restore_window(account, document_id)
    assert ada.restore(document_id).problem == (410, "restore_expired")
    assert sweep() == {"purge_enqueued": 1, "deleted_version": 1}
    [body] = account.drain_purge_tasks()
    assert purge_batch(body) == 0

    assert account.stored_versions("ada", document_id) == account.staged_versions("ada", document_id) == []
    assert account.stored_versions("ada", other) != []
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
    assert purge_batch(body, body) == 0
    assert account.items() == before


def test_a_purged_record_holds_no_name_and_is_removed_by_the_table(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = process_document(
        account, ada, s3, PNG, fileName="passport of Ada.png", metadata={"album": "private"}
    )
    ada.delete(document_id)
    end_restore_window(account, document_id)
    sweep()
    purge_batch(*account.drain_purge_tasks())

    [item] = [item for item in account.items() if document_id in item]
    assert "passport" not in item
    assert "private" not in item
    assert '"ttl"' in item


def test_a_purge_while_a_url_is_valid_waits_until_a_sweep_has_emptied_staging(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    """The staged version is what makes S3 refuse a second PUT."""
    created = ada.create(PNG)
    document_id = created["document"]["id"]
    put(s3, created["upload"], PNG)
    account.deliver(account.arrival_event("ada", document_id))
    ada.delete(document_id)
    rewrite(account, document_id, purge_after=wiring.now() - HOUR)
    assert sweep() == {"purge_enqueued": 1}

    assert purge_batch(*account.drain_purge_tasks()) == 0

    assert ada.get(f"/documents/{document_id}").problem == (404, "document_not_found")
    assert account.stored_versions("ada", document_id) == []
    assert put(s3, created["upload"], PNG).status_code == 412
    assert account.usage("ada") == (len(PNG), 0)

    rewrite(account, document_id, lease_until=wiring.now() - HOUR)
    assert sweep_later(timedelta(minutes=17)) == {"purge_enqueued": 1, "deleted_version": 1}
    assert purge_batch(*account.drain_purge_tasks()) == 0
    assert account.usage("ada") == (0, 0)
    assert account.snapshot()[2] == []


def test_parts_and_delete_markers_are_purged_too(account: Account, ada: Api) -> None:
    document_id = ada.create(PNG, method="MULTIPART")["document"]["id"]
    key = f"documents/{owner_key('ada')}/{document_id}"
    account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    account.s3.delete_object(Bucket=account.bucket, Key=key)
    account.s3.create_multipart_upload(Bucket=account.bucket, Key=key)
    record_event(account, document_id, AbortRequested())
    ada.delete(document_id)
    end_restore_window(account, document_id)
    sweep()
    assert purge_batch(*account.drain_purge_tasks()) == 0

    assert account.open_uploads() == []
    listed = account.s3.list_object_versions(Bucket=account.bucket)
    assert not listed.get("Versions")
    assert not listed.get("DeleteMarkers")


def test_an_invalid_task_does_not_stop_the_others(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = purgeable_document(account, ada, s3)
    assert purge_batch("{", *account.drain_purge_tasks()) == 1
    assert account.stored_versions("ada", document_id) == []


def test_a_task_whose_document_is_leased_is_sent_anew(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = purgeable_document(account, ada, s3)
    bodies = account.drain_purge_tasks()
    rewrite(account, document_id, status=Status.PURGING, lease_until=wiring.now() + PURGE_LEASE)
    assert purge_batch(*bodies) == 0
    assert account.drain_sent_anew(PURGES_QUEUE) == bodies
    rewrite(account, document_id, lease_until=wiring.now() - HOUR)
    assert purge_batch(*bodies, remaining=1_000) == 0
    assert account.drain_purge_tasks() == bodies
    assert purge_batch(*bodies) == 0
    assert account.stored_versions("ada", document_id) == []


def test_bytes_that_arrive_after_a_delete_are_removed_by_a_sweep(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_document(ada, s3, PNG)
    notice = account.arrival_event("ada", document_id)
    record_event(account, document_id, AbortRequested())
    ada.delete(document_id)
    account.deliver(notice)
    assert sweep_later(timedelta(minutes=17)) == {"deleted_version": 1}
    assert account.staged_versions("ada", document_id) == []
    assert ada.restore(document_id).json["status"] == "aborted"
