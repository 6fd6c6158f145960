"""Tells parallel requests to stop, because another one has failed or the caller has given up."""

from threading import Event


class CancelledTransferError(Exception):
    """Another request of the same transfer has failed, and its error is the one that the caller sees."""


class Cancellation:
    """A flag that may be set from any thread. A request looks at it between two chunks of bytes.

    The flag of several files at once is the parent of that of each file.
    """

    def __init__(self, parent: "Cancellation | None" = None) -> None:
        self._event = Event()
        self._children: list[Cancellation] = []
        if parent:
            parent._children.append(self)
            # A file may begin after the first error. Looked at last, so that no cancellation falls between the two.
            if parent._event.is_set():
                self.cancel()

    def cancel(self) -> None:
        self._event.set()
        for child in self._children:
            child.cancel()

    def raise_if_cancelled(self) -> None:
        if self._event.is_set():
            raise CancelledTransferError

    def wait(self, seconds: float) -> None:
        """Sleeps in this thread, and raises CancelledTransferError as soon as the flag is set."""
        self._event.wait(seconds)
        self.raise_if_cancelled()
