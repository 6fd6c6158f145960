"""DocumentService.update and list: conditional changes, concurrent changes, and cursors of a search."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from functions.domain.details import DetailsPatch
from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.errors import InvalidInput, NotFound, Unavailable, WrongState
from functions.domain.events import Transition
from functions.domain.keys import owner_key
from functions.domain.repository import Conflict, DocumentRepository
from functions.services.documents import DocumentService
from functions.signing.delivery import S3Delivery
from tests.examples import NOW, OWNER, PLENTY, SIGNER, a_document, an_id
from tests.fakes import InMemoryDocuments


@dataclass
class BusyDocuments(InMemoryDocuments):
    """Another client writes before each of the first writes; `others` are these changes."""

    others: list[Callable[[Document], Document]] = field(default_factory=list)

    def apply(self, transition: Transition) -> None:
        if self.others:
            key = (transition.after.owner, transition.after.id)
            current = self.get(*key)
            assert current is not None
            changed = self.others.pop(0)(current)
            super().apply(Transition(current, replace(changed, revision=current.revision + 1)))
            raise Conflict
        super().apply(transition)


def service(repository: DocumentRepository, *documents: Document) -> DocumentService:
    for document in documents or (a_document(),):
        repository.create(document, PLENTY, None, NOW)
    return DocumentService(
        repository=repository, delivery=S3Delivery(lambda: SIGNER), download_lifetime=300, restore_window=600
    )


def test_an_update_without_a_condition_changes_any_revision() -> None:
    on = service(InMemoryDocuments(), a_document(revision=5))
    after = on.update(OWNER, an_id(), DetailsPatch(title="New"), now=NOW)
    assert (after.title, after.revision) == ("New", 6)
    assert on.get(OWNER, an_id()) == after


def test_an_update_with_a_condition_changes_only_that_revision() -> None:
    on = service(InMemoryDocuments())
    after = on.update(OWNER, an_id(), DetailsPatch(title="New"), revisions=frozenset({1}), now=NOW)
    with pytest.raises(WrongState) as error:
        on.update(OWNER, an_id(), DetailsPatch(title="Newer"), revisions=frozenset({1}), now=NOW)
    assert error.value.code == "precondition_failed"
    assert on.get(OWNER, an_id()) == after


def test_an_update_can_be_repeated_after_a_lost_response() -> None:
    on = service(InMemoryDocuments())
    patch = DetailsPatch(file_name="dog.png", metadata={"a": "1"})
    first = on.update(OWNER, an_id(), patch, revisions=frozenset({1}), now=NOW)
    assert on.update(OWNER, an_id(), patch, revisions=frozenset({1}), now=NOW) == first


def test_a_concurrent_change_is_kept_by_an_update_without_a_condition() -> None:
    repository = BusyDocuments(others=[lambda document: replace(document, metadata={"theirs": "1"})])
    on = service(repository)
    after = on.update(OWNER, an_id(), DetailsPatch(metadata={"ours": "2"}), now=NOW)
    assert after.metadata == {"theirs": "1", "ours": "2"}


def test_two_concurrent_updates_cannot_exceed_the_size_of_metadata() -> None:
    repository = BusyDocuments(others=[lambda document: replace(document, metadata={"a": "x" * 8000})])
    on = service(repository)
    with pytest.raises(InvalidInput):
        on.update(OWNER, an_id(), DetailsPatch(metadata={"b": "y" * 500}), now=NOW)


def test_a_concurrent_change_fails_an_update_with_a_condition() -> None:
    repository = BusyDocuments(others=[lambda document: replace(document, title="Theirs")])
    on = service(repository)
    with pytest.raises(WrongState) as error:
        on.update(OWNER, an_id(), DetailsPatch(metadata={"a": "1"}), revisions=frozenset({1}), now=NOW)
    assert error.value.code == "precondition_failed"


def test_a_concurrent_change_that_the_condition_allows_is_kept() -> None:
    repository = BusyDocuments(others=[lambda document: replace(document, metadata={"theirs": "1"})])
    on = service(repository)
    patch = DetailsPatch(metadata={"ours": "2"})
    after = on.update(OWNER, an_id(), patch, revisions=frozenset({1, 2}), now=NOW)
    assert after.metadata == {"theirs": "1", "ours": "2"}


def test_an_update_of_a_document_that_never_rests_is_busy() -> None:
    others = [lambda document: replace(document, failures=document.failures + 1) for _ in range(9)]
    with pytest.raises(Unavailable) as error:
        service(BusyDocuments(others=others)).update(OWNER, an_id(), DetailsPatch(title="New"), now=NOW)
    assert (error.value.code, error.value.retry_after) == ("busy", 1)


def test_a_deleted_document_cannot_be_changed() -> None:
    history = (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.ABORTED, NOW))
    on = service(InMemoryDocuments(), a_document(status=Status.ABORTED, history=history))
    on.delete(OWNER, an_id(), NOW)
    with pytest.raises(WrongState) as error:
        on.update(OWNER, an_id(), DetailsPatch(title="New"), now=NOW)
    assert error.value.code == "invalid_state"


@pytest.mark.parametrize("status", [Status.PURGING, Status.PURGED])
def test_a_purged_document_is_not_found(status: Status) -> None:
    on = service(InMemoryDocuments(), a_document(status=status))
    with pytest.raises(NotFound):
        on.update(OWNER, an_id(), DetailsPatch(title="New"), now=NOW)


def test_only_the_owner_can_change_a_document() -> None:
    on = service(InMemoryDocuments())
    with pytest.raises(NotFound):
        on.update(owner_key("somebody-else"), an_id(), DetailsPatch(title="New"), now=NOW)
    assert on.get(OWNER, an_id()) == a_document()


def test_a_download_has_the_new_name() -> None:
    ready = a_document(status=Status.READY, content_type="image/png", stored_version="d1")
    on = service(InMemoryDocuments(), ready)
    on.update(OWNER, an_id(), DetailsPatch(file_name="dog.png"), now=NOW)
    download = on.download(OWNER, an_id(), inline=False, now=NOW)
    assert download.content.file_name == "dog.png"
    assert "dog.png" in download.signed.url


def test_a_cursor_of_a_search_is_valid_for_that_search_only() -> None:
    on = service(InMemoryDocuments(), *(a_document(id=an_id(number)) for number in range(3)))
    cursor = on.list(OWNER, name_contains="CAT", limit=1).next_cursor
    assert on.list(OWNER, name_contains="cat", limit=1, after=cursor).documents == (a_document(id=an_id(1)),)
    for other in ({}, {"name_contains": "ca"}, {"kind": "cat"}):
        with pytest.raises(InvalidInput):
            on.list(OWNER, **other, limit=1, after=cursor)  # type: ignore[arg-type]


def test_a_cut_listing_continues_after_its_last_document() -> None:
    on = service(InMemoryDocuments(), *(a_document(id=an_id(number)) for number in range(5)))
    listing = replace(on.list(OWNER, limit=4), is_incomplete=True)
    assert listing.cut(4) is listing
    cut = listing.cut(2)
    assert not cut.is_incomplete
    assert [document.id for document in cut.documents] == [an_id(4), an_id(3)]
    rest = on.list(OWNER, limit=9, after=cut.next_cursor)
    assert [document.id for document in rest.documents] == [an_id(2), an_id(1), an_id(0)]
    assert rest.next_cursor is None
