"""The contract of `DocumentRepository` for pages with few matches, searches by name, and changed details."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.events import AbortRequested, DeleteRequested, UpdateRequested
from functions.domain.filename import fold
from functions.domain.repository import Conflict, DocumentRepository, ListQuery, Page
from tests.examples import NOW, OWNER, an_id
from tests.repository_steps import DAY, SECOND, apply_events, create, transition


def pages(repository: DocumentRepository, query: ListQuery) -> Iterator[Page]:
    while True:
        page = repository.page(query)
        yield page
        if page.next_before is None:
            return
        query = replace(query, before=page.next_before)


def list_all(repository: DocumentRepository, query: ListQuery) -> list[str]:
    return [document.id for page in pages(repository, query) for document in page.documents]


@pytest.mark.parametrize(("limit", "status"), [(1, None), (3, Status.PENDING), (50, None)])
def test_a_page_is_empty_only_at_the_end(
    repository: DocumentRepository, limit: int, status: Status | None
) -> None:
    for number in range(40):
        document = create(repository, number)
        if number >= 15:
            apply_events(repository, document, AbortRequested(), DeleteRequested(NOW + DAY))
    *full, last = pages(repository, ListQuery(OWNER, limit, status=status))
    assert all(page.documents and not page.is_incomplete for page in full)
    assert not last.is_incomplete
    found = [document.id for page in (*full, last) for document in page.documents]
    assert found == [an_id(number) for number in reversed(range(15))]


NAMES = {
    "cat.png": "A cat",
    "CATALOGUE.pdf": "Spring",
    "Straße.txt": "Road",
    "re\u0301sume\u0301.txt": "CV",
    "invoice 7.pdf": "The Cat's bill",
    "100%_[a].txt": "Signs",
}


@pytest.mark.parametrize(
    ("part", "found"),
    [
        ("cat", ["cat.png", "CATALOGUE.pdf", "invoice 7.pdf"]),
        ("CAT.", ["cat.png"]),
        ("STRASSE", ["Straße.txt"]),
        ("Résumé", ["re\u0301sume\u0301.txt"]),
        ("RE\u0301S", ["re\u0301sume\u0301.txt"]),
        ("resume", []),
        ("%_[", ["100%_[a].txt"]),
        (".*", []),
        (" ", ["cat.png", "invoice 7.pdf"]),
    ],
)
def test_a_search_finds_parts_of_names_and_titles_in_any_case(
    repository: DocumentRepository, part: str, found: list[str]
) -> None:
    for number, (name, title) in enumerate(NAMES.items()):
        create(repository, number, file_name=name, title=title)
    expected = [an_id(number) for number, name in enumerate(NAMES) if name in found]
    for limit in (1, 10):
        query = ListQuery(OWNER, limit, name_contains=fold(part))
        assert list_all(repository, query) == sorted(expected, reverse=True)


def test_a_search_can_be_combined_with_filters(repository: DocumentRepository) -> None:
    for number in range(6):
        document = create(repository, number, file_name="cat.png" if number % 2 else "dog.png", title="Pet")
        if number > 2:
            apply_events(repository, document, AbortRequested())
    query = ListQuery(OWNER, 1, status=Status.ABORTED, kind="image", name_contains="cat")
    assert list_all(repository, query) == [an_id(5), an_id(3)]
    assert list_all(repository, replace(query, kind="photo")) == []


def rename(document: Document) -> UpdateRequested:
    return UpdateRequested(
        revisions=frozenset({document.revision}), file_name="dog.png", title="A dog", metadata={"a": "b"}
    )


def test_changed_details_are_stored_with_their_history(repository: DocumentRepository) -> None:
    document = create(repository)
    change = transition(document, rename(document))
    repository.apply(change)
    found = repository.get(OWNER, document.id)
    assert found == change.after
    assert found.details == ("dog.png", "A dog", {"a": "b"})
    assert found.history[-1] == HistoryEntry(
        Status.PENDING, NOW + SECOND, changed=("file_name", "title", "metadata")
    )
    assert list_all(repository, ListQuery(OWNER, 10, name_contains="dog")) == [document.id]
    assert list_all(repository, ListQuery(OWNER, 10, name_contains="cat")) == []


def test_a_change_of_an_old_revision_is_a_conflict(repository: DocumentRepository) -> None:
    document = create(repository)
    change = transition(document, rename(document))
    apply_events(repository, document, AbortRequested())
    with pytest.raises(Conflict):
        repository.apply(change)
