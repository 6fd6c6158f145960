"""The ledger: what the app learns from the events of Airlock. They come at least once, and in any order."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Ledger:
    """The newest status of each receipt."""

    statuses: dict[str, str] = field(default_factory=dict)
    _sequences: dict[str, int] = field(default_factory=dict)

    def apply(self, event: dict[str, Any]) -> None:
        """Applies an event of EventBridge. One that is older than what is known changes nothing."""
        detail = event["detail"]
        if detail["sequence"] > self._sequences.get(detail["id"], 0):
            self._sequences[detail["id"]] = detail["sequence"]
            self.statuses[detail["id"]] = event["detail-type"].removeprefix("document.")
