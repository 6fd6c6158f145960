"""The event source mappings through which functions read their queues."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tests.journeys.wait import wait_until


@dataclass(frozen=True)
class EventSources:
    lambda_: Any

    @contextmanager
    def pause(self, queue: str = "ObjectCreated") -> Iterator[None]:
        """Disables the reader of a queue, so that staged bytes stay staged, or deleted documents stay deleted."""
        mappings = self.lambda_.list_event_source_mappings()["EventSourceMappings"]
        [mapping] = [mapping for mapping in mappings if f"{queue}Queue" in mapping["EventSourceArn"]]
        self._enable(mapping["UUID"], enabled=False)
        try:
            yield
        finally:
            self._enable(mapping["UUID"], enabled=True)

    def _enable(self, uuid: str, *, enabled: bool) -> None:
        self.lambda_.update_event_source_mapping(UUID=uuid, Enabled=enabled)
        state = "Enabled" if enabled else "Disabled"
        wait_until(
            lambda: self.lambda_.get_event_source_mapping(UUID=uuid)["State"] == state,
            f"the event source mapping is {state}",
        )
