"""The time for which a staged version is kept: each branch, at its limits."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from functions.domain.document import IN_PROGRESS, Document, HistoryEntry, Method, Status
from functions.domain.retention import GRACE, is_staged_version_needed
from functions.domain.storage import ObjectVersion
from tests.examples import LIFETIMES, NOW, a_document

LEFT_PENDING = NOW + timedelta(hours=1)
URLS_EXPIRED = LEFT_PENDING + LIFETIMES.url + timedelta(minutes=1)
MUCH_LATER = NOW + timedelta(days=30)
A_MOMENT = timedelta(microseconds=1)
AT_REST = (Status.READY, Status.REJECTED, Status.ABORTED, Status.EXPIRED)
GONE = (Status.DELETED, Status.PURGING, Status.PURGED)


def is_needed(document: Document | None, now: datetime, version: str = "v1") -> bool:
    staged = ObjectVersion("staging/a-key", version, NOW)
    return is_staged_version_needed(document, staged, url_lifetime=LIFETIMES.url, now=now)


def a_document_that_left_pending(
    status: Status, former: Status = Status.READY, **changes: object
) -> Document:
    """A document that left `pending` at LEFT_PENDING and is now in `status`, before which it was in `former`."""
    history = (
        HistoryEntry(Status.PENDING, NOW),
        HistoryEntry(Status.PROCESSING, LEFT_PENDING),
        HistoryEntry(former, LEFT_PENDING + timedelta(minutes=2)),
        HistoryEntry(status, LEFT_PENDING + timedelta(minutes=3)),
    )
    return replace(a_document(status=status, history=history, staged_version="v1"), **changes)  # type: ignore[arg-type]


def test_bytes_without_a_record_are_kept_for_an_hour() -> None:
    assert is_needed(None, NOW + GRACE)
    assert not is_needed(None, NOW + GRACE + A_MOMENT)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("status", sorted(IN_PROGRESS))
def test_bytes_of_a_document_in_progress_are_kept(status: Status, method: Method) -> None:
    assert is_needed(a_document(status=status, method=method, staged_version="v1"), MUCH_LATER)


def test_bytes_stay_while_a_repeated_create_may_sign_another_url() -> None:
    """A create with the same Idempotency-Key signs another URL as long as the document is pending."""
    assert is_needed(a_document(updated_at=NOW - timedelta(days=2)), MUCH_LATER)


@pytest.mark.parametrize("method", [Method.PUT, Method.POST])
@pytest.mark.parametrize("version", ["v1", "v2"])
@pytest.mark.parametrize("status", [*AT_REST, *GONE])
def test_bytes_of_a_put_or_a_form_stay_until_its_last_url_has_expired(
    status: Status, version: str, method: Method
) -> None:
    document = a_document_that_left_pending(status, method=method)
    assert is_needed(document, URLS_EXPIRED - A_MOMENT, version)
    assert not is_needed(document, URLS_EXPIRED, version)


def test_bytes_of_an_aborted_upload_stay_for_as_long_although_it_never_was_processed() -> None:
    history = (HistoryEntry(Status.PENDING, NOW), HistoryEntry(Status.ABORTED, LEFT_PENDING))
    document = a_document(status=Status.ABORTED, history=history)
    assert is_needed(document, URLS_EXPIRED - A_MOMENT)
    assert not is_needed(document, URLS_EXPIRED)


@pytest.mark.parametrize("status", [*AT_REST, *GONE])
def test_bytes_of_a_multipart_upload_go_at_once(status: Status) -> None:
    assert not is_needed(a_document_that_left_pending(status, method=Method.MULTIPART), LEFT_PENDING)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("status", [Status.FAILED, Status.DELETED])
def test_the_version_of_a_failed_document_is_kept_until_its_purge_and_no_other(
    status: Status, method: Method
) -> None:
    document = a_document_that_left_pending(status, Status.FAILED, method=method)
    assert is_needed(document, MUCH_LATER)
    assert not is_needed(document, MUCH_LATER, "v2")
    purging = a_document_that_left_pending(Status.PURGING, Status.DELETED, method=method)
    assert not is_needed(purging, URLS_EXPIRED)
