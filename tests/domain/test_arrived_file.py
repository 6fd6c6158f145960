"""The file of a form that was signed before the file was known."""

import pytest

from functions.domain.arrived_file import ArrivedFile, describe_file
from functions.domain.document import UNNAMED, Document, Method, Status
from functions.domain.events import Event, ObjectArrived, ResultArrived, Transition
from functions.domain.states import decide
from tests.examples import KINDS, NOW, PNG, a_document

KIND = KINDS.get("image")
FILE = ArrivedFile(70, "holiday.png", "image/png")


def a_form(**changes: object) -> Document:
    values = {"file_name": UNNAMED, "title": UNNAMED, "size": 1_000, "max_size": 1_000, "method": Method.POST}
    return a_document(**values | {"declared_content_type": "application/octet-stream"} | changes)


def test_an_upload_whose_file_was_known_has_no_other_file() -> None:
    assert describe_file(a_document(), KIND, len(PNG), "other.png") is None


@pytest.mark.parametrize(
    ("sent_name", "name", "content_type"),
    [
        ("holiday.png", "holiday.png", "image/png"),
        ("C:\\photos\\holiday.PNG", "holiday.PNG", "image/png"),
        ("notes", "notes", "application/octet-stream"),
        ("report.pdf", "report.pdf", "application/pdf"),
        (None, UNNAMED, "application/octet-stream"),
        ("", UNNAMED, "application/octet-stream"),
        ("a\nb.png", UNNAMED, "application/octet-stream"),
    ],
)
def test_the_browser_names_the_file_and_the_extension_its_type(
    sent_name: str | None, name: str, content_type: str
) -> None:
    assert describe_file(a_form(), KIND, 70, sent_name) == ArrivedFile(70, name, content_type)


def test_a_name_that_the_document_has_already_stays() -> None:
    named = a_form(file_name="passport.png", title="passport.png")
    assert describe_file(named, KIND, 70, "holiday.jpg") == ArrivedFile(70, "passport.png", "image/png")


def test_a_kind_that_is_gone_accepts_no_type() -> None:
    assert describe_file(a_form(), None, 70, "holiday.png") == FILE


@pytest.mark.parametrize(
    "event", [ObjectArrived("v1", file=FILE), ResultArrived("check", "v1", 0, False, file=FILE)]
)
def test_the_arrival_replaces_what_was_reserved_in_one_transition(event: Event) -> None:
    transition = decide(a_form(), event, NOW)
    assert isinstance(transition, Transition)
    after = transition.after
    assert (after.status, after.size, after.reserved_bytes) == (Status.PROCESSING, 70, 70)
    assert (after.file_name, after.title, after.declared_content_type) == (
        "holiday.png",
        "holiday.png",
        "image/png",
    )
    assert (transition.reserved_bytes, transition.daily_bytes, transition.open_uploads) == (-930, -930, -1)


def test_a_title_of_its_own_stays() -> None:
    transition = decide(a_form(title="My passport"), ObjectArrived("v1", file=FILE), NOW)
    assert isinstance(transition, Transition)
    assert transition.after.title == "My passport"


def test_a_later_arrival_changes_no_size() -> None:
    first = decide(a_form(), ObjectArrived("v1", file=FILE), NOW)
    assert isinstance(first, Transition)
    waiting = first.after
    again = decide(
        waiting, ObjectArrived("v1", file=ArrivedFile(9, "x", "text/plain")), waiting.next_check_at or NOW
    )
    assert isinstance(again, Transition)
    assert (again.after.size, again.daily_bytes) == (70, 0)


def test_an_upload_whose_file_was_known_keeps_its_size() -> None:
    transition = decide(a_document(), ObjectArrived("v1"), NOW)
    assert isinstance(transition, Transition)
    assert (transition.after.size, transition.daily_bytes) == (len(PNG), 0)
