"""Rules of EventBridge on a local stack."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def disable_rule(events: Any, name: str) -> Iterator[None]:
    """Disables the rule for a while, so that its target gets nothing."""
    events.disable_rule(Name=name)
    try:
        yield
    finally:
        events.enable_rule(Name=name)
