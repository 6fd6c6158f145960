"""Batches for requests that are limited by their size."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Item = TypeVar("Item")


def split_by_size(
    items: Iterable[Item], measure: Callable[[Item], int], max_size: int, max_items: int | None = None
) -> Iterator[list[Item]]:
    """Yields the items in batches of at most `max_size` and `max_items`. One that is too large alone is a batch of its own."""
    batch, size = list[Item](), 0
    for item in items:
        length = measure(item)
        if batch and (len(batch) == max_items or size + length > max_size):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += length
    if batch:
        yield batch
