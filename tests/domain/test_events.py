"""The change of the owner's usage that a transition implies."""

from functions.domain.document import OPEN, Status
from functions.domain.events import Transition
from tests.examples import a_document


def test_a_transition_changes_the_reserved_bytes_by_their_difference() -> None:
    before = a_document(reserved_bytes=100)
    assert Transition(before, a_document(reserved_bytes=0)).reserved_bytes == -100
    assert Transition(before, before).reserved_bytes == 0


def test_a_transition_changes_the_open_uploads_when_an_upload_ends_or_its_bytes_arrive() -> None:
    for before in Status:
        for after in Status:
            change = Transition(a_document(status=before), a_document(status=after)).open_uploads
            assert change == (after in OPEN) - (before in OPEN), (before, after)
