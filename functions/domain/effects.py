"""Effects of the state machine: the fields that a transition changes. `states.TRANSITIONS` refers to them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from functions.domain.codes import Code
from functions.domain.document import Document, HistoryEntry
from functions.domain.duplicates import DuplicatePolicy
from functions.domain.quarantine import QuarantinedVersion
from functions.domain.steps import BUILT_IN, StepRecord, StepStatus, renditions_of

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


def set_file(document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    """Replaces what was reserved for a form by what has arrived. Changes nothing for a file that was known before."""
    file = event.file
    if document.max_size is None or file is None:
        return {}
    title = file.name if document.title == document.file_name else document.title
    return {
        "size": file.size,
        "reserved_bytes": file.size,
        "file_name": file.name,
        "title": title,
        "declared_content_type": file.content_type,
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


def reject(_document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    """Releases the bytes, also those of renditions, because a rejected file is not kept."""
    return {
        "reason": event.reason,
        "content_type": event.content_type,
        "steps": _without_facts(_without_built_in(event.steps)),
        "reserved_bytes": 0,
        "lease_until": None,
        **_set_quarantine(event.quarantined),
    }


def reject_duplicate(document: Document, event: Any, now: datetime) -> Mapping[str, Any]:
    """Rejects a file after its copy, because S3 computes the SHA-256 with the copy. A purge deletes the copy."""
    return {
        **reject(document, event, now),
        "reason": Code.DUPLICATE,
        "duplicate_of": event.duplicate_of,
        "stored_version": event.stored_version,
    }


def forget_copy(_document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    return {"stored_version": None, "lease_until": None}


def set_rescan(_document: Document, event: Any, now: datetime) -> Mapping[str, Any]:
    return {"rescanned_at": now, "rescan_verdict": event.verdict}


def reject_stored(document: Document, event: Any, now: datetime) -> Mapping[str, Any]:
    """Releases the bytes, also those of renditions. The record names the stored version until a purge has deleted it."""
    found = StepRecord(
        name=event.step,
        status=StepStatus.REJECTED,
        at=now,
        attempt=document.attempt,
        code=Code.MALWARE_FOUND,
        detail=event.detail,
    )
    others = (record for record in document.steps if record.name != event.step)
    return {
        "reason": Code.MALWARE_FOUND,
        "steps": _without_facts((*others, found)),
        "reserved_bytes": 0,
        "digest": None,
        "duplicate_of": None,
        **_set_quarantine(event.quarantined),
    }


def set_object_gone(_document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    return {"reason": Code.OBJECT_GONE, "steps": ()}


def fail(document: Document, event: Any, now: datetime) -> Mapping[str, Any]:
    """Keeps the staged bytes and their reservation, so that an operator can inspect them and redrive.

    A redrive runs every step again, so the renditions are not kept.
    """
    steps = getattr(event, "steps", ()) or document.steps
    retention = event.failed_retention
    return {
        "reason": getattr(event, "reason", None) or Code.ATTEMPTS_EXHAUSTED,
        "steps": _without_facts(steps),
        "reserved_bytes": document.size,
        "lease_until": None,
        "bytes_expire_at": now + retention if retention is not None else None,
    }


def suspend(document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    """Keeps what the steps have found out, so that none that passed runs again. A run that ends is no failure."""
    return {
        "steps": event.steps,
        "content_type": event.content_type,
        "charset": event.charset,
        "reserved_bytes": document.size + _count_bytes(event.steps),
        "failures": 0,
        "lease_until": None,
    }


def complete(document: Document, event: Any, now: datetime) -> Mapping[str, Any]:
    original = document.size if event.stored_version is not None else 0
    return {
        "content_type": event.content_type,
        "charset": event.charset,
        "sha256": event.sha256,
        "stored_version": event.stored_version,
        "digest": _find_digest(document, event),
        "duplicate_of": event.duplicate_of,
        "claim_by": now + event.claim_within if event.claim_within is not None else None,
        "steps": _without_built_in(event.steps),
        "reserved_bytes": original + _count_bytes(event.steps),
        "lease_until": None,
    }


def uncount_attempt(document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    """Takes back the count of an attempt that a fault has stopped, because a fault is not the file's."""
    return {"failures": max(0, document.failures - 1), "lease_until": None}


def set_report(document: Document, event: Any, now: datetime) -> Mapping[str, Any]:
    """Shows the detail and starts the deadline anew."""

    def report(record: StepRecord) -> StepRecord:
        token = record.token if event.keeps_token else None
        return replace(record, at=now, detail=event.detail, resume_at=event.resume_at, tries=0, token=token)

    steps = (report(record) if record.name == event.step else record for record in document.steps)
    return {"steps": tuple(steps)}


def restart_steps(_document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    return {"failures": 0, "steps": (), "bytes_expire_at": None}


def extend_deadline(_document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    return {"upload_deadline": event.upload_deadline}


def set_purge_time(_document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    return {"purge_after": event.purge_after}


def purge_now(_document: Document, _event: object, now: datetime) -> Mapping[str, Any]:
    """Leaves no time for a restore."""
    return {"purge_after": now}


def cancel_purge(document: Document, event: Any, _now: datetime) -> Mapping[str, Any]:
    changes = {"purge_after": None, "reason": document.status_changes[-2].reason}
    return changes if document.digest is None else changes | {"duplicate_of": event.duplicate_of}


def set_details(document: Document, event: Any, now: datetime) -> Mapping[str, Any]:
    """Adds a history entry with the status of the one before, because `completing` is no status of the history."""
    details = {"file_name": event.file_name, "title": event.title, "metadata": event.metadata}
    changed = tuple(name for name, value in details.items() if getattr(document, name) != value)
    entry = HistoryEntry(document.history[-1].status, now, changed=changed, actor=event.actor)
    return {**details, "history": (*document.history, entry)}


def set_claim(document: Document, event: Any, now: datetime) -> Mapping[str, Any]:
    entry = HistoryEntry(document.status, now, changed=("claimed_at",), actor=event.actor)
    return {"claimed_at": now, "history": (*document.history, entry)}


def expire_unclaimed(document: Document, _event: object, _now: datetime) -> Mapping[str, Any]:
    """Releases the bytes, also those of renditions. The record names the stored version until a purge has deleted it."""
    return {
        "reason": Code.NOT_CLAIMED,
        "steps": _without_facts(document.steps),
        "reserved_bytes": 0,
        "digest": None,
        "duplicate_of": None,
    }


def erase_content(document: Document, _event: object, now: datetime) -> Mapping[str, Any]:
    """Removes what can tell about a person. Statuses and times stay until the record expires."""
    return {
        "reserved_bytes": 0,
        "lease_until": None,
        "record_expires_at": now + TOMBSTONE,
        "file_name": "",
        "title": "",
        "success_redirect": None,
        "metadata": {},
        "declared_sha256": None,
        "sha256": None,
        "digest": None,
        "duplicate_of": None,
        **_set_quarantine(None),
        "rescanned_at": None,
        "rescan_verdict": None,
        "created_by": None,
        "steps": (),
        "history": tuple(replace(entry, reason=None, actor=None) for entry in document.history),
    }


def _set_quarantine(quarantined: QuarantinedVersion | None) -> Mapping[str, Any]:
    return {
        "quarantined_version": quarantined.version if quarantined else None,
        "quarantined_sha256": quarantined.sha256 if quarantined else None,
        "quarantined_until": quarantined.until if quarantined else None,
    }


def _find_digest(document: Document, event: Any) -> str | None:
    """Returns None also for a copy in parts, of which S3 computes no SHA-256. S3 has verified a declared one."""
    is_compared = event.duplicates is not DuplicatePolicy.KEEP
    return (event.sha256 or document.declared_sha256) if is_compared else None


def _count_bytes(steps: Sequence[StepRecord]) -> int:
    return sum(rendition.size for rendition in renditions_of(steps))


def _without_built_in(steps: Sequence[StepRecord]) -> tuple[StepRecord, ...]:
    """Leaves out the built-in steps, because the status and its reason say what became of them."""
    return tuple(record for record in steps if record.name not in BUILT_IN)


def _without_facts(steps: Sequence[StepRecord]) -> tuple[StepRecord, ...]:
    """Leaves out the facts, so that the document lists no rendition that a sweep deletes."""
    return tuple(replace(record, facts={}) for record in steps)
