"""The event bus with faults, and its subscribers: throttles, partial failures, lost responses, duplicates, another order."""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.faults.event_stream import Killed, TableStream

_THROTTLED = ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "PutEvents")
_NO_RESPONSE = ReadTimeoutError(endpoint_url="https://events.example")


@dataclass
class Subscriber:
    """Keeps the highest `sequence` of each document, as docs/events.md says, and all that it has seen."""

    latest: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    seen: dict[str, set[int]] = field(default_factory=dict)

    def receive(self, detail: Mapping[str, Any]) -> None:
        id, sequence = detail["id"], detail["sequence"]
        self.seen.setdefault(id, set()).add(sequence)
        if id not in self.latest or sequence > self.latest[id]["sequence"]:
            self.latest[id] = detail


@dataclass
class FaultyBus:
    """Implements the client of EventBridge. `faults` is the share of requests that meet one.

    It rejects, by an AssertionError, an event of which the table does not know yet.
    """

    stream: TableStream
    subscribers: Sequence[Subscriber]
    rng: random.Random
    faults: float = 0.3
    accepted: int = 0
    _waiting: list[tuple[Subscriber, Mapping[str, Any]]] = field(default_factory=list)

    def put_events(self, *, Entries: Sequence[Mapping[str, str]]) -> Mapping[str, Any]:  # noqa: N803
        fault = self.rng.choice(["throttled", "partial", "lost", "killed before", "killed after"])
        if self.rng.random() >= self.faults:
            fault = ""
        if fault == "throttled":
            raise _THROTTLED
        if fault == "killed before":
            raise Killed
        is_taken = [fault != "partial" or self.rng.random() < 0.7 for _ in Entries]
        for entry, taken in zip(Entries, is_taken, strict=True):
            if taken:
                self._accept(entry)
        if fault == "lost":
            raise _NO_RESPONSE
        if fault == "killed after":
            raise Killed
        return {"Entries": [{"EventId": "e"} if taken else {"ErrorCode": "Internal"} for taken in is_taken]}

    def _accept(self, entry: Mapping[str, str]) -> None:
        detail = json.loads(entry["Detail"])
        changes = self.stream.changes[detail["id"]]
        assert detail["sequence"] <= len(changes), "an event of a change that is not in the table"
        assert entry["DetailType"] == f"document.{changes[detail['sequence'] - 1]}"
        self.accepted += 1
        for subscriber in self.subscribers:
            self._waiting += [(subscriber, detail)] * self.rng.choice([1, 1, 1, 2])

    def deliver(self, share: float) -> None:
        """Delivers a share of what waits, in any order."""
        self.rng.shuffle(self._waiting)
        count = round(len(self._waiting) * share)
        for subscriber, detail in self._waiting[:count]:
            subscriber.receive(detail)
        del self._waiting[:count]
