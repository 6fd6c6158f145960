"""Invariants: of every state, of every change of state, and of the state in which nothing is in progress."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from functions.domain.document import IN_PROGRESS, Document, Status
from functions.domain.duplicates import ContentDigest
from functions.domain.keys import renditions_prefix
from functions.domain.kinds import Kinds
from functions.domain.quota import Limits, Usage
from functions.domain.steps import StepStatus

Bodies = Mapping[str, Mapping[str, bytes]]
"""Key -> version -> body."""

_AT_REST = (Status.READY, Status.REJECTED, Status.FAILED, Status.ABORTED, Status.EXPIRED)
FOLLOWS = {
    Status.PENDING: {Status.PROCESSING, Status.ABORTED, Status.EXPIRED},
    Status.PROCESSING: {Status.READY, Status.REJECTED, Status.FAILED},
    **{status: {Status.DELETED} for status in _AT_REST},
    Status.READY: {Status.DELETED, Status.REJECTED},
    Status.FAILED: {Status.DELETED, Status.PROCESSING},
    Status.DELETED: {Status.PURGING},
    Status.PURGING: {Status.PURGED},
    Status.PURGED: set(),
}
"""Allowed steps of a history. A restore, from `deleted` back to the previous status, is allowed too."""
_RESERVES_BYTES = frozenset({Status.PENDING, Status.COMPLETING, Status.PROCESSING, Status.READY})
_RESERVES_NOTHING = frozenset({Status.REJECTED, Status.EXPIRED, Status.ABORTED, Status.PURGED})
_MAY_HAVE_A_COPY = frozenset({Status.PROCESSING, Status.FAILED, Status.PURGING})
_UNFINISHED = frozenset({*IN_PROGRESS, Status.PURGING})


@dataclass(frozen=True)
class Snapshot:
    """Everything that one owner has in the table and in the bucket. `open_uploads` maps upload ids to keys.

    `originals` has the document of each digest that the table names.
    """

    documents: tuple[Document, ...]
    usage: Usage
    objects: Bodies
    open_uploads: Mapping[str, str]
    originals: Mapping[ContentDigest, str] = field(default_factory=dict)


def find_violations(snapshot: Snapshot, limits: Limits) -> list[str]:
    """Returns what is wrong with a state. Nothing, at any time."""
    documents = (
        violation
        for document in snapshot.documents
        for violation in (
            *_check_reserved_bytes(document),
            *_check_history(document),
        )
    )
    return [
        *_check_usage(snapshot, limits),
        *_check_objects(snapshot),
        *_check_originals(snapshot),
        *documents,
    ]


def find_skipped_gates(snapshot: Snapshot, kinds: Kinds) -> list[str]:
    """Returns the ready documents of which a step of their kind has not passed. `kinds` have been deployed all the time."""
    return [violation for document in snapshot.documents for violation in _check_gates(document, kinds)]


def find_forbidden_changes(before: Snapshot, after: Snapshot) -> list[str]:
    """Returns what may not have happened between two states."""
    earlier = {document.id: document for document in before.documents}
    pairs = [(earlier[document.id], document) for document in after.documents if document.id in earlier]
    gone = earlier.keys() - {document.id for document in after.documents}
    return [
        *(f"{document_id} is gone" for document_id in gone),
        *(violation for pair in pairs for violation in _check_change(*pair)),
    ]


def find_leftovers(snapshot: Snapshot) -> list[str]:
    """Returns what is unfinished or left over when nothing is in progress."""
    kept = {
        document.staging_key for document in snapshot.documents if document.effective_status is Status.FAILED
    }
    found = [
        f"{document.id} is still {document.status}"
        for document in snapshot.documents
        if document.status in _UNFINISHED
    ]
    found += [
        f"{key} is left over" for key in snapshot.objects if key.startswith("staging/") and key not in kept
    ]
    found += [f"an upload to {key} is left open" for key in snapshot.open_uploads.values()]
    if snapshot.usage.open_uploads:
        found.append(f"{snapshot.usage.open_uploads} uploads are still counted as open")
    ready = [document for document in snapshot.documents if document.effective_status is Status.READY]
    stored = {document.documents_key for document in ready}
    named = {
        (f"{renditions_prefix(document.owner, document.id)}{each.step}/{each.name}", each.version)
        for document in ready
        for each in document.renditions
    }
    found += [f"{key} has no document" for key in _promoted_keys(snapshot) if key not in stored]
    return found + [f"no result names the rendition {each}" for each in _list_renditions(snapshot) - named]


def _check_usage(snapshot: Snapshot, limits: Limits) -> Iterator[str]:
    reserved_bytes = sum(document.reserved_bytes for document in snapshot.documents)
    open_uploads = sum(document.is_open for document in snapshot.documents)
    if snapshot.usage.reserved_bytes != reserved_bytes or snapshot.usage.open_uploads < open_uploads:
        yield f"the usage is {snapshot.usage}, the records say {reserved_bytes} bytes and {open_uploads} open"
    renditions = sum(_count_renditions(document) for document in snapshot.documents)
    # The bytes of renditions are added with the results of steps, so they may exceed the limit.
    if reserved_bytes - renditions > limits.stored_bytes or open_uploads > limits.open_uploads:
        yield f"{reserved_bytes} bytes and {open_uploads} open uploads are more than {limits}"


def _check_objects(snapshot: Snapshot) -> Iterator[str]:
    """Every promoted object and every rendition belongs to a document and is what its record says."""
    by_key = {document.documents_key: document for document in snapshot.documents}
    for key in _promoted_keys(snapshot):
        document = by_key.get(key)
        if document is None or not _may_have_a_copy(document):
            yield f"{key} may not exist: {document and document.status}"
    for key, document in by_key.items():
        if document.effective_status is Status.READY:
            yield from _check_stored_version(document, snapshot.objects.get(key, {}))
            yield from _check_renditions(document, snapshot.objects)
    prefixes = {renditions_prefix(document.owner, document.id) for document in snapshot.documents}
    for key, _ in _list_renditions(snapshot):
        if f"{key.rpartition('/')[0].rpartition('/')[0]}/" not in prefixes:
            yield f"{key} is a rendition of no document"


def _check_originals(snapshot: Snapshot) -> Iterator[str]:
    """The table names exactly the ready documents that are no duplicates, of kinds that look for them."""
    expected = {
        document.content_digest: document.id for document in snapshot.documents if document.content_digest
    }
    if snapshot.originals != expected:
        yield f"the table names the originals {snapshot.originals}, the records say {expected}"
    for document in snapshot.documents:
        if document.status is Status.READY and document.duplicate_of == document.id:
            yield f"{document.id} is a duplicate of itself"


def _check_stored_version(document: Document, versions: Mapping[str, bytes]) -> Iterator[str]:
    if versions.keys() != {document.stored_version} - {None}:
        yield f"{document.id} is ready as {document.stored_version}, and S3 has {[*versions]}"
        return
    if document.stored_version is None:
        return
    [body] = versions.values()
    if len(body) != document.size:
        yield f"{document.id} has {len(body)} bytes, its record says {document.size}"
    if document.sha256 not in (None, hashlib.sha256(body).hexdigest()):
        yield f"{document.id} has another SHA-256 than its record"


def _may_have_a_copy(document: Document) -> bool:
    is_rejected_copy = document.effective_status is Status.REJECTED and document.stored_version is not None
    is_ready = document.effective_status is Status.READY
    return is_ready or is_rejected_copy or document.status in _MAY_HAVE_A_COPY


def _check_renditions(document: Document, objects: Bodies) -> Iterator[str]:
    """Every rendition that may be signed exists as its step has described it."""
    for each in document.renditions:
        key = f"{renditions_prefix(document.owner, document.id)}{each.step}/{each.name}"
        body = objects.get(key, {}).get(each.version)
        if body is None or (len(body), hashlib.sha256(body).hexdigest()) != (each.size, each.sha256):
            yield f"{key} is not what the step {each.step} has described"


def _check_gates(document: Document, kinds: Kinds) -> Iterator[str]:
    kind = kinds.get(document.kind)
    if kind is None or document.effective_status is not Status.READY:
        return
    passed = {record.name for record in document.steps if record.status is StepStatus.PASSED}
    if passed != set(kind.steps):
        yield f"{document.id} is ready, its steps say {document.steps}"


def _check_reserved_bytes(document: Document) -> Iterator[str]:
    """A failed document reserves its bytes while they are stored, so it may or may not."""
    status = document.effective_status
    has_original = status is not Status.READY or document.stored_version is not None
    size = (document.size if has_original else 0) + _count_renditions(document)
    if status in _RESERVES_BYTES and document.reserved_bytes != size:
        yield f"{document.id} is {document.status} and reserves {document.reserved_bytes} bytes"
    if status in _RESERVES_NOTHING and document.reserved_bytes:
        yield f"{document.id} is {document.status} and still reserves bytes"


def _check_history(document: Document) -> Iterator[str]:
    statuses = [entry.status for entry in document.history]
    if statuses[0] is not Status.PENDING or statuses[-1] is not _in_history(document.status):
        yield f"{document.id} is {document.status}, its history says {statuses}"
    for number, (before, after) in enumerate(pairwise(statuses)):
        is_restore = before is Status.DELETED and after is statuses[number - 1]
        if after not in FOLLOWS[before] and not is_restore:
            yield f"{document.id} went from {before} to {after}"


def _check_change(before: Document, after: Document) -> Iterator[str]:
    if after.revision < before.revision or (after.revision == before.revision and after != before):
        yield f"{after.id} went from revision {before.revision} to {after.revision}"
    known = [(entry.status, entry.at) for entry in before.history]
    if [(entry.status, entry.at) for entry in after.history][: len(known)] != known:
        yield f"the history of {after.id} was rewritten"
    for name in ("staged_version", "stored_version"):
        is_purged_copy = name == "stored_version" and before.status is Status.REJECTED
        if not is_purged_copy and getattr(before, name) not in (None, getattr(after, name)):
            yield f"{name} of {after.id} changed"


def _in_history(status: Status) -> Status:
    """Completing is not in the history, because it may end without result."""
    return Status.PENDING if status is Status.COMPLETING else status


def _promoted_keys(snapshot: Snapshot) -> list[str]:
    return [key for key in snapshot.objects if key.startswith("documents/")]


def _count_renditions(document: Document) -> int:
    """Returns the bytes of the renditions that the document reserves."""
    status = document.effective_status
    return sum(each.size for each in document.renditions) if status in _RESERVES_BYTES else 0


def _list_renditions(snapshot: Snapshot) -> set[tuple[str, str]]:
    """Returns (key, version) of every rendition."""
    return {
        (key, version)
        for key, versions in snapshot.objects.items()
        if key.startswith("renditions/")
        for version in versions
    }
