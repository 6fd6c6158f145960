"""What is true at every moment, what is true of every change, and what is true once everybody is done."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from functions.domain.document import IN_PROGRESS, Document, Status
from functions.domain.keys import documents_key, staging_key
from functions.domain.quota import Limits, Usage

Bodies = Mapping[str, Mapping[str, bytes]]
"""Key -> version -> body."""

_AT_REST = (Status.READY, Status.REJECTED, Status.FAILED, Status.ABORTED, Status.EXPIRED)
FOLLOWS = {
    Status.PENDING: {Status.PROCESSING, Status.ABORTED, Status.EXPIRED},
    Status.PROCESSING: {Status.READY, Status.REJECTED, Status.FAILED},
    **{status: {Status.DELETED} for status in _AT_REST},
    Status.FAILED: {Status.DELETED, Status.PROCESSING},
    Status.DELETED: {Status.PURGING},
    Status.PURGING: {Status.PURGED},
    Status.PURGED: set(),
}
"""In a history; and what is deleted may become again what it was."""
_CHARGED = frozenset({Status.PENDING, Status.COMPLETING, Status.PROCESSING, Status.READY})
_RELEASED = frozenset({Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.PURGED})
_BEING_COPIED = frozenset({Status.PROCESSING, Status.FAILED, Status.PURGING})
_ON_THE_WAY = frozenset({*IN_PROGRESS, Status.PURGING})


@dataclass(frozen=True)
class Snapshot:
    """All that one owner has: in the table, and in the bucket. `open_uploads` maps upload ids to keys."""

    documents: tuple[Document, ...]
    usage: Usage
    objects: Bodies
    open_uploads: Mapping[str, str]


def broken(now: Snapshot, limits: Limits) -> list[str]:
    """Which sentence about `now` is not true; none, at any moment."""
    each = (fault for document in now.documents for fault in (*_charged(document), *_told(document)))
    return [*_quota(now, limits), *_stored(now), *each]


def broken_by_change(before: Snapshot, after: Snapshot) -> list[str]:
    """What may not have happened between the two."""
    earlier = {document.id: document for document in before.documents}
    pairs = [(earlier[document.id], document) for document in after.documents if document.id in earlier]
    gone = earlier.keys() - {document.id for document in after.documents}
    return [*(f"{name} is gone" for name in gone), *(fault for pair in pairs for fault in _changed(*pair))]


def broken_at_rest(now: Snapshot) -> list[str]:
    """Once nothing is under way: what is left over, or never came to an end."""
    kept = {
        staging_key(document.owner, document.id)
        for document in now.documents
        if document.effective_status is Status.FAILED
    }
    faults = [
        f"{document.id} is still {document.status}"
        for document in now.documents
        if document.status in _ON_THE_WAY
    ]
    faults += [f"{key} is left over" for key in now.objects if key.startswith("staging/") and key not in kept]
    faults += [f"an upload to {key} is left open" for key in now.open_uploads.values()]
    if now.usage.open_uploads:
        faults.append(f"{now.usage.open_uploads} uploads are still counted as open")
    ready = {_target(document) for document in now.documents if document.effective_status is Status.READY}
    return faults + [f"nobody owns {key}" for key in _promoted(now) if key not in ready]


def _quota(now: Snapshot, limits: Limits) -> Iterator[str]:
    reserved_bytes = sum(document.reserved_bytes for document in now.documents)
    opened = sum(document.is_in_progress for document in now.documents)
    if now.usage.reserved_bytes != reserved_bytes or now.usage.open_uploads < opened:
        yield f"the owner's usage is {now.usage}, the records say {reserved_bytes} bytes and {opened} open"
    if reserved_bytes > limits.stored_bytes or opened > limits.open_uploads:
        yield f"{reserved_bytes} bytes and {opened} open uploads are more than {limits}"


def _stored(now: Snapshot) -> Iterator[str]:
    """Of what clients can read, all is recorded, and is what the record says."""
    by_key = {_target(document): document for document in now.documents}
    for key in _promoted(now):
        document = by_key.get(key)
        if document is None or (
            document.effective_status is not Status.READY and document.status not in _BEING_COPIED
        ):
            yield f"nobody waits for {key}: {document and document.status}"
    for key, document in by_key.items():
        if document.effective_status is Status.READY:
            yield from _readable(document, now.objects.get(key, {}))


def _readable(document: Document, versions: Mapping[str, bytes]) -> Iterator[str]:
    if versions.keys() != {document.stored_version}:
        yield f"{document.id} is ready as {document.stored_version}, and there is {[*versions]}"
        return
    [body] = versions.values()
    if len(body) != document.size:
        yield f"{document.id} has {len(body)} bytes, its record says {document.size}"
    if document.sha256 not in (None, hashlib.sha256(body).hexdigest()):
        yield f"{document.id} has another SHA-256 than its record"


def _charged(document: Document) -> Iterator[str]:
    """What failed is charged as long as its bytes are there."""
    effective_status = document.effective_status
    if effective_status in _CHARGED and document.reserved_bytes != document.size:
        yield f"{document.id} is {document.status} and charged {document.reserved_bytes}"
    if effective_status in _RELEASED and document.reserved_bytes:
        yield f"{document.id} is {document.status} and still charged"


def _told(document: Document) -> Iterator[str]:
    """The history is one that the table of states allows, and ends where the record stands."""
    told = [step.status for step in document.history]
    if told[0] is not Status.PENDING or told[-1] is not _in_history(document.status):
        yield f"{document.id} is {document.status}, its history says {told}"
    for number, (before, after) in enumerate(pairwise(told)):
        undone = before is Status.DELETED and after is told[number - 1]
        if after not in FOLLOWS[before] and not undone:
            yield f"{document.id} went from {before} to {after}"


def _changed(before: Document, after: Document) -> Iterator[str]:
    if after.revision < before.revision or (after.revision == before.revision and after != before):
        yield f"{after.id} went from revision {before.revision} to {after.revision}"
    known = [(step.status, step.at) for step in before.history]
    if [(step.status, step.at) for step in after.history][: len(known)] != known:
        yield f"the history of {after.id} was rewritten"
    for name in ("staged_version", "stored_version"):
        if getattr(before, name) not in (None, getattr(after, name)):
            yield f"{name} of {after.id} changed"


def _in_history(status: Status) -> Status:
    """A call to complete is no step, as it may come to nothing."""
    return Status.PENDING if status is Status.COMPLETING else status


def _promoted(now: Snapshot) -> list[str]:
    return [key for key in now.objects if key.startswith("documents/")]


def _target(document: Document) -> str:
    return documents_key(document.owner, document.id)
