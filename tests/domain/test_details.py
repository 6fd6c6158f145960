"""Changes of file name, title and metadata: what a patch means, which documents allow it, and what stays."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from functions.domain.details import DetailsPatch, check_metadata, plan_update
from functions.domain.document import Document, HistoryEntry, Status
from functions.domain.errors import InvalidInput
from functions.domain.events import (
    AbortRequested,
    AttemptEnded,
    AttemptOutcome,
    DeleteRequested,
    Event,
    Ignored,
    ObjectArrived,
    RestoreRequested,
    Transition,
)
from functions.domain.states import MAX_HISTORY, decide
from tests.examples import NOW, a_document, an_id

LATER = NOW + timedelta(hours=1)


def update(document: Document, patch: DetailsPatch) -> Document:
    return apply(document, plan_update(document, patch, frozenset({document.revision})))


def apply(document: Document, event: Event, now: datetime = LATER) -> Document:
    decision = decide(document, event, now)
    assert isinstance(decision, Transition), decision
    return decision.after


def rejection(document: Document, patch: DetailsPatch) -> tuple[str, str | None]:
    with pytest.raises(InvalidInput) as error:
        update(document, patch)
    return error.value.code, error.value.field


def test_only_the_named_details_change() -> None:
    document = a_document(metadata={"a": "1", "b": "2"}, revision=7)
    after = update(document, DetailsPatch(file_name="dog.png"))
    assert after.details == ("dog.png", "A cat", {"a": "1", "b": "2"})
    after = update(document, DetailsPatch(title="A dog"))
    assert after.details == ("cat.png", "A dog", {"a": "1", "b": "2"})
    after = update(document, DetailsPatch(metadata={"a": None, "b": "3", "c": "4"}))
    assert after.details == ("cat.png", "A cat", {"b": "3", "c": "4"})
    assert (after.revision, after.updated_at) == (8, LATER)
    assert replace(after, metadata=document.metadata, history=document.history) == replace(
        document, revision=8, updated_at=LATER
    )


def test_a_title_that_equals_the_file_name_follows_it() -> None:
    document = a_document(title="cat.png")
    assert update(document, DetailsPatch(file_name="dog.png")).title == "dog.png"
    assert update(document, DetailsPatch(file_name="dog.png", title="A dog")).title == "A dog"


def test_an_empty_title_stands_for_the_file_name() -> None:
    assert update(a_document(), DetailsPatch(title="")).title == "cat.png"
    assert update(a_document(), DetailsPatch(title="", file_name="dog.png")).title == "dog.png"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("cat.pdf", "extension_mismatch"),
        ("cat.html", "extension_mismatch"),
        ("", "filename_invalid"),
        ("..", "filename_invalid"),
        ("a\nb.png", "filename_invalid"),
        ("a" * 256, "filename_invalid"),
    ],
)
def test_a_file_name_follows_the_rules_of_a_create(name: str, code: str) -> None:
    assert rejection(a_document(), DetailsPatch(file_name=name)) == (code, "fileName")


def test_a_file_name_is_cleaned_as_in_a_create() -> None:
    assert update(a_document(), DetailsPatch(file_name="C:\\pets\\do\u0308g.png")).file_name == "dög.png"


def test_the_extension_is_compared_with_the_declared_type_even_if_the_file_was_something_else() -> None:
    document = a_document(status=Status.REJECTED, content_type="text/html", reason="type_mismatch")
    assert update(document, DetailsPatch(file_name="dog.png")).file_name == "dog.png"
    assert rejection(document, DetailsPatch(file_name="dog.html"))[0] == "extension_mismatch"


def test_a_file_may_get_the_extension_of_its_detected_type() -> None:
    document = a_document(status=Status.READY, content_type="image/jpeg")
    for name in ("dog.jpg", "dog.png"):
        assert update(document, DetailsPatch(file_name=name)).file_name == name


def test_a_name_and_metadata_that_stay_are_not_checked_again() -> None:
    document = a_document(file_name="cat.pdf", metadata={"a": "x" * 9000})
    after = update(document, DetailsPatch(file_name="cat.pdf", title="New"))
    assert (after.file_name, after.title) == ("cat.pdf", "New")
    assert rejection(document, DetailsPatch(metadata={"b": "1"})) == ("metadata_too_large", "metadata")


def test_the_size_of_metadata_is_that_of_its_keys_and_values_in_utf_8() -> None:
    check_metadata({f"{number:02}": "x" * 510 for number in range(16)})  # 8,192 bytes
    check_metadata({f"{number:02}": "\U0001f600" * 127 + "xx" for number in range(16)})
    for too_large in ({"k": "x" * 8192}, {"\U0001f600": "x" * 8189}, {str(n): "" for n in range(21)}):
        with pytest.raises(InvalidInput) as error:
            check_metadata(too_large)
        assert (error.value.code, error.value.field) == ("metadata_too_large", "metadata")


IN_PROGRESS_OR_AT_REST = set(Status) - {Status.DELETED, Status.PURGING, Status.PURGED}


@pytest.mark.parametrize("status", Status)
def test_details_change_in_every_status_but_those_of_a_deleted_document(status: Status) -> None:
    document = a_document(status=status, history=(HistoryEntry(Status.PENDING, NOW),) * 2)
    event = plan_update(document, DetailsPatch(title="New"), frozenset({document.revision}))
    decision = decide(document, event, LATER)
    if status in IN_PROGRESS_OR_AT_REST:
        assert isinstance(decision, Transition)
        assert (decision.after.status, decision.after.title) == (status, "New")
        assert (decision.reserved_bytes, decision.open_uploads) == (0, 0)
    else:
        assert decision is Ignored.WRONG_STATE


def test_an_update_of_another_revision_changes_nothing() -> None:
    document = a_document(revision=3)
    event = plan_update(document, DetailsPatch(title="New"), frozenset({2, 4}))
    assert decide(document, event, LATER) is Ignored.STALE_REVISION


def test_an_update_that_is_there_already_is_applied_whatever_its_revision() -> None:
    event = plan_update(a_document(), DetailsPatch(title="A cat"), frozenset())
    assert decide(a_document(), event, LATER) is Ignored.ALREADY_APPLIED


def test_the_history_names_the_changed_fields_and_keeps_the_status() -> None:
    after = update(a_document(), DetailsPatch(file_name="dog.png", metadata={"a": "1"}))
    assert after.history[-1] == HistoryEntry(Status.PENDING, LATER, changed=("file_name", "metadata"))


def test_an_update_while_the_upload_is_open_does_not_move_the_end_of_its_urls() -> None:
    """The sweep deletes staged bytes after the last URL has expired, which it counts from the end of `pending`."""
    document = update(a_document(), DetailsPatch(title="New"))
    assert document.left_pending_at is None
    arrived = apply(document, ObjectArrived("v1"), LATER + timedelta(hours=1))
    assert arrived.left_pending_at == LATER + timedelta(hours=1)
    assert update(arrived, DetailsPatch(title="Newer")).left_pending_at == arrived.left_pending_at


def test_an_update_of_a_completing_document_has_a_status_that_clients_know() -> None:
    after = update(a_document(status=Status.COMPLETING), DetailsPatch(title="New"))
    assert (after.status, after.history[-1].status) == (Status.COMPLETING, Status.PENDING)


def test_an_update_does_not_change_when_a_document_became_ready() -> None:
    processing = apply(a_document(), ObjectArrived("v1"), NOW)
    ready = apply(processing, AttemptEnded(attempt=1, outcome=AttemptOutcome.COMPLETED), NOW)
    after = update(ready, DetailsPatch(title="New"))
    assert after.shown_steps == ready.shown_steps
    assert {step.at for step in after.shown_steps} == {NOW}


def test_a_restore_after_updates_brings_back_status_and_reason() -> None:
    rejected = a_document(
        status=Status.REJECTED,
        reason="type_mismatch",
        history=(HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.REJECTED, NOW, "type_mismatch")),
    )
    deleted = apply(update(rejected, DetailsPatch(title="New")), DeleteRequested(LATER + timedelta(days=1)))
    assert deleted.effective_status is Status.REJECTED
    restored = apply(deleted, RestoreRequested())
    assert (restored.status, restored.reason) == (Status.REJECTED, "type_mismatch")


def test_many_updates_do_not_push_changes_of_status_out_of_the_history() -> None:
    document = a_document(id=an_id(1))
    for number in range(MAX_HISTORY + 5):
        document = update(document, DetailsPatch(title=f"Title {number}"))
    document = apply(document, AbortRequested())
    assert len(document.history) == MAX_HISTORY
    assert [entry.status for entry in document.status_changes] == [Status.PENDING, Status.ABORTED]
    assert document.history[0] == HistoryEntry(Status.PENDING, NOW)
    assert document.history[-1].status is Status.ABORTED
