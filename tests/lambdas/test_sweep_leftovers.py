"""The sweep of the bucket: orphaned uploads and bytes are deleted after an hour, and everything else stays."""

from datetime import timedelta

import httpx

from functions import wiring
from functions.domain.document import Status
from functions.domain.events import AbortRequested
from functions.domain.keys import documents_key, owner_key, staging_key
from functions.domain.slices import PERIOD, SLICES
from tests.examples import PNG, an_id
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.history import HOUR, record_event, rewrite
from tests.lambdas.steps import process_document, put, stage_document
from tests.lambdas.sweep_invocations import sweep, sweep_later


def test_the_parts_of_an_aborted_upload_are_freed_if_the_abort_was_lost(account: Account, ada: Api) -> None:
    document_id = ada.create(PNG, method="MULTIPART")["document"]["id"]
    record_event(account, document_id, AbortRequested(), ago=HOUR)

    assert sweep() == {"aborted_upload": 1}

    assert account.open_uploads() == []
    assert sweep() == {}


def test_an_upload_that_no_record_knows_is_ended(account: Account, ada: Api) -> None:
    """Left by a repeated create, or by a crash between S3 and the table. moto dates every upload to 2010."""
    known = ada.create(PNG, method="MULTIPART")["document"]["id"]
    [kept] = account.open_uploads()
    for document_id in (known, an_id()):
        key = staging_key(owner_key("ada"), document_id)
        account.s3.create_multipart_upload(Bucket=account.bucket, Key=key)

    assert sweep() == {"aborted_upload": 2}

    assert account.open_uploads() == [kept]


def test_nothing_outside_staging_is_aborted_or_deleted(account: Account, ada: Api) -> None:
    keys = [documents_key(owner_key("ada"), an_id()), "staging2/x", "stagingx"]
    for key in keys:
        account.s3.create_multipart_upload(Bucket=account.bucket, Key=key)
        account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    _, uploads, versions = account.snapshot()
    assert sweep_later(_until_scan_of(owner_key("ada"))) == {"orphan_reported": 1}
    assert account.snapshot()[1:] == (uploads, versions)


def _until_scan_of(owner: str) -> timedelta:
    """Returns the time until a sweep, days away, that scans the documents of this owner."""
    rounds = int(wiring.now().timestamp() / PERIOD.total_seconds())
    return (SLICES + int(owner[:2], 16) - rounds % SLICES) * PERIOD + SLICES * PERIOD


def test_orphaned_bytes_are_deleted_when_no_url_can_write_again(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG)
    document_id = created["document"]["id"]
    ada.post(f"/documents/{document_id}/abort")
    put(s3, created["upload"], PNG)
    unknown = staging_key(owner_key("ada"), an_id())
    account.s3.put_object(Bucket=account.bucket, Key=unknown, Body=PNG)

    assert sweep() == {}
    # One without a record is kept for an hour, because its record may be in transit.
    assert sweep_later(timedelta(minutes=17)) == {"deleted_version": 1}
    assert sweep_later(HOUR + timedelta(minutes=1)) == {"deleted_version": 1}

    assert account.staged_versions("ada", document_id) == []
    assert "Versions" not in account.s3.list_object_versions(Bucket=account.bucket, Prefix="staging/")


def test_every_version_of_a_promoted_document_is_deleted(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = process_document(account, ada, s3, PNG)
    key = staging_key(owner_key("ada"), document_id)
    account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    assert sweep_later(HOUR * 2) == {"deleted_version": 2}
    assert account.staged_versions("ada", document_id) == []
    assert len(account.stored_versions("ada", document_id)) == 1


def test_the_bytes_of_a_failed_document_stay_for_an_operator(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    rewrite(account, document_id, status=Status.FAILED, staged_version=version)
    assert sweep_later(timedelta(days=30)) == {}
    assert account.staged_versions("ada", document_id) == [version]
