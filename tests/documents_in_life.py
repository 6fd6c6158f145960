"""Documents at each point of their life, for the tests of the state machine."""

from functions.domain.document import Document, Status
from functions.domain.effects import COMPLETE_LEASE, LEASE
from tests.examples import NOW, a_document


def processing(**changes: object) -> Document:
    values = {"staged_version": "v1", "attempt": 1, "failures": 1, "lease_until": NOW + LEASE} | changes
    return a_document(status=Status.PROCESSING, **values)


def completing(**changes: object) -> Document:
    values = {"attempt": 1, "lease_until": NOW + COMPLETE_LEASE} | changes
    return a_document(status=Status.COMPLETING, **values)


def stopped(status: Status) -> Document:
    return a_document(status=status, staged_version="v1", attempt=1, revision=3)
