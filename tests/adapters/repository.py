"""How tests write records: the same for the table and for the fake."""

from datetime import datetime, timedelta

from functions.domain.document import Document
from functions.domain.events import Event, Transition
from functions.domain.keys import owner_key
from functions.domain.quota import Limits
from functions.domain.repository import DocumentRepository, IdempotencyKey
from functions.domain.states import decide
from tests.examples import NOW, PLENTY, a_document, an_id

STRANGER = owner_key("somebody-else")
KEY = IdempotencyKey("hash-of-the-key", "fingerprint")
DAY = timedelta(days=1)


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


def after(document: Document, event: Event, now: datetime = NOW + timedelta(seconds=1)) -> Transition:
    decision = decide(document, event, now)
    assert isinstance(decision, Transition)
    return decision


def lead(repository: DocumentRepository, document: Document, *events: Event) -> Document:
    """The record after all of them."""
    for event in events:
        transition = after(document, event)
        repository.apply(transition)
        document = transition.after
    return document
