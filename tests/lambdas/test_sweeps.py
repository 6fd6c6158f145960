"""The sweep: what no event will finish is ended or announced again, and what is in order stays as it is."""

import httpx

from functions import wiring
from functions.domain.events import AttemptFailed, CompleteRequested, ObjectArrived
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import owner_key, staging_key
from tests.examples import JPEG, PNG, an_id
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.life import put_only_part, settled, staged
from tests.lambdas.past import HOUR, NOW, expire, happened, rewrite
from tests.lambdas.sweeps import redrive, sweep, sweep_later


def test_an_upload_that_never_came_is_ended_and_gives_its_reservation_back(
    account: Account, ada: Api
) -> None:
    document_id = ada.create(PNG)["document"]["id"]
    expire(account, document_id)

    assert sweep() == {"expired": 1}

    assert ada.document(document_id)["status"] == "expired"
    assert account.usage("ada") == (0, 0)
    assert sweep() == {}


def test_an_expired_upload_in_parts_is_ended_in_s3_too(account: Account, ada: Api, s3: httpx.Client) -> None:
    created = ada.create(PNG, method="MULTIPART")
    put_only_part(s3, created)
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

    assert sweep() == {"event_republished": 1}

    account.deliver(*account.waiting())
    assert ada.document(document_id)["status"] == "ready"
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
    happened(account, document_id, ObjectArrived(version), ago=HOUR)

    assert sweep() == {}
    assert sweep_later(HOUR * 2) == {"attempt_republished": 1}

    account.deliver(*account.waiting())
    assert ada.document(document_id)["status"] == "ready"
    assert sweep_later(HOUR * 2) == {}


def test_work_that_stopped_is_announced_once_a_round(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = staged(ada, s3, PNG)
    [version] = account.staged("ada", document_id)
    happened(account, document_id, ObjectArrived(version), ago=HOUR)
    account.visit_owners()

    assert sweep_later(HOUR * 2) == {"attempt_republished": 1}

    assert len(account.waiting()) == 1


def test_work_that_is_under_way_is_left_alone(account: Account, ada: Api, s3: httpx.Client) -> None:
    document_id = staged(ada, s3, PNG)
    [version] = account.staged("ada", document_id)
    happened(account, document_id, ObjectArrived(version), ago=NOW)
    assert sweep() == {}
    assert account.waiting() == []


def test_an_upload_whose_complete_died_is_given_back_until_the_deadline(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG, method="MULTIPART")
    put_only_part(s3, created)
    document_id = created["document"]["id"]
    happened(account, document_id, CompleteRequested(), ago=HOUR)

    assert sweep() == {"reopened": 1}
    assert len(account.open_uploads()) == 1
    expire(account, document_id)
    assert sweep() == {"expired": 1}
    assert account.open_uploads() == []


def test_a_completed_upload_whose_event_was_lost_is_announced(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    created = ada.create(PNG, method="MULTIPART")
    put_only_part(s3, created)
    document_id = created["document"]["id"]
    ada.post(f"/documents/{document_id}/complete")
    rewrite(account, document_id, lease_until=wiring.now() - HOUR)

    assert sweep() == {"event_republished": 1}

    account.deliver(*account.waiting())
    assert ada.document(document_id)["status"] == "ready"


def test_a_system_in_order_stays_as_it_is(account: Account, ada: Api, s3: httpx.Client) -> None:
    settled(account, ada, s3, PNG)
    settled(account, ada, s3, JPEG)
    staged(ada, s3, PNG)
    ada.create(PNG)
    put_only_part(s3, ada.create(PNG, method="MULTIPART"))
    ada.post(f"/documents/{ada.create(PNG)['document']['id']}/abort")
    before = account.everything()

    assert sweep() == {}
    assert sweep_later(HOUR * 2) == {}

    assert account.everything() == before
    assert account.waiting() == []


def test_a_sweep_of_a_system_in_disorder_leaves_nothing_for_the_next(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    for _ in range(2):
        expire(account, ada.create(PNG, method="MULTIPART")["document"]["id"])
        expire(account, staged(ada, s3, PNG))
    assert sweep() == {"expired": 2, "event_republished": 2}
    account.deliver(*account.waiting())
    before = account.everything()

    assert sweep() == {}

    (items, *objects), (items_before, *objects_before) = account.everything(), before
    assert objects == objects_before
    # Only the owner, who had uploads that were still due, is due no more.
    [changed] = [item for item in items if item not in items_before]
    assert '"USAGE"' in changed
    assert "next_check_at" not in changed
    assert sweep() == {}
    assert account.items() == items


def test_a_sweep_that_runs_out_of_time_is_continued_by_the_next(account: Account, ada: Api) -> None:
    for _ in range(3):
        expire(account, ada.create(PNG)["document"]["id"])
    assert [sweep(remaining=14_000) for _ in range(3)] == [{"expired": 1, "out_of_time": 1}] * 3
    assert sweep(remaining=14_000) == {
        "out_of_time": 1
    }  # it has seen that nothing of this owner is due any more
    assert sweep(remaining=14_000) == {}


def test_looking_at_what_is_in_order_takes_time_too(account: Account, ada: Api) -> None:
    for _ in range(2):
        ada.create(PNG, method="MULTIPART")
    assert sweep(remaining=14_000) == {"out_of_time": 1}
    assert len(account.open_uploads()) == 2


def test_owners_that_have_nothing_due_take_time_too(account: Account, ada: Api, s3: httpx.Client) -> None:
    grace = Api("grace")
    for owner in (ada, grace):
        settled(account, owner, s3, PNG)
    account.visit_owners()
    assert [sweep(remaining=14_000) for _ in range(2)] == [{"out_of_time": 1}] * 2
    assert sweep(remaining=14_000) == {}


def test_what_has_failed_is_tried_again_by_an_operators_hand(
    account: Account, ada: Api, s3: httpx.Client
) -> None:
    document_id = staged(ada, s3, PNG)
    [version] = account.staged("ada", document_id)
    for _ in range(MAX_ATTEMPTS):
        happened(account, document_id, ObjectArrived(version), ago=NOW)
        happened(account, document_id, AttemptFailed(account.attempt("ada", document_id)), ago=NOW)
    assert ada.document(document_id)["status"] == "failed"
    assert account.usage("ada") == (len(PNG), 0)

    order = {"owner": owner_key("ada"), "documentId": document_id}
    assert redrive(order, order | {"documentId": an_id()}) == {"redriven": 1, "unknown": 1}
    assert account.usage("ada") == (len(PNG), 1)

    account.deliver(*account.waiting())
    assert ada.document(document_id)["status"] == "ready"
    assert account.usage("ada") == (len(PNG), 0)
    assert redrive(order) == {"not_failed": 1}
