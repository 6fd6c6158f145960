"""Batches: what is created, what a repeat returns, and what becomes of the multipart uploads."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from functions.domain.callers import Caller
from functions.domain.codes import Code
from functions.domain.document import Method
from functions.domain.errors import AirlockError, InvalidInput, Unavailable
from functions.domain.events import AbortRequested, DeleteRequested, PurgeStarted, Transition
from functions.domain.states import decide
from functions.domain.validation import InvalidRequest, UploadRequest
from functions.services.uploads import CreateResult, PresignedParts, UploadService
from functions.signing.presigning import PresignedPut
from functions.signing.sigv4 import SignedForm
from tests.examples import NOW, OWNER, PLENTY, an_id
from tests.fake_multipart import InMemoryMultipartStore
from tests.fakes import InMemoryDocuments
from tests.upload_requests import make_request, upload_service

Items = list[UploadRequest | InvalidRequest]
NOT_A_REQUEST = InvalidRequest('{"size": "1"}', InvalidInput(Code.VALIDATION_FAILED, "Wrong."))


def create_batch(
    service: UploadService, *requests: UploadRequest | InvalidRequest, first: int = 0, key: str | None = None
) -> list[CreateResult | AirlockError]:
    """Creates a batch whose documents have the ids from `an_id(first)` on."""
    ids = [an_id(first + number) for number in range(len(requests))]
    return service.create_batch(
        requests, caller=Caller(OWNER), document_ids=ids, idempotency_key=key, now=NOW
    )


def created_ids(results: Sequence[CreateResult | AirlockError]) -> list[str | Code]:
    """Returns the document id or the code of each result."""
    return [result.code if isinstance(result, AirlockError) else result.document.id for result in results]


def multipart(**changes: Any) -> UploadRequest:
    return make_request(method=Method.MULTIPART, **changes)


def test_each_document_of_a_batch_has_its_upload() -> None:
    repository = InMemoryDocuments()
    requests: Items = [make_request(), make_request(method=Method.POST), multipart()]
    results = create_batch(upload_service(repository), *requests)
    uploads = [result.upload for result in results if isinstance(result, CreateResult)]
    assert [type(upload) for upload in uploads] == [PresignedPut, SignedForm, PresignedParts]
    assert created_ids(results) == [an_id(0), an_id(1), an_id(2)]
    assert repository.usage(OWNER, NOW).open_uploads == 3


def test_a_multipart_upload_of_a_batch_has_no_part_urls() -> None:
    [result] = create_batch(upload_service(InMemoryDocuments()), multipart())
    assert isinstance(result, CreateResult)
    assert isinstance(result.upload, PresignedParts)
    assert list(result.upload.first_batch.parts) == []
    assert result.upload.plan.part_count == 1


def test_an_invalid_request_has_the_error_of_a_create_and_the_others_are_created() -> None:
    requests: Items = [make_request(size=0), make_request(), NOT_A_REQUEST, make_request(file_name="")]
    results = create_batch(upload_service(InMemoryDocuments()), *requests)
    assert created_ids(results) == ["size_too_small", an_id(1), "validation_failed", "filename_invalid"]


def test_a_repeated_batch_returns_all_results_of_the_first() -> None:
    repository = InMemoryDocuments()
    service = upload_service(repository, replace(PLENTY, open_uploads=2))
    requests: Items = [NOT_A_REQUEST, make_request(), make_request(size=0), make_request(), make_request()]
    first = create_batch(service, *requests, key="k")
    again = create_batch(service, *requests, first=10, key="k")
    expected = ["validation_failed", an_id(1), "size_too_small", an_id(3), "too_many_open_uploads"]
    assert created_ids(first) == created_ids(again) == expected
    assert again[0] is NOT_A_REQUEST.error
    assert repository.usage(OWNER, NOW).open_uploads == 2


@pytest.mark.parametrize(
    "other",
    [
        [make_request()],
        [make_request(), make_request(), make_request()],
        [make_request(), make_request(size=2)],
        [make_request(), NOT_A_REQUEST],
    ],
)
def test_a_key_reused_for_another_batch_is_invalid(other: list[UploadRequest | InvalidRequest]) -> None:
    store = InMemoryMultipartStore()
    service = upload_service(InMemoryDocuments(), multipart=store)
    create_batch(service, make_request(), make_request(), key="k")
    with pytest.raises(InvalidInput) as error:
        create_batch(service, *other, first=10, key="k")
    assert error.value.code == "idempotency_key_reused"


def test_a_key_of_a_create_is_not_one_of_a_batch_with_the_same_file() -> None:
    service = upload_service(InMemoryDocuments())
    service.create(make_request(), caller=Caller(OWNER), document_id=an_id(), idempotency_key="k", now=NOW)
    with pytest.raises(InvalidInput):
        create_batch(service, make_request(), first=1, key="k")


def test_a_key_of_a_batch_is_not_one_of_a_create_with_the_same_file() -> None:
    service = upload_service(InMemoryDocuments())
    create_batch(service, make_request(), key="k")
    with pytest.raises(InvalidInput):
        service.create(
            make_request(), caller=Caller(OWNER), document_id=an_id(1), idempotency_key="k", now=NOW
        )


def test_a_purged_document_is_the_error_of_its_own_result_in_a_repeat() -> None:
    repository = InMemoryDocuments()
    service = upload_service(repository)
    create_batch(service, make_request(), make_request(), key="k")
    document = repository.get(OWNER, an_id(0))
    for event in (AbortRequested(), DeleteRequested(NOW), PurgeStarted()):
        assert document is not None
        decision = decide(document, event, NOW)
        assert isinstance(decision, Transition)
        repository.apply(decision)
        document = decision.after
    again = create_batch(service, make_request(), make_request(), first=10, key="k")
    assert created_ids(again) == ["invalid_state", an_id(1)]


def test_uploads_of_documents_that_the_limits_leave_out_are_aborted() -> None:
    store = InMemoryMultipartStore()
    service = upload_service(InMemoryDocuments(), replace(PLENTY, open_uploads=2), store)
    create_batch(service, make_request())
    results = create_batch(service, multipart(), multipart(), multipart(), first=1)
    assert created_ids(results) == [an_id(1), "too_many_open_uploads", "too_many_open_uploads"]
    [result] = [each for each in results if isinstance(each, CreateResult)]
    assert list(store.open) == [result.document.upload_id]


def test_no_upload_is_begun_for_files_that_an_unused_account_has_no_room_for() -> None:
    store = CountingStore()
    service = upload_service(InMemoryDocuments(), replace(PLENTY, open_uploads=1), store)
    create_batch(service, multipart(), multipart(), multipart(size=0))
    assert store.begun == 1


def test_the_uploads_of_a_repeated_batch_are_aborted() -> None:
    store = InMemoryMultipartStore()
    service = upload_service(InMemoryDocuments(), multipart=store)
    create_batch(service, multipart(), key="k")
    before = list(store.open)
    create_batch(service, multipart(), first=10, key="k")
    assert list(store.open) == before


@dataclass
class CountingStore(InMemoryMultipartStore):
    """Fails with the create number `failing`."""

    begun: int = 0
    failing: int | None = None

    def create(self, key: str, content_type: str, *, part_checksums: bool) -> str:
        self.begun += 1
        if self.begun == self.failing:
            raise Unavailable(Code.STORAGE_UNAVAILABLE)
        return super().create(key, content_type, part_checksums=part_checksums)


def test_if_one_upload_cannot_be_begun_all_are_aborted_and_nothing_is_created() -> None:
    store, repository = CountingStore(failing=2), InMemoryDocuments()
    service = upload_service(repository, multipart=store)
    with pytest.raises(Unavailable):
        create_batch(service, multipart(), multipart(), multipart(), make_request(), key="k")
    assert store.open == {}
    assert repository == InMemoryDocuments()


class LostResponse(InMemoryDocuments):
    """Writes the batch, then its response is lost."""

    def create_batch(self, *arguments: Any) -> Any:
        super().create_batch(*arguments)
        raise Unavailable(Code.STORAGE_UNAVAILABLE)


def test_if_the_outcome_is_unknown_no_upload_is_aborted() -> None:
    store = InMemoryMultipartStore()
    with pytest.raises(Unavailable):
        create_batch(upload_service(LostResponse(), multipart=store), multipart(), multipart())
    assert len(store.open) == 2
