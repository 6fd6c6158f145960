"""Create and abort: what is recorded, what is signed, and what a repeat gets."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from functions.domain.document import Document, Method, Status
from functions.domain.errors import InvalidInput, NotFound, TooMany, Unavailable, WrongState
from functions.domain.events import AbortRequested, DeleteRequested, ObjectArrived, PurgeStarted, Transition
from functions.domain.keys import owner_key
from functions.domain.kinds import Kinds
from functions.domain.quota import Usage
from functions.domain.repository import Conflict
from functions.domain.states import decide
from functions.signing.presigning import PresignedPut
from functions.signing.sigv4 import SignedForm
from tests.examples import LIFETIMES, NOW, OWNER, PLENTY, an_id
from tests.fake_deployment import FakeDeployment
from tests.fakes import InMemoryDocuments
from tests.upload_requests import create, upload_service


def arrived(repository: InMemoryDocuments, document: Document) -> None:
    transition = decide(document, ObjectArrived("v1"), NOW)
    assert isinstance(transition, Transition)
    repository.apply(transition)


def test_a_create_records_the_document_and_signs_its_upload() -> None:
    repository = InMemoryDocuments()
    created = create(upload_service(repository))
    assert repository.get(OWNER, an_id()) == created.document
    assert isinstance(created.upload, PresignedPut)
    assert repository.usage(OWNER, NOW) == Usage(100, 1, 1, 100)


def test_a_create_for_a_form_signs_a_form_for_five_minutes() -> None:
    created = create(upload_service(InMemoryDocuments()), method=Method.POST)
    assert isinstance(created.upload, SignedForm)
    assert created.upload.expires_at == NOW + timedelta(minutes=5)


def test_a_deployer_sets_the_lifetime_of_forms() -> None:
    lifetimes = LIFETIMES._replace(form=timedelta(minutes=1))
    created = create(FakeDeployment(lifetimes=lifetimes).upload_service(), method=Method.POST)
    assert isinstance(created.upload, SignedForm)
    assert created.upload.expires_at == NOW + timedelta(minutes=1)


def test_a_form_expires_no_later_than_a_url() -> None:
    service = replace(
        upload_service(InMemoryDocuments()), lifetimes=LIFETIMES._replace(url=timedelta(minutes=2))
    )
    created = create(service, method=Method.POST)
    assert isinstance(created.upload, SignedForm)
    assert created.upload.expires_at == NOW + timedelta(minutes=2)


@pytest.mark.parametrize("kind", ["text", "photo", "checked"])
def test_a_kind_takes_forms_only_if_it_says_so(kind: str) -> None:
    repository = InMemoryDocuments()
    content_type = "text/plain" if kind == "text" else "image/jpeg"
    file_name = "a.txt" if kind == "text" else "a.jpg"
    changes: Any = {"kind": kind, "content_type": content_type, "file_name": file_name}
    with pytest.raises(InvalidInput) as refused:
        create(upload_service(repository), method=Method.POST, **changes)
    assert (refused.value.code, refused.value.field) == ("form_not_allowed", "method")
    assert repository == InMemoryDocuments()
    create(upload_service(repository), method=Method.PUT, **changes)


def test_a_url_of_a_kind_that_is_scanned_writes_to_the_area_that_is_scanned() -> None:
    policy = {"content_types": ["image/png"], "max_bytes": 1000, "steps": ["scan"]}
    kinds = Kinds({"scanned": policy, "steps": {"scan": {}}})
    created = create(replace(upload_service(InMemoryDocuments()), kinds=kinds))
    assert isinstance(created.upload, PresignedPut)
    assert urlsplit(created.upload.url).path == f"/staging/scan/{OWNER}/{an_id()}"


def test_an_invalid_request_writes_nothing() -> None:
    repository = InMemoryDocuments()
    with pytest.raises(InvalidInput):
        create(upload_service(repository), key="k", size=0)
    assert repository == InMemoryDocuments()


def test_an_exceeded_quota_writes_nothing() -> None:
    repository = InMemoryDocuments()
    full = upload_service(repository, replace(PLENTY, open_uploads=1))
    create(full)
    before = repository.usage(OWNER, NOW)
    with pytest.raises(TooMany):
        create(full, number=1, key="k")
    assert repository.get(OWNER, an_id(1)) is None
    assert repository.usage(OWNER, NOW) == before


def test_a_repeated_create_returns_the_same_document_with_a_new_url() -> None:
    on = upload_service(InMemoryDocuments())
    first, second = create(on, key="k"), create(on, number=60, key="k")
    assert second.document == first.document
    assert isinstance(first.upload, PresignedPut)
    assert isinstance(second.upload, PresignedPut)
    assert second.upload.expires_at == first.upload.expires_at + timedelta(seconds=60)


def test_a_repeated_create_is_counted_once_and_passes_a_full_quota() -> None:
    repository = InMemoryDocuments()
    on = upload_service(repository, replace(PLENTY, open_uploads=1))
    create(on, key="k")
    create(on, number=1, key="k")
    assert repository.usage(OWNER, NOW) == Usage(100, 1, 1, 100)


def test_a_key_reused_for_another_request_is_invalid() -> None:
    on = upload_service(InMemoryDocuments())
    create(on, key="k")
    with pytest.raises(InvalidInput) as refused:
        create(on, number=1, key="k", size=101)
    assert refused.value.code == "idempotency_key_reused"


def test_the_same_key_of_another_owner_creates_another_document() -> None:
    repository = InMemoryDocuments()
    create(upload_service(repository), key="k")
    other = create(upload_service(repository), number=1, key="k", owner=owner_key("somebody-else"), size=101)
    assert other.document.id == an_id(1)


def test_creates_without_a_key_are_different_documents() -> None:
    on = upload_service(InMemoryDocuments())
    assert create(on).document.id != create(on, number=1).document.id


def test_a_repeated_create_after_the_bytes_have_arrived_gets_no_url() -> None:
    repository = InMemoryDocuments()
    on = upload_service(repository)
    arrived(repository, create(on, key="k").document)
    repeated = create(on, number=1, key="k")
    assert repeated.document.status is Status.PROCESSING
    assert repeated.upload is None


def test_a_repeated_create_after_the_deadline_gets_no_url() -> None:
    on = replace(
        upload_service(InMemoryDocuments()), lifetimes=LIFETIMES._replace(upload=timedelta(minutes=1))
    )
    create(on, key="k")
    assert create(on, number=59, key="k").upload is not None
    assert create(on, number=60, key="k").upload is None


def test_an_abort_ends_a_pending_document_and_releases_its_quota() -> None:
    repository = InMemoryDocuments()
    on = upload_service(repository)
    create(on)
    on.abort(OWNER, an_id(), NOW)
    aborted = repository.get(OWNER, an_id())
    assert aborted is not None
    assert aborted.status is Status.ABORTED
    assert repository.usage(OWNER, NOW) == Usage(0, 0, 1, 100)


def test_a_repeated_abort_succeeds_and_releases_nothing_twice() -> None:
    repository = InMemoryDocuments()
    on = upload_service(repository)
    create(on)
    on.abort(OWNER, an_id(), NOW)
    on.abort(OWNER, an_id(), NOW)
    assert repository.usage(OWNER, NOW) == Usage(0, 0, 1, 100)


def test_an_abort_after_the_bytes_have_arrived_is_an_invalid_state() -> None:
    repository = InMemoryDocuments()
    on = upload_service(repository)
    arrived(repository, create(on).document)
    with pytest.raises(WrongState) as refused:
        on.abort(OWNER, an_id(), NOW)
    assert refused.value.code == "invalid_state"


@pytest.mark.parametrize("document_id", [an_id(9), "", "../" + an_id(), "x" * 1_000_000])
def test_an_abort_of_an_unknown_document_is_not_found(document_id: str) -> None:
    with pytest.raises(NotFound):
        upload_service(InMemoryDocuments()).abort(OWNER, document_id, NOW)


def test_an_abort_of_another_owners_document_is_not_found() -> None:
    repository = InMemoryDocuments()
    create(upload_service(repository))
    with pytest.raises(NotFound):
        upload_service(repository).abort(owner_key("somebody-else"), an_id(), NOW)
    assert repository.usage(OWNER, NOW).open_uploads == 1


class Overtaken(InMemoryDocuments):
    """Somebody else writes first, the first `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def apply(self, transition: Transition) -> None:
        if self.times:
            self.times -= 1
            raise Conflict
        super().apply(transition)


def test_an_abort_after_a_conflict_is_decided_again() -> None:
    on = upload_service(repository := Overtaken(times=2))
    create(on)
    on.abort(OWNER, an_id(), NOW)
    assert repository.usage(OWNER, NOW).open_uploads == 0


def test_an_abort_after_too_many_conflicts_is_busy() -> None:
    on = upload_service(repository := Overtaken(times=5))
    create(on)
    with pytest.raises(Unavailable):
        on.abort(OWNER, an_id(), NOW)
    assert repository.usage(OWNER, NOW).open_uploads == 1


def test_a_repeated_create_of_a_purged_document_is_an_invalid_state() -> None:
    on = upload_service(repository := InMemoryDocuments())
    document = create(on, key="a-key").document
    for event in (AbortRequested(), DeleteRequested(NOW), PurgeStarted()):
        decision = decide(document, event, NOW)
        assert isinstance(decision, Transition)
        repository.apply(decision)
        document = decision.after
    with pytest.raises(WrongState) as refused:
        create(on, 1, key="a-key")
    assert refused.value.code == "invalid_state"
