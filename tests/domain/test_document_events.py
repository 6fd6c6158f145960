"""The content of an event: what it tells about the document, and when it names the stored object."""

from dataclasses import replace

import pytest

from functions.domain.document import HistoryEntry, Status
from functions.domain.document_events import build_event
from tests.examples import BUCKET, NOW, OWNER, a_document, a_document_at_rest, an_id

READY = replace(a_document_at_rest(Status.READY), stored_version="v2")


def test_a_ready_document_names_its_object() -> None:
    event = build_event(READY, BUCKET)
    assert (event.bucket, event.key, event.version_id) == (BUCKET, f"documents/{OWNER}/{an_id()}", "v2")


@pytest.mark.parametrize("status", [Status.DELETED, Status.REJECTED, Status.PURGED])
def test_any_other_document_names_none(status: Status) -> None:
    event = build_event(replace(READY, status=status), BUCKET)
    assert (event.key, event.version_id, event.renditions) == (None, None, {})


def test_the_actor_is_that_of_the_change() -> None:
    history = (
        HistoryEntry(Status.PENDING, NOW, actor="ada"),
        HistoryEntry(Status.ABORTED, NOW, actor="grace"),
    )
    assert build_event(a_document(history=history), BUCKET).actor == "grace"


def test_an_event_has_the_sequence_of_the_record() -> None:
    assert build_event(replace(READY, sequence=4), BUCKET).sequence == 4
