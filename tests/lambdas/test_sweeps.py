"""The sweep of the records: what no event will finish expires or is republished, and consistent records stay."""

import httpx

from functions import wiring
from functions.domain.events import AttemptEnded, AttemptOutcome, CompleteRequested, ObjectArrived
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import owner_key, staging_key
from functions.pipeline.promote import COPY_TIMEOUT
from tests.examples import PDF, PNG, an_id
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.history import HOUR, expire, record_event, rewrite
from tests.lambdas.steps import process_document, process_large_document, put_only_part, stage_document
from tests.lambdas.sweep_invocations import redrive, sweep, sweep_later, sweep_within


def test_an_upload_without_bytes_expires_and_releases_its_reservation(account: Account, ada: Api) -> None:
    document_id = ada.create(PNG)["document"]["id"]
    expire(account, document_id)

    assert sweep() == {"expired": 1}

    assert ada.document(document_id)["status"] == "expired"
    assert account.usage("ada") == (0, 0)
    assert sweep() == {}


def test_an_expired_upload_in_parts_is_aborted_in_s3(account: Account, ada: Api, s3: httpx.Client) -> None:
    created = ada.create(PNG, method="MULTIPART")
    put_only_part(s3, created)
    expire(account, created["document"]["id"])

    assert sweep() == {"expired": 1}

    assert account.open_uploads() == []
    assert account.usage("ada") == (0, 0)
    refused = ada.post(f"/documents/{created['document']['id']}/complete")
    assert refused.problem == (410, "upload_expired")


def test_a_lost_event_is_republished(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    expire(account, document_id)

    assert sweep() == {"event_republished": 1}

    account.deliver(*account.drain_upload_events())
    assert ada.document(document_id)["status"] == "ready"
    assert sweep() == {}
    assert account.drain_upload_events() == []


def test_of_several_versions_the_first_is_republished(account: Account, ada: Api, s3: httpx.Client) -> None:
    """A form has no If-None-Match, so S3 accepts it twice."""
    document_id = stage_document(ada, s3, PNG)
    key = staging_key(owner_key("ada"), document_id)
    account.s3.put_object(Bucket=account.bucket, Key=key, Body=PNG)
    first, _ = account.staged_versions("ada", document_id)
    expire(account, document_id)
    sweep()
    [message] = account.drain_upload_events()
    assert first in message


def test_an_attempt_that_stopped_is_republished(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    record_event(account, document_id, ObjectArrived(version), ago=HOUR)

    assert sweep() == {"attempt_republished": 1}

    account.deliver(*account.drain_upload_events())
    assert ada.document(document_id)["status"] == "ready"
    assert sweep() == {"deleted_version": 1}
    assert sweep() == {}


def test_an_attempt_that_stopped_is_republished_once_per_sweep(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    record_event(account, document_id, ObjectArrived(version), ago=HOUR)
    account.expedite_recounts()

    assert sweep_later(HOUR * 2) == {"attempt_republished": 1}

    assert len(account.drain_upload_events()) == 1


def test_a_document_that_waits_for_a_worker_is_left_alone_until_its_time_is_over(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = stage_document(ada, s3, PNG)
    process_large_document(account, document_id)
    account.expedite_recounts()
    assert sweep() == {}
    assert sweep_later(COPY_TIMEOUT * 0.9) == {}
    assert sweep_later(COPY_TIMEOUT * 1.1) == {"attempt_republished": 1}


def test_an_attempt_with_a_lease_is_left_alone(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    record_event(account, document_id, ObjectArrived(version))
    assert sweep() == {}
    assert account.drain_upload_events() == []


def test_a_complete_that_died_reopens_the_upload_until_the_deadline(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG, method="MULTIPART")
    put_only_part(s3, created)
    document_id = created["document"]["id"]
    record_event(account, document_id, CompleteRequested(), ago=HOUR)

    assert sweep() == {"reopened": 1}
    assert len(account.open_uploads()) == 1
    expire(account, document_id)
    assert sweep() == {"expired": 1}
    assert account.open_uploads() == []


def test_a_completed_upload_whose_event_was_lost_is_republished(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG, method="MULTIPART")
    put_only_part(s3, created)
    document_id = created["document"]["id"]
    ada.post(f"/documents/{document_id}/complete")
    rewrite(account, document_id, lease_until=wiring.now() - HOUR)

    assert sweep() == {"event_republished": 1}

    account.deliver(*account.drain_upload_events())
    assert ada.document(document_id)["status"] == "ready"


def test_a_consistent_system_stays_as_it_is(account: Account, ada: Api, s3: httpx.Client) -> None:
    process_document(account, ada, s3, PNG)
    process_document(account, ada, s3, PDF)
    stage_document(ada, s3, PNG)
    ada.create(PNG)
    put_only_part(s3, ada.create(PNG, method="MULTIPART"))
    ada.post(f"/documents/{ada.create(PNG)['document']['id']}/abort")
    before = account.snapshot()

    assert sweep() == {}
    assert sweep() == {}

    assert account.snapshot() == before
    assert account.drain_upload_events() == []


def test_one_sweep_leaves_nothing_for_the_next(account: Account, ada: Api, s3: httpx.Client) -> None:
    for _ in range(2):
        expire(account, ada.create(PNG, method="MULTIPART")["document"]["id"])
        expire(account, stage_document(ada, s3, PNG))
    assert sweep() == {"expired": 2, "event_republished": 2}
    account.deliver(*account.drain_upload_events())
    before = account.snapshot()

    assert sweep() == {}

    (items, *objects), (items_before, *objects_before) = account.snapshot(), before
    assert objects == objects_before
    # Only the owner changes, whose recount is no longer due.
    [changed] = [item for item in items if item not in items_before]
    assert '"USAGE"' in changed
    assert "next_check_at" not in changed
    assert sweep() == {}
    assert account.items() == items


def test_a_sweep_that_runs_out_of_time_is_continued_by_the_next(account: Account, ada: Api) -> None:
    """The documents of one owner are one step."""
    for _ in range(3):
        expire(account, ada.create(PNG)["document"]["id"])
    assert sweep_within(14_000) == {"expired": 3, "out_of_time": 1}
    # The recount has found that nothing of this owner is due.
    assert sweep_within(14_000) == {"out_of_time": 1}
    assert sweep_within(14_000) == {"staging_completed": 1}


def test_a_sweep_that_has_listed_all_of_staging_says_so(account: Account, ada: Api) -> None:
    """An alarm raises when no sweep has said so for hours."""
    assert sweep_within(300_000) == {"staging_completed": 1}
    expire(account, ada.create(PNG)["document"]["id"])
    assert "staging_completed" not in sweep_within(14_000)


def test_checking_consistent_uploads_takes_time_too(account: Account, ada: Api) -> None:
    for _ in range(2):
        ada.create(PNG, method="MULTIPART")
    assert sweep_within(14_000) == {"out_of_time": 1}
    assert len(account.open_uploads()) == 2


def test_owners_that_have_nothing_due_take_time_too(account: Account, ada: Api, grace: Api) -> None:
    for owner in (ada, grace):
        owner.post(f"/documents/{owner.create(PNG)['document']['id']}/abort")
    account.expedite_recounts()
    assert [sweep_within(14_000) for _ in range(2)] == [{"out_of_time": 1}] * 2
    assert sweep_within(14_000) == {"staging_completed": 1}


def test_an_operator_redrives_a_failed_document(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = stage_document(ada, s3, PNG)
    [version] = account.staged_versions("ada", document_id)
    for _ in range(MAX_ATTEMPTS):
        record_event(account, document_id, ObjectArrived(version))
        attempt = account.attempt("ada", document_id)
        record_event(account, document_id, AttemptEnded(attempt=attempt, outcome=AttemptOutcome.CRASHED))
    assert ada.document(document_id)["status"] == "failed"
    assert account.usage("ada") == (len(PNG), 0)

    order = {"owner": owner_key("ada"), "documentId": document_id}
    assert redrive(order, order | {"documentId": an_id()}) == {"redriven": 1, "unknown": 1}
    # Its bytes have arrived, so it is not an open upload.
    assert account.usage("ada") == (len(PNG), 0)

    account.deliver(*account.drain_upload_events())
    assert ada.document(document_id)["status"] == "ready"
    assert account.usage("ada") == (len(PNG), 0)
    assert redrive(order) == {"not_failed": 1}
