"""Steps on a repository of documents, the same for DynamoDB and for the one in memory."""

from datetime import datetime, timedelta

from functions.domain.document import Document
from functions.domain.events import Event, Transition
from functions.domain.keys import owner_key
from functions.domain.quota import Limits
from functions.domain.repository import DocumentRepository, IdempotencyKey
from functions.domain.states import decide
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
    return sorted(entry[1] for entry in repository.due(at) if entry)
