"""The document that a message is about: found in tasks and results, and in anything else that names one."""

import json

import pytest

from functions.messages.document_ids import document_id_of, document_of
from tests.examples import an_id

NOTHING = ("", "no JSON", "[]", "{}", "[" * 100_000)


@pytest.mark.parametrize(
    ("text", "document"),
    [
        (json.dumps({"documentId": an_id(), "outcome": "passed"}), an_id()),
        (json.dumps({"documentId": an_id(), "outcome": "garbage"}), an_id()),
        (json.dumps({"documentId": 1}), "1"),
        *((text, text) for text in NOTHING),
    ],
    ids=lambda text: text[:20],
)
def test_messages_of_one_document_are_found_even_if_they_are_no_results(text: str, document: str) -> None:
    assert document_of(text) == document


@pytest.mark.parametrize(
    "text", [*NOTHING, '{"documentId": "a-name.pdf"}', '{"documentId": NaN}'], ids=lambda text: text[:20]
)
def test_what_is_no_id_is_not_logged_as_one(text: str) -> None:
    assert document_id_of(text) is None
