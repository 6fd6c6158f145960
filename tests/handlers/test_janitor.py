"""The sweep: what no event will finish is ended or announced again, and what is in order stays as it is."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from functions import wiring
from functions.core.document import Document, Status
from functions.core.events import AbortRequested, Arrived, CompleteRequested, Event, Refusal, Transition
from functions.core.keys import documents_key, owner_key, staging_key
from functions.core.lifecycle import decide
from functions.handlers import janitor
from tests.examples import JPEG, PNG, an_id
from tests.handlers.account import Account
from tests.handlers.api import Api
from tests.handlers.events import Context
from tests.handlers.life import put, settled, staged

HOUR = timedelta(hours=1)


def sweep(remaining: int = 300_000) -> dict[str, int]:
    return janitor.lambda_handler({}, Context(remaining))


def sweep_later(by: timedelta) -> Counter[str]:
    """A sweep `by` ahead of S3's own clock, which moto shows in every LastModified."""
    later = replace(wiring.janitor(), clock=lambda: wiring.now() + by)
    return later.sweep(lambda: False)


def record(account: Account, document_id: str) -> Document:
    found = account.records.get(owner_key("ada"), document_id)
    assert found is not None
    return found


def rewrite(account: Account, document_id: str, **changes: Any) -> None:
    """The record as it would be had things gone otherwise, or happened earlier."""
    before = record(account, document_id)
    after = replace(before, revision=before.revision + 1, **changes)
    account.records.apply(Transition(before, after))


def expire(account: Account, document_id: str) -> None:
    rewrite(account, document_id, deadline=wiring.now() - HOUR)


def happen(account: Account, document_id: str, event: Event, ago: timedelta) -> None:
    """`event` reached the record `ago`, and whoever brought it came no further."""
    transition = decide(record(account, document_id), event, wiring.now() - ago)
    assert not isinstance(transition, Refusal)
    account.records.apply(transition)


def status(api: Api, document_id: str) -> str:
    found: str = api.document(document_id)["status"]
    return found


def upload_part(s3: httpx.Client, created: Any) -> None:
    [part] = created["upload"]["parts"]
    assert s3.put(part["url"], content=PNG, headers=part["headers"]).status_code == 200


def everything(account: Account) -> tuple[list[str], list[str], list[Any]]:
    listed = account.s3.list_object_versions(Bucket=account.bucket)
    versions = [(version["Key"], version["VersionId"]) for version in listed.get("Versions", [])]
    return account.items(), account.open_uploads(), versions


def test_an_upload_that_never_came_is_ended_and_gives_its_reservation_back(
    account: Account, ada: Api
) -> None:
    document_id = ada.create(PNG)["document"]["id"]
    expire(account, document_id)

    assert sweep() == {"expired": 1}

    assert status(ada, document_id) == "expired"
    assert account.usage("ada") == (0, 0)
    assert sweep() == {}


def test_an_expired_upload_in_parts_is_ended_in_s3_too(account: Account, ada: Api, s3: httpx.Client) -> None:
    created = ada.create(PNG, method="MULTIPART")
    upload_part(s3, created)
    expire(account, created["document"]["id"])

    assert sweep() == {"expired": 1}

    assert account.open_uploads() == []
    assert account.usage("ada") == (0, 0)
    refused = ada.post(f"/documents/{created['document']['id']}/complete")
    assert refused.problem == (410, "upload_expired")


def test_bytes_whose_event_was_lost_are_announced_and_become_a_document(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = staged(ada, s3, PNG)
    expire(account, document_id)

    assert sweep() == {"announced": 1}

    account.deliver(*account.waiting())
    assert status(ada, document_id) == "ready"
    assert sweep() == {}
    assert account.waiting() == []


def test_of_several_versions_the_first_is_announced(account: Account, ada: Api, s3: httpx.Client) -> None:
    """A form has no If-None-Match, so it may be sent twice."""
    document_id = staged(ada, s3, PNG)
    key = staging_key(owner_key("ada"), document_id)
    account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    first, _ = account.staged("ada", document_id)
    expire(account, document_id)
    sweep()
    [message] = account.waiting()
    assert first in message


def test_work_that_stopped_in_the_middle_is_announced_again(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = staged(ada, s3, PNG)
    [version] = account.staged("ada", document_id)
    happen(account, document_id, Arrived(version), ago=HOUR)

    assert sweep() == {"announced_again": 1}

    account.deliver(*account.waiting())
    assert status(ada, document_id) == "ready"
    assert sweep() == {}


def test_work_that_is_under_way_is_left_alone(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = staged(ada, s3, PNG)
    [version] = account.staged("ada", document_id)
    happen(account, document_id, Arrived(version), ago=timedelta(0))
    assert sweep() == {}
    assert account.waiting() == []


def test_a_complete_that_died_waits_for_the_client_until_the_deadline(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG, method="MULTIPART")
    upload_part(s3, created)
    document_id = created["document"]["id"]
    happen(account, document_id, CompleteRequested(), ago=HOUR)

    assert sweep() == {"waits": 1}
    assert len(account.open_uploads()) == 1
    expire(account, document_id)
    assert sweep() == {"expired": 1}
    assert account.open_uploads() == []


def test_a_completed_upload_whose_event_was_lost_is_announced(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG, method="MULTIPART")
    upload_part(s3, created)
    document_id = created["document"]["id"]
    ada.post(f"/documents/{document_id}/complete")
    rewrite(account, document_id, lease_until=wiring.now() - HOUR)

    assert sweep() == {"announced": 1}

    account.deliver(*account.waiting())
    assert status(ada, document_id) == "ready"


def test_the_parts_of_an_aborted_upload_are_freed_if_the_abort_was_lost(account: Account, ada: Api) -> None:
    document_id = ada.create(PNG, method="MULTIPART")["document"]["id"]
    happen(account, document_id, AbortRequested(), ago=HOUR)

    assert sweep() == {"aborted_upload": 1}

    assert account.open_uploads() == []
    assert sweep() == {}


def test_an_upload_that_no_record_knows_is_ended(account: Account, ada: Api) -> None:
    """A repeated create, or a crash between S3 and the table; moto shows every upload as begun in 2010."""
    known = ada.create(PNG, method="MULTIPART")["document"]["id"]
    [kept] = account.open_uploads()
    for document_id in (known, an_id()):
        key = staging_key(owner_key("ada"), document_id)
        account.s3.create_multipart_upload(Bucket=account.bucket, Key=key)

    assert sweep() == {"aborted_upload": 2}

    assert account.open_uploads() == [kept]


def test_nothing_outside_staging_is_ever_ended_or_deleted(account: Account, ada: Api) -> None:
    keys = [documents_key(owner_key("ada"), an_id()), "staging2/x", "stagingx"]
    for key in keys:
        account.s3.create_multipart_upload(Bucket=account.bucket, Key=key)
        account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    before = everything(account)
    assert sweep_later(timedelta(days=30)) == {}
    assert everything(account) == before


def test_bytes_that_nobody_waits_for_are_deleted_an_hour_later(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG)
    document_id = created["document"]["id"]
    ada.post(f"/documents/{document_id}/abort")
    put(s3, created["upload"], PNG)
    unknown = staging_key(owner_key("ada"), an_id())
    account.s3.put_object(Bucket=account.bucket, Key=unknown, Body=PNG)

    assert sweep() == {}
    assert sweep_later(HOUR + timedelta(minutes=1)) == {"deleted_version": 2}

    assert account.staged("ada", document_id) == []
    assert "Versions" not in account.s3.list_object_versions(Bucket=account.bucket, Prefix="staging/")


def test_a_staged_version_that_was_promoted_but_not_deleted_goes(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = settled(account, ada, s3, PNG)
    key = staging_key(owner_key("ada"), document_id)
    account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    assert sweep_later(HOUR * 2) == {"deleted_version": 1}
    assert len(account.stored("ada", document_id)) == 1


def test_the_bytes_of_a_failed_document_stay_for_an_operator(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = staged(ada, s3, PNG)
    [version] = account.staged("ada", document_id)
    rewrite(account, document_id, status=Status.FAILED, staged_version=version)
    assert sweep_later(timedelta(days=30)) == {}
    assert account.staged("ada", document_id) == [version]


def test_a_system_in_order_stays_as_it_is(account: Account, ada: Api, s3: httpx.Client) -> None:
    settled(account, ada, s3, PNG)
    settled(account, ada, s3, JPEG)
    staged(ada, s3, PNG)
    ada.create(PNG)
    upload_part(s3, ada.create(PNG, method="MULTIPART"))
    ada.post(f"/documents/{ada.create(PNG)['document']['id']}/abort")
    before = everything(account)

    assert sweep() == {}
    assert sweep_later(HOUR * 2) == {}

    assert everything(account) == before
    assert account.waiting() == []


def test_a_sweep_of_a_system_in_disorder_leaves_nothing_for_the_next(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    for _ in range(2):
        expire(account, ada.create(PNG, method="MULTIPART")["document"]["id"])
        expire(account, staged(ada, s3, PNG))
    assert sweep() == {"expired": 2, "announced": 2}
    account.deliver(*account.waiting())
    before = everything(account)

    assert sweep() == {}

    assert everything(account) == before


@pytest.mark.parametrize("rounds", [3])
def test_a_sweep_that_runs_out_of_time_is_continued_by_the_next(
    account: Account, ada: Api, rounds: int
) -> None:
    for _ in range(rounds):
        expire(account, ada.create(PNG)["document"]["id"])
    assert [sweep(remaining=14_000) for _ in range(rounds)] == [{"expired": 1, "out_of_time": 1}] * rounds
    assert sweep(remaining=14_000) == {}
