"""Steps on a repository of documents, the same for DynamoDB and for the one in memory."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.duplicates import DuplicatePolicy
from functions.domain.events import AttemptEnded, AttemptOutcome, Event, Transition
from functions.domain.keys import owner_key
from functions.domain.quota import Limits
from functions.domain.repository import DUE_SHARDS, FAILED_SHARDS, DocumentRepository, IdempotencyKey
from functions.domain.states import decide
from functions.domain.steps import Json, StepRecord, StepStatus
from tests.examples import NOW, PLENTY, a_document, an_id

OTHER_OWNER = owner_key("somebody-else")
KEY = IdempotencyKey("hash-of-the-key", "fingerprint")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def create(
    repository: DocumentRepository,
    number: int = 0,
    limits: Limits = PLENTY,
    key: IdempotencyKey | None = None,
    **changes: object,
) -> Document:
    document = a_document(**{"id": an_id(number)} | changes)
    repository.create(document, limits, key, NOW)
    return document


def transition(document: Document, event: Event, now: datetime = NOW + SECOND) -> Transition:
    """Returns the transition that the event causes, which must not be ignored."""
    decision = decide(document, event, now)
    assert isinstance(decision, Transition)
    return decision


def apply_events(repository: DocumentRepository, document: Document, *events: Event) -> Document:
    """Applies the events in order and returns the last revision of the document."""
    for event in events:
        change = transition(document, event)
        repository.apply(change)
        document = change.after
    return document


def due_ids(repository: DocumentRepository, at: datetime) -> list[str]:
    """Returns the ids of what is due, sorted, with the documents that recounts find."""
    return sorted(document_id for _, document_id in find_due(repository, at))


def find_due(repository: DocumentRepository, at: datetime) -> Iterator[tuple[str, str]]:
    """Yields (owner, document id) of what is due in all partitions of the index."""
    for shard in range(DUE_SHARDS):
        for entry in repository.due(shard, at):
            found = [entry.document_id] if entry.document_id else repository.recount(entry.owner, at)
            yield from ((entry.owner, document_id) for document_id in found)


def failed_ids(
    repository: DocumentRepository, since: datetime = NOW, before: datetime = NOW + 1000 * DAY
) -> list[str]:
    """Returns the ids of what failed in this time, in the order of each partition."""
    shards = range(FAILED_SHARDS)
    return [entry.key.document_id for shard in shards for entry in repository.failed(shard, since, before)]


def a_completed_attempt(
    attempt: int = 1,
    *,
    stored_version: str | None = "d1",
    sha256: str | None = None,
    steps: tuple[StepRecord, ...] = (),
    duplicates: DuplicatePolicy = DuplicatePolicy.KEEP,
    duplicate_of: str | None = None,
) -> AttemptEnded:
    return AttemptEnded(
        attempt=attempt,
        outcome=AttemptOutcome.COMPLETED,
        duplicates=duplicates,
        duplicate_of=duplicate_of,
        steps=steps,
        content_type="image/png",
        sha256=sha256,
        stored_version=stored_version,
    )


def a_rejected_attempt(attempt: int = 1, *, steps: tuple[StepRecord, ...] = ()) -> AttemptEnded:
    return AttemptEnded(
        attempt=attempt, outcome=AttemptOutcome.REJECTED, steps=steps, reason=Code.TYPE_MISMATCH
    )


def a_crashed_attempt(attempt: int = 1) -> AttemptEnded:
    return AttemptEnded(attempt=attempt, outcome=AttemptOutcome.CRASHED)


def a_suspended_attempt(attempt: int = 1, *, steps: tuple[StepRecord, ...]) -> AttemptEnded:
    return AttemptEnded(
        attempt=attempt, outcome=AttemptOutcome.SUSPENDED, steps=steps, content_type="image/png"
    )


def a_waiting_step(resume_at: datetime, name: str = "check") -> StepRecord:
    return StepRecord(
        name=name, status=StepStatus.WAITING, at=NOW, attempt=1, resume_at=resume_at, tries=1, token="t1"
    )


def a_passed_step(name: str = "render", **facts: Json) -> StepRecord:
    return StepRecord(name=name, status=StepStatus.PASSED, at=NOW, attempt=1, facts=facts)


def rendition_facts(version: str = "r1", size: int = 10, **more: Any) -> Mapping[str, Json]:
    """Returns what the fact `renditions` of a step says about one of them."""
    return {
        "versionId": version,
        "contentType": "image/webp",
        "size": size,
        "sha256": "ab" * 32,
        **more,
    }
