"""Delivers the messages of the queues to the functions that consume them, one at a time, in the order in which they are due."""

import logging
import threading
from collections.abc import Mapping

from airlock_testing.service.invocations import Handler, Invocations
from airlock_testing.service.queues import Message, Queues, to_lambda_event

_logger = logging.getLogger(__name__)


class Dispatcher:
    """A thread that waits for messages. `consumers` maps the name of a queue to the handler of its function."""

    def __init__(self, queues: Queues, invocations: Invocations, consumers: Mapping[str, Handler]) -> None:
        self._queues = queues
        self._invocations = invocations
        self._consumers = consumers
        self._names = frozenset(consumers)
        self._is_busy = False

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True).start()

    def wait_until_idle(self, timeout: float) -> bool:
        """Returns True when no message is due or being processed, and False after `timeout` seconds."""
        with self._queues.changed:
            return self._queues.changed.wait_for(self._is_idle, timeout)

    def _is_idle(self) -> bool:
        return not self._is_busy and self._queues.find_due(self._names) is None

    def _run(self) -> None:
        while True:
            message = self._wait_for_message()
            # A reset holds the lock, and takes the message away.
            with self._invocations.lock:
                if self._queues.has(message):
                    self._deliver(message)
            with self._queues.changed:
                self._is_busy = False
                self._queues.changed.notify_all()

    def _wait_for_message(self) -> Message:
        with self._queues.changed:
            while (message := self._queues.find_due(self._names)) is None:
                self._queues.changed.wait(self._queues.seconds_until_due(self._names))
            self._is_busy = True
            return message

    def _deliver(self, message: Message) -> None:
        """A message whose function crashes comes again, as with SQS."""
        message.deliveries += 1
        try:
            response = self._invocations.invoke(self._consumers[message.queue], to_lambda_event(message))
        except Exception:
            _logger.exception("a function has crashed with a message of %s", message.queue)
            self._queues.postpone(message)
            return
        if response["batchItemFailures"]:
            self._queues.postpone(message)
        else:
            self._queues.delete(message)
