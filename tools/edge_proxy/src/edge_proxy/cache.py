"""A cache of responses in memory, bounded in bytes, and the collapsing of simultaneous requests for one of them."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from edge_proxy.stored_response import StoredResponse


class Cache:
    """Drops what was not used for longest when it is full. Threads may share it."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._size = 0
        self._items: OrderedDict[Hashable, StoredResponse] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> StoredResponse | None:
        """Returns what is kept for a key, also when it has expired."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
            return self._items.get(key)

    def put(self, key: Hashable, response: StoredResponse) -> None:
        """Keeps a response in place of an earlier one. One that is larger than the cache is not kept."""
        with self._lock:
            self._remove(key)
            if response.size > self._max_bytes:
                return
            self._items[key] = response
            self._size += response.size
            while self._size > self._max_bytes:
                self._remove(next(iter(self._items)))

    def _remove(self, key: Hashable) -> None:
        removed = self._items.pop(key, None)
        self._size -= removed.size if removed else 0


class Collapser:
    """Lets one of several simultaneous requests for a key reach the origin, while the others wait.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorS3Origin.html#request-s3-traffic-spikes
    """

    def __init__(self) -> None:
        self._leaders: dict[Hashable, threading.Event] = {}
        self._lock = threading.Lock()

    @contextmanager
    def lead(self, key: Hashable) -> Iterator[bool]:
        """Yields True at once to the first request for a key, and False to the others when the first one has ended."""
        with self._lock:
            running = self._leaders.get(key)
            done = self._leaders.setdefault(key, threading.Event()) if running is None else None
        if running is not None:
            running.wait()
            yield False
            return
        try:
            yield True
        finally:
            with self._lock:
                del self._leaders[key]
            if done is not None:
                done.set()
