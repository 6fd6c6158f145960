"""The two ports in memory. They pass the same contract tests as the real adapters, see `tests/adapters`."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from functions.domain import quota
from functions.domain.codes import Code
from functions.domain.document import Document, Status
from functions.domain.duplicates import ContentDigest, DigestTaken
from functions.domain.errors import AirlockError, IntegrityError, Unavailable
from functions.domain.events import Transition
from functions.domain.keys import DocumentKey
from functions.domain.parts import MIB
from functions.domain.quota import BatchResult, Limits, Usage
from functions.domain.repository import (
    DUE_SHARDS,
    FAILED_SHARDS,
    AlreadyCreated,
    Conflict,
    DueEntry,
    IdempotencyKey,
    IndexEntry,
    ListQuery,
    Page,
)
from functions.domain.slices import SliceRecord, SliceTask
from functions.domain.storage import CopyRequest, NoSuchUpload, ObjectHead, StoredObject
from functions.domain.tasks import Task, TaskResult
from tests.result_messages import receive

_IDEMPOTENCY_LIFETIME = timedelta(hours=24)


@dataclass
class InMemoryDocuments:
    """Implements `functions.domain.repository.DocumentRepository`."""

    _documents: dict[DocumentKey, Document] = field(default_factory=dict)
    _held: dict[str, tuple[int, int]] = field(default_factory=dict)
    _days: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    _tats: dict[str, datetime] = field(default_factory=dict)
    _keys: dict[tuple[str, str], tuple[AlreadyCreated, datetime]] = field(default_factory=dict)
    _orphans: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _originals: dict[ContentDigest, str] = field(default_factory=dict)
    _blocked: set[str] = field(default_factory=set)

    def block(self, owner: str, reason: str, now: datetime) -> None:
        """Implements `functions.domain.suspicion.OwnerBlocks` too."""
        self._blocked.add(owner)

    def create(
        self, document: Document, limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> None:
        [result] = self.create_batch([document], limits, idempotency, now)
        if isinstance(result, AirlockError):
            raise result

    def create_batch(
        self, items: Sequence[BatchResult], limits: Limits, idempotency: IdempotencyKey | None, now: datetime
    ) -> tuple[BatchResult, ...]:
        documents = [item for item in items if isinstance(item, Document)]
        if not documents or DocumentKey(documents[0].owner, documents[0].id) in self._documents:
            return tuple(items)
        owner = documents[0].owner
        if idempotency is not None:
            self._refuse_repeat(owner, idempotency, now)
        results = quota.admit(limits, self._usage(owner, now), items, now)
        for result in results:
            if isinstance(result, Document):
                self._store(result, limits, now)
        if idempotency is not None and any(isinstance(result, Document) for result in results):
            stored = [result.id if isinstance(result, Document) else result for result in results]
            entry = (AlreadyCreated(stored, idempotency.fingerprint), now + _IDEMPOTENCY_LIFETIME)
            self._keys[owner, idempotency.key_hash] = entry
        return results

    def find_originals(
        self, documents: Sequence[Document], idempotency: IdempotencyKey | None, now: datetime
    ) -> Mapping[str, str]:
        if idempotency is not None:
            self._refuse_repeat(documents[0].owner, idempotency, now)
        declared = {
            each.id: ContentDigest(each.owner, each.kind, each.declared_sha256, each.size)
            for each in documents
            if each.declared_sha256 is not None
        }
        return {each: self._originals[key] for each, key in declared.items() if key in self._originals}

    def get(self, owner: str, document_id: str) -> Document | None:
        return self._documents.get(DocumentKey(owner, document_id))

    def get_many(self, keys: Sequence[DocumentKey]) -> Mapping[DocumentKey, Document]:
        assert len(set(keys)) <= 100, "BatchGetItem takes at most 100 keys"
        return {key: self._documents[key] for key in keys if key in self._documents}

    def apply(self, transition: Transition) -> None:
        after, key = transition.after, DocumentKey(transition.after.owner, transition.after.id)
        held = self._documents.get(key)
        if held is None or held.revision != transition.before.revision:
            raise Conflict
        self._change_originals(transition)
        self._documents[key] = after
        reserved_bytes, uploads = self._held.get(after.owner, (0, 0))
        self._held[after.owner] = (
            reserved_bytes + transition.reserved_bytes,
            uploads + transition.open_uploads,
        )
        if transition.daily_bytes:
            self.add_daily_bytes(after.owner, transition.daily_bytes, after.created_at)

    def page(self, query: ListQuery) -> Page:
        wanted = [document for document in self._documents.values() if _matches(document, query)]
        wanted.sort(key=lambda document: document.id, reverse=True)
        page = tuple(wanted[: query.limit])
        return Page(page, page[-1].id if len(wanted) > query.limit else None)

    def due(self, shard: int, now: datetime, after: str | None = None) -> Iterator[DueEntry]:
        for document in sorted(self._documents.values(), key=_position):
            is_due = document.next_check_at is not None and document.next_check_at < now
            if (
                is_due
                and int(document.id[-1], 16) % DUE_SHARDS == shard
                and _position(document) > (after or "")
            ):
                yield DueEntry(document.owner, document.id, _position(document))

    def failed(
        self, shard: int, since: datetime, before: datetime, after: str | None = None
    ) -> Iterator[IndexEntry]:
        first, end = int(since.timestamp()), int(before.timestamp())
        for document in sorted(self._documents.values(), key=_failed_position):
            is_in_shard = int(document.id[-1], 16) % FAILED_SHARDS == shard
            position = _failed_position(document)
            if document.failed_at is None or not is_in_shard or position <= (after or ""):
                continue
            if first <= int(document.failed_at.timestamp()) < end:
                yield IndexEntry(DocumentKey(document.owner, document.id), position)

    def waiting(self, step: str, shard: int, after: str | None = None) -> Iterator[IndexEntry]:
        for document in sorted(self._documents.values(), key=_waiting_position):
            is_in_shard = int(document.id[-1], 16) % DUE_SHARDS == shard
            waiting, position = document.endless_step, _waiting_position(document)
            if waiting and waiting.name == step and is_in_shard and position > (after or ""):
                yield IndexEntry(DocumentKey(document.owner, document.id), position)

    def recount(self, owner: str, now: datetime) -> Iterator[str]:
        """Has nothing to do, because its number of open uploads is exact, and each document is due by itself."""
        return iter(())

    def add_daily_bytes(self, owner: str, size: int, now: datetime) -> None:
        files, bytes_ = self._days.get((owner, _day(now)), (0, 0))
        self._days[owner, _day(now)] = (files, bytes_ + size)

    def report_orphan(self, key: str, version: str, now: datetime) -> bool:
        new = (key, version) not in self._orphans
        self._orphans.setdefault((key, version), now)
        return new

    @property
    def orphans(self) -> set[tuple[str, str]]:
        """For tests: key and version of each object without a record."""
        return {*self._orphans}

    def usage(self, owner: str, now: datetime) -> Usage:
        """For tests: what the owner holds, and has created on the day of `now`."""
        reserved_bytes, uploads = self._held.get(owner, (0, 0))
        files, size = self._days.get((owner, _day(now)), (0, 0))
        return Usage(reserved_bytes, uploads, files, size, is_blocked=owner in self._blocked)

    def _usage(self, owner: str, now: datetime) -> Usage:
        return replace(self.usage(owner, now), tat=self._tats.get(owner))

    def _store(self, document: Document, limits: Limits, now: datetime) -> None:
        usage = self._usage(document.owner, now).add(document.size, limits.creates, now)
        if usage.tat is not None:
            self._tats[document.owner] = usage.tat
        self._documents[DocumentKey(document.owner, document.id)] = document
        self._days[document.owner, _day(now)] = (usage.daily_files, usage.daily_bytes)
        self._held[document.owner] = (usage.reserved_bytes, usage.open_uploads)

    def _change_originals(self, transition: Transition) -> None:
        claimed, released = transition.claimed_digest, transition.released_digest
        if claimed is not None and claimed in self._originals:
            raise DigestTaken(self._originals[claimed])
        if claimed is not None:
            self._originals[claimed] = transition.after.id
        if released is not None:
            del self._originals[released]

    def _refuse_repeat(self, owner: str, key: IdempotencyKey, now: datetime) -> None:
        entry = self._keys.get((owner, key.key_hash))
        if entry is not None and now <= entry[1]:
            raise AlreadyCreated(entry[0].results, entry[0].fingerprint)


@dataclass
class InMemoryQueues:
    """Implements `functions.domain.queues.UploadEvents` and `PurgeQueue`: what is said waits here until a test delivers it."""

    events: list[tuple[str, str]] = field(default_factory=list)
    purge_tasks: list[tuple[str, str]] = field(default_factory=list)

    def republish(self, key: str, version: str) -> None:
        self.events.append((key, version))

    def enqueue(self, owner: str, document_id: str) -> None:
        self.purge_tasks.append((owner, document_id))


@dataclass
class InMemorySlices:
    """Implements `functions.domain.slices.SliceRepository` and `SliceQueue`."""

    records: dict[str, SliceRecord] = field(default_factory=dict)
    tasks: list[SliceTask] = field(default_factory=list)

    def get_all(self) -> Mapping[str, SliceRecord]:
        return dict(self.records)

    def get(self, name: str) -> SliceRecord:
        return self.records.get(name, SliceRecord(name=name))

    def replace(self, before: SliceRecord, after: SliceRecord) -> bool:
        stored = self.get(before.name)
        if (stored.turn, stored.lease_until) != (before.turn, before.lease_until):
            return False
        self.records[before.name] = after
        return True

    def enqueue(self, task: SliceTask) -> None:
        self.tasks.append(task)


@dataclass
class InMemoryTaskQueue:
    """Implements `functions.domain.queues.TaskQueue`: the tasks wait here until a test works on them."""

    tasks: list[Task] = field(default_factory=list)

    def enqueue(self, task: Task) -> None:
        self.tasks.append(task)


@dataclass
class InMemoryResultQueue:
    """Implements `functions.domain.queues.ResultQueue`: the results wait here until a test delivers them.

    A result that the pipeline would bury fails the test, so that each verdict of a shipped worker in any test is one it accepts.
    """

    results: list[TaskResult] = field(default_factory=list)

    def send(self, result: TaskResult) -> None:
        receive(result)
        self.results.append(result)


@dataclass(frozen=True, slots=True)
class Held:
    """One version; `source` is the version it was copied from, `hashed` whether S3 has its SHA-256, `file_name` that of a form."""

    body: bytes
    content_type: str
    source: str | None = None
    hashed: bool = False
    file_name: str | None = None


@dataclass
class InMemoryObjectStore:
    """Implements `functions.domain.storage.ObjectStore`; `put` is the door that S3 opens to clients."""

    keys: dict[str, dict[str, Held]] = field(default_factory=dict)
    copies: dict[str, int] = field(default_factory=dict)
    """Copies in parts that are under way, with the number of parts that are there."""
    copy_part_size: int = 5 * MIB
    _count: int = 0

    def put(
        self,
        key: str,
        body: bytes,
        content_type: str = "binary/octet-stream",
        file_name: str | None = None,
    ) -> str:
        """A new version of `key`, and its id."""
        return self._store(key, Held(body, content_type, file_name=file_name))

    def open(self, key: str, version: str, length: int) -> ObjectHead | None:
        held = self.keys.get(key, {}).get(version)
        if held is None:
            return None
        stored = StoredObject(version, len(held.body), _etag(held))
        return ObjectHead(stored, held.body[:length], held.file_name)

    def head(self, key: str, version: str) -> StoredObject | None:
        held = self.keys.get(key, {}).get(version)
        return _stored(version, held) if held else None

    def read(self, key: str, version: str, start: int, length: int) -> bytes:
        return self._version(key, version).body[start : start + length]

    def copy(self, request: CopyRequest) -> StoredObject:
        return self._copied(request, hashed=True)

    def add_copy(self, request: CopyRequest) -> StoredObject:
        held = self._held_copy(request, hashed=True)
        return _stored(self._store(request.target_key, held), held)

    def start_copy(self, request: CopyRequest) -> str:
        self._count += 1
        self.copies[f"copy-{self._count}"] = 0
        return f"copy-{self._count}"

    def continue_copy(
        self, request: CopyRequest, upload_id: str, out_of_time: Callable[[], bool]
    ) -> StoredObject | None:
        if upload_id not in self.copies:
            if request.target_key not in self.keys:
                raise NoSuchUpload(upload_id)
            return self._copied(request, hashed=False)
        while self.copies[upload_id] * self.copy_part_size < request.source.size:
            self._version(request.source_key, request.source.version)
            if out_of_time():
                return None
            self.copies[upload_id] += 1
        copied = self._copied(request, hashed=False)
        del self.copies[upload_id]
        return copied

    def delete(self, key: str, version: str) -> None:
        versions = self.keys.get(key, {})
        versions.pop(version, None)
        if not versions:
            self.keys.pop(key, None)

    def _copied(self, request: CopyRequest, *, hashed: bool) -> StoredObject:
        if earlier := self.keys.get(request.target_key):
            version, held = list(earlier.items())[-1]
            if held.source != request.source.version:
                raise IntegrityError(Code.INTEGRITY_ERROR, "The target holds something else.")
            return _stored(version, held)
        held = self._held_copy(request, hashed=hashed)
        return _stored(self._store(request.target_key, held), held)

    def _held_copy(self, request: CopyRequest, *, hashed: bool) -> Held:
        source = self._version(request.source_key, request.source.version)
        if _etag(source) != request.source.etag:
            raise IntegrityError(Code.INTEGRITY_ERROR, "The source is not what was inspected.")
        return Held(source.body, request.content_type, request.source.version, hashed)

    def _version(self, key: str, version: str) -> Held:
        held = self.keys.get(key, {}).get(version)
        if held is None:
            raise Unavailable(Code.STORAGE_UNAVAILABLE, "This version is gone.")
        return held

    def _store(self, key: str, held: Held) -> str:
        self._count += 1
        version = f"version-{self._count}"
        self.keys.setdefault(key, {})[version] = held
        return version


def _matches(document: Document, query: ListQuery) -> bool:
    return (
        document.owner == query.owner
        and (query.before is None or document.id < query.before)
        and not document.is_purged
        and (
            document.status is not Status.DELETED
            if query.status is None
            else document.status.public_status is query.status
        )
        and (query.kind is None or document.kind == query.kind)
        and query.matches_name(document.file_name, document.title)
    )


def _position(document: Document) -> str:
    return f"{document.next_check_at} {document.owner} {document.id}"


def _waiting_position(document: Document) -> str:
    waiting = document.endless_step
    return f"{int(waiting.at.timestamp()) if waiting else 0:012} {document.owner} {document.id}"


def _failed_position(document: Document) -> str:
    seconds = int(document.failed_at.timestamp()) if document.failed_at else 0
    return f"{seconds:012} {document.owner} {document.id}"


def _stored(version: str, held: Held) -> StoredObject:
    sha256 = hashlib.sha256(held.body).hexdigest() if held.hashed else None
    return StoredObject(version, len(held.body), _etag(held), sha256)


def _etag(held: Held) -> str:
    return f'"{hashlib.md5(held.body).hexdigest()}"'


def _day(now: datetime) -> str:
    return now.date().isoformat()
