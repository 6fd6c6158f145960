"""The one way in which a record changes, where others change it too."""

import pytest

from functions.domain.document import Status
from functions.domain.document_operations import apply_event
from functions.domain.errors import NotFound, Unavailable
from functions.domain.events import AbortRequested, Transition
from functions.domain.repository import Conflict
from tests.examples import NOW, PLENTY, a_document
from tests.fakes import InMemoryDocuments


class Contended(InMemoryDocuments):
    """Somebody else was faster, `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._left = times

    def apply(self, transition: Transition) -> None:
        if self._left:
            self._left -= 1
            raise Conflict
        super().apply(transition)


def abort(repository: InMemoryDocuments) -> None:
    repository.create(a_document(), PLENTY, None, NOW)
    apply_event(repository, a_document(), AbortRequested(), lambda: NOW)


def test_after_a_conflict_the_event_is_decided_again() -> None:
    repository = Contended(4)
    abort(repository)
    found = repository.get(a_document().owner, a_document().id)
    assert found is not None
    assert found.status is Status.ABORTED


def test_after_five_conflicts_the_document_is_busy() -> None:
    with pytest.raises(Unavailable) as refused:
        abort(Contended(5))
    assert (refused.value.code, refused.value.retry_after) == ("busy", 1)


def test_a_record_that_is_gone_after_a_conflict_is_not_found() -> None:
    with pytest.raises(NotFound):
        apply_event(Contended(1), a_document(), AbortRequested(), lambda: NOW)
