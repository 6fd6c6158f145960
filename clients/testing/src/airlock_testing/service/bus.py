"""The event bus: it keeps what the function `publish` sends."""

import json
import threading
from collections.abc import Mapping
from typing import Any


class EventBus:
    """Thread-safe."""

    def __init__(self) -> None:
        self._events: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def respond(self, operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the response to PutEvents."""
        if operation != "PutEvents":
            raise NotImplementedError(operation)
        entries = request["Entries"]
        with self._lock:
            self._events += [
                {
                    "source": each["Source"],
                    "detail-type": each["DetailType"],
                    "detail": json.loads(each["Detail"]),
                }
                for each in entries
            ]
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "an-id"} for _ in entries]}

    def list_events(self) -> list[dict[str, Any]]:
        """Returns the events as a rule delivers them, in the order in which they were published."""
        with self._lock:
            return list(self._events)

    def clear(self) -> None:
        with self._lock:
            self._events.clear()
