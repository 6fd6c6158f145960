"""The one way in which a record changes, where others change it too."""

import pytest

from functions.core.advance import advance
from functions.core.document import Status
from functions.core.errors import NotFound, Unavailable
from functions.core.events import AbortRequested, Transition
from functions.core.ports import Conflict
from tests.examples import NOW, PLENTY, a_document
from tests.fakes import InMemoryRecords


class Contended(InMemoryRecords):
    """Somebody else was faster, `times` times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self._left = times

    def apply(self, transition: Transition) -> None:
        if self._left:
            self._left -= 1
            raise Conflict
        super().apply(transition)


def abort(records: InMemoryRecords) -> None:
    records.create(a_document(), PLENTY, None, NOW)
    advance(records, a_document(), AbortRequested(), lambda: NOW)


def test_who_was_overtaken_looks_again_and_goes_on() -> None:
    records = Contended(4)
    abort(records)
    found = records.get(a_document().owner, a_document().id)
    assert found is not None
    assert found.status is Status.ABORTED


def test_who_is_never_fast_enough_is_told_to_try_again() -> None:
    with pytest.raises(Unavailable) as refused:
        abort(Contended(5))
    assert (refused.value.code, refused.value.retry_after) == ("busy", 1)


def test_a_record_that_vanishes_meanwhile_is_not_found() -> None:
    with pytest.raises(NotFound):
        advance(Contended(1), a_document(), AbortRequested(), lambda: NOW)
