"""The guards of transitions at their limits."""

from datetime import timedelta

from functions.domain.guards import (
    MAX_ATTEMPTS,
    has_lease,
    is_out_of_attempts,
    is_past_deadline,
    is_past_purge,
)
from tests.examples import NOW, a_document

A_MOMENT = timedelta(microseconds=1)


def test_a_lease_holds_until_its_last_moment() -> None:
    document = a_document(lease_until=NOW)
    assert has_lease(document, NOW - A_MOMENT)
    assert not has_lease(document, NOW)
    assert not has_lease(a_document(lease_until=None), NOW)


def test_the_fifth_attempt_without_progress_is_the_last() -> None:
    assert MAX_ATTEMPTS == 5
    assert not is_out_of_attempts(a_document(failures=4), None, NOW)
    assert is_out_of_attempts(a_document(failures=5), None, NOW)


def test_a_deadline_and_a_purge_are_over_at_their_own_moment() -> None:
    document = a_document(upload_deadline=NOW, purge_after=NOW)
    assert is_past_deadline(document, None, NOW)
    assert not is_past_deadline(document, None, NOW - A_MOMENT)
    assert is_past_purge(document, None, NOW)
    assert not is_past_purge(document, None, NOW - A_MOMENT)
