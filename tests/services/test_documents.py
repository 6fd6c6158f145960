"""List, get, download, delete and restore: only one's own documents, and only the content of those that are ready."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.domain.content import StoredContent
from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.errors import InvalidInput, NotFound, WrongState
from functions.domain.keys import documents_key, owner_key
from functions.domain.readiness import retry_after
from functions.services.documents import DocumentService, Download
from functions.signing.delivery import S3Delivery
from tests.examples import NOW, OWNER, PLENTY, PNG, SIGNER, a_document, an_id
from tests.fakes import InMemoryDocuments
from tests.repository_steps import a_passed_step, a_waiting_step, rendition_facts

STRANGER = owner_key("somebody-else")
WEEK = 604_800


def document_service(*documents: Document) -> DocumentService:
    repository = InMemoryDocuments()
    for document in documents:
        repository.create(document, PLENTY, None, NOW)
    return DocumentService(
        repository=repository, delivery=S3Delivery(lambda: SIGNER), download_lifetime=300, restore_window=WEEK
    )


def walk(
    on: DocumentService, limit: int, status: Status | None = None, kind: str | None = None
) -> Iterator[str]:
    page = on.list(OWNER, status=status, kind=kind, limit=limit)
    while True:
        assert len(page.documents) <= limit
        yield from (document.id for document in page.documents)
        if page.next_cursor is None:
            return
        page = on.list(OWNER, status=status, kind=kind, limit=limit, after=page.next_cursor)


def ready(number: int = 0) -> Document:
    return a_document(
        id=an_id(number),
        status=Status.READY,
        content_type="image/png",
        sha256="ab" * 32,
        stored_version="d1",
    )


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_paging_returns_each_document_once_newest_first(limit: int) -> None:
    on = document_service(*(a_document(id=an_id(number)) for number in (3, 1, 5, 2, 4)))
    assert list(walk(on, limit)) == [an_id(number) for number in (5, 4, 3, 2, 1)]


def test_a_filter_excludes_other_documents() -> None:
    on = document_service(ready(1), a_document(id=an_id(2)), replace(ready(3), kind="photo"), ready(4))
    assert list(walk(on, 1, status=Status.READY)) == [an_id(4), an_id(3), an_id(1)]
    assert list(walk(on, 1, kind="image")) == [an_id(4), an_id(2), an_id(1)]
    assert list(walk(on, 1, status=Status.READY, kind="photo")) == [an_id(3)]


def test_a_list_excludes_documents_of_other_owners() -> None:
    on = document_service(ready(1), replace(ready(2), owner=STRANGER))
    assert list(walk(on, 10)) == [an_id(1)]


def test_a_cursor_is_valid_only_for_its_own_list() -> None:
    on = document_service(ready(1), ready(2))
    cursor = on.list(OWNER, limit=1).next_cursor
    assert cursor is not None
    with pytest.raises(InvalidInput):
        on.list(OWNER, status=Status.READY, limit=1, after=cursor)
    with pytest.raises(InvalidInput):
        on.list(STRANGER, limit=1, after=cursor)


def test_only_the_owner_finds_a_document() -> None:
    on = document_service(ready())
    assert on.get(OWNER, an_id()) == ready()
    with pytest.raises(NotFound):
        on.get(STRANGER, an_id())
    with pytest.raises(NotFound):
        on.download(STRANGER, an_id(), inline=False, now=NOW)


@pytest.mark.parametrize("document_id", [an_id(9), "", "..", an_id().upper(), f"{an_id()}\n", "\u0661" * 36])
def test_an_unknown_id_is_not_found(document_id: str) -> None:
    with pytest.raises(NotFound) as refused:
        document_service(ready()).get(OWNER, document_id)
    assert refused.value.code == "document_not_found"


def test_a_ready_document_can_be_downloaded() -> None:
    download = document_service(ready()).download(OWNER, an_id(), inline=True, now=NOW)
    content = download.content
    assert (content.file_name, content.content_type, content.sha256) == ("cat.png", "image/png", "ab" * 32)
    assert content.size == len(PNG)
    assert urlsplit(download.signed.url).path == f"/{documents_key(OWNER, an_id())}"
    assert "versionId=d1" in download.signed.url
    assert "inline" in download.signed.url
    assert download.signed.expires_at == NOW + timedelta(seconds=300)


def with_renditions(stored_version: str | None = "d1") -> Document:
    """Returns a ready document with the renditions `page` and `thumb`, in this order."""
    paged = a_passed_step("pages", renditions={"page": rendition_facts("r1", size=20)})
    thumb = rendition_facts("r2", size=7, width=3, height=2, contentType="image/png", sha256="cd" * 32)
    steps = (a_passed_step("check"), paged, a_passed_step("render", renditions={"thumb": thumb}))
    return replace(ready(), stored_version=stored_version, steps=steps)


def download(document: Document, rendition: str | None = None) -> Download:
    service = document_service(document)
    return service.download(OWNER, an_id(), rendition=rendition, inline=True, now=NOW)


def test_a_rendition_is_downloaded_by_its_name() -> None:
    found = download(with_renditions(), "thumb")
    assert found.content == StoredContent(
        key=f"renditions/{OWNER}/{an_id()}/render/thumb",
        version="r2",
        content_type="image/png",
        file_name="cat-thumb.png",
        size=7,
        sha256="cd" * 32,
    )
    assert urlsplit(found.signed.url).path == f"/{found.content.key}"
    assert parse_qs(urlsplit(found.signed.url).query)["versionId"] == ["r2"]


def test_a_download_without_a_name_is_of_the_original() -> None:
    assert download(with_renditions()).content.version == "d1"


def test_without_an_original_the_first_rendition_is_downloaded() -> None:
    document = with_renditions(stored_version=None)
    assert download(document).content.version == "r1"
    assert download(document, "thumb").content.version == "r2"


@pytest.mark.parametrize("name", ["other", "", "check", "../thumb", "THUMB"])
def test_a_rendition_that_does_not_exist_is_not_found(name: str) -> None:
    with pytest.raises(NotFound) as refused:
        download(with_renditions(), name)
    assert refused.value.code == "rendition_not_found"


def test_a_rendition_is_downloaded_only_when_the_document_is_ready() -> None:
    for status, code in ((Status.PROCESSING, "not_ready"), (Status.REJECTED, "rejected")):
        with pytest.raises(WrongState) as refused:
            download(replace(with_renditions(), status=status), "thumb")
        assert refused.value.code == code


def test_a_rendition_of_a_step_that_has_not_passed_is_not_found() -> None:
    facts = {"renditions": {"thumb": rendition_facts()}}
    waiting = replace(a_waiting_step(NOW, "render"), facts=facts)
    with pytest.raises(NotFound):
        download(replace(ready(), steps=(waiting,)), "thumb")


def test_a_document_that_waits_for_a_worker_is_not_ready() -> None:
    waiting = a_waiting_step(NOW + timedelta(minutes=10))
    document = a_document(status=Status.PROCESSING, staged_version="v1", attempt=1, steps=(waiting,))
    with pytest.raises(WrongState) as refused:
        download(document)
    assert (refused.value.code, refused.value.retry_after) == ("not_ready", 1)
    assert "processing" in refused.value.detail


@pytest.mark.parametrize(
    ("status", "code", "seconds"),
    [
        (Status.PENDING, "not_ready", 1),
        (Status.COMPLETING, "not_ready", 1),
        (Status.PROCESSING, "not_ready", 1),
        (Status.REJECTED, "rejected", None),
        (Status.FAILED, "invalid_state", None),
        (Status.ABORTED, "invalid_state", None),
        (Status.EXPIRED, "invalid_state", None),
    ],
)
def test_only_a_ready_document_can_be_downloaded(status: Status, code: str, seconds: int | None) -> None:
    on = document_service(replace(ready(), status=status, reason="type_mismatch"))
    with pytest.raises(WrongState) as refused:
        on.download(OWNER, an_id(), inline=False, now=NOW)
    assert (refused.value.code, refused.value.retry_after) == (code, seconds)


def test_completing_is_shown_as_processing() -> None:
    on = document_service(
        replace(ready(1), status=Status.COMPLETING), replace(ready(2), status=Status.PROCESSING), ready(3)
    )
    assert list(walk(on, 1, status=Status.PROCESSING)) == [an_id(2), an_id(1)]
    with pytest.raises(WrongState, match="is processing"):
        on.download(OWNER, an_id(1), inline=False, now=NOW)


@pytest.mark.parametrize(("size", "seconds"), [(1, 1), (70 * 1024**2, 2), (700 * 1024**2, 11), (1 << 45, 30)])
def test_retry_after_grows_with_the_size_up_to_30_seconds(size: int, seconds: int) -> None:
    assert retry_after(a_document(size=size)) == seconds


def test_a_deleted_document_can_be_read_and_restored_but_not_downloaded() -> None:
    history = (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.READY, NOW))
    on = document_service(replace(ready(), history=history))
    on.delete(OWNER, an_id(), NOW)
    on.delete(OWNER, an_id(), NOW + timedelta(days=1))
    found = on.get(OWNER, an_id())
    assert (found.status, found.purge_after) == (Status.DELETED, NOW + timedelta(seconds=WEEK))
    assert list(walk(on, 10)) == []
    with pytest.raises(NotFound):
        on.download(OWNER, an_id(), inline=False, now=NOW)

    assert on.restore(OWNER, an_id(), NOW).status is Status.READY
    assert on.restore(OWNER, an_id(), NOW).status is Status.READY
    assert on.download(OWNER, an_id(), inline=False, now=NOW).content.version == "d1"


def test_a_restore_after_its_window_is_gone() -> None:
    on = document_service(ready())
    on.delete(OWNER, an_id(), NOW)
    with pytest.raises(WrongState) as refused:
        on.restore(OWNER, an_id(), NOW + timedelta(seconds=WEEK))
    assert refused.value.code == "restore_expired"


@pytest.mark.parametrize("status", [Status.PENDING, Status.COMPLETING, Status.PROCESSING])
def test_a_document_in_progress_can_be_neither_deleted_nor_restored(status: Status) -> None:
    on = document_service(replace(ready(), status=status))
    for call in (on.delete, on.restore):
        with pytest.raises(WrongState) as refused:
            call(OWNER, an_id(), NOW)
        assert refused.value.code == "invalid_state"


@pytest.mark.parametrize("status", [Status.PURGING, Status.PURGED])
def test_a_purged_document_does_not_exist(status: Status) -> None:
    on = document_service(replace(ready(), status=status))
    calls: list[Callable[[], object]] = [
        lambda: on.get(OWNER, an_id()),
        lambda: on.delete(OWNER, an_id(), NOW),
        lambda: on.restore(OWNER, an_id(), NOW),
        lambda: on.download(OWNER, an_id(), inline=False, now=NOW),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()
    assert list(walk(on, 10)) == []


def test_only_the_owner_can_delete_or_restore() -> None:
    on = document_service(ready())
    for call in (on.delete, on.restore):
        with pytest.raises(NotFound):
            call(STRANGER, an_id(), NOW)
    assert on.get(OWNER, an_id()) == ready()
