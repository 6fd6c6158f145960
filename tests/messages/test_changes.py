"""Batches of changes: those of an owner are sent together, and a fault returns those of this owner alone."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.messages.changes import process_changes


def batch(*changes: tuple[str, int]) -> dict[str, Any]:
    """Returns a batch with one message for each owner and sequence."""
    return {
        "Records": [
            {
                "messageId": f"{owner}-{number}",
                "body": json.dumps({"detail": {"owner": owner, "sequence": number}}),
            }
            for owner, number in changes
        ]
    }


class Sender:
    """Keeps what is sent to each owner. The owner `broken` has a fault."""

    def __init__(self) -> None:
        self.sent: dict[str, list[int]] = {}

    def send(self, owner: str, events: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
        if owner == "broken":
            raise Unavailable(Code.BUSY)
        assert owner not in self.sent, "an owner is processed once"
        self.sent[owner] = [event["detail"]["sequence"] for event in events]
        return {"sent": 1}


def test_the_changes_of_an_owner_are_sent_together_and_in_order() -> None:
    sender = Sender()
    event = batch(("ada", 1), ("grace", 1), ("ada", 2), ("ada", 3))
    assert process_changes(event, sender.send) == {"batchItemFailures": []}
    assert sender.sent == {"ada": [1, 2, 3], "grace": [1]}


def test_after_a_fault_the_messages_of_this_owner_come_again() -> None:
    sender = Sender()
    event = batch(("ada", 1), ("broken", 1), ("ada", 2), ("broken", 2))
    failed = [{"itemIdentifier": "broken-1"}, {"itemIdentifier": "broken-2"}]
    assert process_changes(event, sender.send) == {"batchItemFailures": failed}
    assert sender.sent == {"ada": [1, 2]}


def test_a_batch_without_messages_sends_nothing() -> None:
    assert process_changes({"Records": []}, Sender().send) == {"batchItemFailures": []}
