"""Create and abort: what is recorded, what is signed, and what a repeat gets."""

from dataclasses import replace
from datetime import timedelta

import pytest

from functions.core.document import Document, Method, Status
from functions.core.errors import InvalidInput, NotFound, TooMany, Unavailable, WrongState
from functions.core.events import AbortRequested, Arrived, DeleteRequested, PurgeClaimed, Transition
from functions.core.grants import PutGrant
from functions.core.keys import owner_key
from functions.core.lifecycle import decide
from functions.core.ports import Conflict
from functions.core.quota import Usage
from functions.core.sigv4 import SignedForm
from tests.creates import create, uploads
from tests.examples import NOW, OWNER, PLENTY, an_id
from tests.fakes import InMemoryRecords


def arrived(records: InMemoryRecords, document: Document) -> None:
    transition = decide(document, Arrived("v1"), NOW)
    assert isinstance(transition, Transition)
    records.apply(transition)


def test_a_create_records_the_document_and_signs_its_upload() -> None:
    records = InMemoryRecords()
    created = create(uploads(records))
    assert records.get(OWNER, an_id()) == created.document
    assert isinstance(created.grant, PutGrant)
    assert records.usage(OWNER, NOW) == Usage(100, 1, 1, 100)


def test_a_create_for_a_form_signs_a_form() -> None:
    created = create(uploads(InMemoryRecords()), method=Method.POST)
    assert isinstance(created.grant, SignedForm)


def test_a_request_that_is_not_acceptable_leaves_nothing_behind() -> None:
    records = InMemoryRecords()
    with pytest.raises(InvalidInput):
        create(uploads(records), key="k", size=0)
    assert records == InMemoryRecords()


def test_a_quota_is_an_error_and_leaves_nothing_behind() -> None:
    records = InMemoryRecords()
    full = uploads(records, replace(PLENTY, open_uploads=1))
    create(full)
    before = records.usage(OWNER, NOW)
    with pytest.raises(TooMany):
        create(full, number=1, key="k")
    assert records.get(OWNER, an_id(1)) is None
    assert records.usage(OWNER, NOW) == before


def test_the_same_key_and_request_give_the_same_document_with_a_new_url() -> None:
    on = uploads(InMemoryRecords())
    first, second = create(on, key="k"), create(on, number=60, key="k")
    assert second.document == first.document
    assert isinstance(first.grant, PutGrant)
    assert isinstance(second.grant, PutGrant)
    assert second.grant.expires_at == first.grant.expires_at + timedelta(seconds=60)


def test_a_repeat_is_charged_once_and_passes_a_quota_that_is_full() -> None:
    records = InMemoryRecords()
    on = uploads(records, replace(PLENTY, open_uploads=1))
    create(on, key="k")
    create(on, number=1, key="k")
    assert records.usage(OWNER, NOW) == Usage(100, 1, 1, 100)


def test_the_same_key_with_another_request_is_refused() -> None:
    on = uploads(InMemoryRecords())
    create(on, key="k")
    with pytest.raises(InvalidInput) as refused:
        create(on, number=1, key="k", size=101)
    assert refused.value.code == "idempotency_key_reused"


def test_the_same_key_of_another_owner_is_another_document() -> None:
    records = InMemoryRecords()
    create(uploads(records), key="k")
    other = create(uploads(records), number=1, key="k", owner=owner_key("somebody-else"), size=101)
    assert other.document.id == an_id(1)


def test_creates_without_a_key_are_different_documents() -> None:
    on = uploads(InMemoryRecords())
    assert create(on).document.id != create(on, number=1).document.id


def test_a_repeat_after_the_bytes_have_arrived_gets_no_url() -> None:
    records = InMemoryRecords()
    on = uploads(records)
    arrived(records, create(on, key="k").document)
    repeated = create(on, number=1, key="k")
    assert repeated.document.status is Status.PROCESSING
    assert repeated.grant is None


def test_a_repeat_after_the_deadline_gets_no_url() -> None:
    on = replace(uploads(InMemoryRecords()), upload_lifetime=60)
    create(on, key="k")
    assert create(on, number=59, key="k").grant is not None
    assert create(on, number=60, key="k").grant is None


def test_an_abort_ends_a_pending_document_and_gives_its_quota_back() -> None:
    records = InMemoryRecords()
    on = uploads(records)
    create(on)
    on.abort(OWNER, an_id(), NOW)
    aborted = records.get(OWNER, an_id())
    assert aborted is not None
    assert aborted.status is Status.ABORTED
    assert records.usage(OWNER, NOW) == Usage(0, 0, 1, 100)


def test_a_repeated_abort_is_no_error_and_gives_nothing_back_twice() -> None:
    records = InMemoryRecords()
    on = uploads(records)
    create(on)
    on.abort(OWNER, an_id(), NOW)
    on.abort(OWNER, an_id(), NOW)
    assert records.usage(OWNER, NOW) == Usage(0, 0, 1, 100)


def test_an_abort_after_the_bytes_have_arrived_is_refused() -> None:
    records = InMemoryRecords()
    on = uploads(records)
    arrived(records, create(on).document)
    with pytest.raises(WrongState) as refused:
        on.abort(OWNER, an_id(), NOW)
    assert refused.value.code == "invalid_state"


@pytest.mark.parametrize("document_id", [an_id(9), "", "../" + an_id(), "x" * 1_000_000])
def test_an_abort_of_what_is_not_there_finds_nothing(document_id: str) -> None:
    with pytest.raises(NotFound):
        uploads(InMemoryRecords()).abort(OWNER, document_id, NOW)


def test_an_abort_of_somebody_elses_document_finds_nothing() -> None:
    records = InMemoryRecords()
    create(uploads(records))
    with pytest.raises(NotFound):
        uploads(records).abort(owner_key("somebody-else"), an_id(), NOW)
    assert records.usage(OWNER, NOW).open_uploads == 1


class Overtaken(InMemoryRecords):
    """Somebody else writes first, the first `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def apply(self, transition: Transition) -> None:
        if self.times:
            self.times -= 1
            raise Conflict
        super().apply(transition)


def test_an_abort_that_is_overtaken_looks_again() -> None:
    on = uploads(records := Overtaken(times=2))
    create(on)
    on.abort(OWNER, an_id(), NOW)
    assert records.usage(OWNER, NOW).open_uploads == 0


def test_an_abort_that_is_overtaken_again_and_again_is_told_to_come_back() -> None:
    on = uploads(records := Overtaken(times=5))
    create(on)
    with pytest.raises(Unavailable):
        on.abort(OWNER, an_id(), NOW)
    assert records.usage(OWNER, NOW).open_uploads == 1


def test_a_repeated_create_does_not_bring_back_what_was_purged() -> None:
    on = uploads(records := InMemoryRecords())
    document = create(on, key="a-key").document
    for event in (AbortRequested(), DeleteRequested(NOW), PurgeClaimed()):
        decision = decide(document, event, NOW)
        assert isinstance(decision, Transition)
        records.apply(decision)
        document = decision.after
    with pytest.raises(WrongState) as refused:
        create(on, 1, key="a-key")
    assert refused.value.code == "invalid_state"
