"""Effects of the state machine: the fields that a transition changes. `states.TRANSITIONS` refers to them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.guards import EXHAUSTED

Effect = Callable[[Document, Any, datetime], Mapping[str, Any]]
"""Takes the document before the transition, the event and the time (UTC). Returns new values of fields of Document."""

LEASE = timedelta(seconds=900)
"""Lease of an attempt to promote: the longest that a Lambda function can run, so no lease outlasts its holder by much."""

COMPLETE_LEASE = timedelta(seconds=60)
"""Lease of one call to complete an upload. API Gateway ends that call after 30 seconds."""

PURGE_LEASE = timedelta(seconds=300)
"""Lease of an attempt to purge: the timeout of the function `purge`."""

TOMBSTONE = timedelta(days=30)
"""Retention of the emptied record after a purge, so that late S3 events and requests are rejected."""


def lease_first_attempt(document: Document, event: Any, now: datetime) -> Mapping[str, Any]:
    """Starts the first attempt on the version that arrived.

    An attempt counts as a failure until it shows progress, because a crash has no time to count itself.
    """
    return {
        "staged_version": event.version,
        "attempt": document.attempt + 1,
        "failures": 1,
        "lease_until": now + LEASE,
    }


def lease_next_attempt(document: Document, _event: object, now: datetime) -> Mapping[str, Any]:
    return {
        "attempt": document.attempt + 1,
        "failures": document.failures + 1,
        "lease_until": now + LEASE,
    }


def lease_completion(document: Document, _event: object, now: datetime) -> Mapping[str, Any]:
    return {"attempt": document.attempt + 1, "lease_until": now + COMPLETE_LEASE}


def lease_purge(document: Document, _event: object, now: datetime) -> Mapping[str, Any]:
    return {"attempt": document.attempt + 1, "lease_until": now + PURGE_LEASE}


def end_lease(_document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    return {"lease_until": None}


def release_bytes(_document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    """Ends the reservation of the owner's quota, because the bytes are not kept."""
    return {"reserved_bytes": 0, "lease_until": None}


def set_rejection(_document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    return {"reason": event.reason, "content_type": event.content_type}


def set_object_gone(_document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    return {"reason": Code.OBJECT_GONE}


def set_exhausted(_document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    """Keeps the bytes and their reservation, so that an operator can inspect them and redrive."""
    return {"reason": EXHAUSTED, "lease_until": None}


def set_promoted(_document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    return {
        "content_type": event.content_type,
        "sha256": event.sha256,
        "stored_version": event.version,
        "lease_until": None,
        "copy_upload_id": None,
    }


def set_copy_upload(_document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    return {"copy_upload_id": event.upload_id}


def reset_failures(_document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    return {"failures": 0}


def extend_deadline(_document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    return {"upload_deadline": event.upload_deadline}


def set_purge_time(_document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    return {"purge_after": event.purge_after}


def cancel_purge(document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    return {"purge_after": None, "reason": document.history[-2].reason}


def erase_content(document: Document, _event: object, now: datetime) -> Mapping[str, Any]:
    """Removes what can tell about a person. Statuses and times stay until the record expires."""
    return {
        "reserved_bytes": 0,
        "lease_until": None,
        "record_expires_at": now + TOMBSTONE,
        "file_name": "",
        "title": "",
        "metadata": {},
        "declared_sha256": None,
        "sha256": None,
        "history": tuple(replace(entry, reason=None) for entry in document.history),
    }
