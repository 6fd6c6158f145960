"""The way from a queue to its function, with a tap in it; from S3's events above all."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_PATIENCE = 60.0


@dataclass(frozen=True)
class EventSources:
    lambda_: Any

    @contextmanager
    def paused(self, queue: str = "ObjectCreated") -> Iterator[None]:
        """Messages wait in the queue meanwhile, so that what is staged stays staged, and what is deleted deleted."""
        mappings = self.lambda_.list_event_source_mappings()["EventSourceMappings"]
        [mapping] = [mapping for mapping in mappings if f"{queue}Queue" in mapping["EventSourceArn"]]
        self._enable(mapping["UUID"], enabled=False)
        try:
            yield
        finally:
            self._enable(mapping["UUID"], enabled=True)

    def _enable(self, uuid: str, *, enabled: bool) -> None:
        self.lambda_.update_event_source_mapping(UUID=uuid, Enabled=enabled)
        wanted, deadline = ("Enabled" if enabled else "Disabled"), time.monotonic() + _PATIENCE
        while self.lambda_.get_event_source_mapping(UUID=uuid)["State"] != wanted:
            assert time.monotonic() < deadline, f"the event source mapping does not become {wanted}"
            time.sleep(0.05)
