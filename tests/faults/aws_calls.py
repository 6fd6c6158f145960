"""Every call that the functions make to AWS, seen before it goes out and when its answer is there.

boto3's clients of `wiring` take their event handlers from its session, so what is registered there sees them all. The
client of the table has no events: it is wrapped where the records hold it. What a test asks through clients of its own
is not seen.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Protocol

from botocore.model import OperationModel

from functions import wiring
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.documents import DynamoDB
from strict_s3 import enforce_copy_conditions
from tests.interruption import Killed
from tests.lambdas.account import forget_wiring


class Observer(Protocol):
    """Either may raise, and the call ends with that. `context` is one and the same dict for both."""

    def before(self, operation: str, context: dict[str, Any]) -> None: ...

    def after(self, operation: str, context: dict[str, Any]) -> None: ...


class Nobody:
    def before(self, operation: str, context: dict[str, Any]) -> None: ...

    def after(self, operation: str, context: dict[str, Any]) -> None: ...


@dataclass
class AwsCalls:
    """Who watches at the moment."""

    observer: Observer = field(default_factory=Nobody)

    @contextmanager
    def seen_by(self, observer: Observer) -> Iterator[None]:
        self.observer, before = observer, self.observer
        try:
            yield
        finally:
            self.observer = before

    def rewire(self) -> None:
        """The functions read their environment again, as new processes do."""
        forget_wiring()
        repository = wiring._repository()
        repository._dynamodb = WatchedTable(repository._dynamodb, self)

    def before(self, model: OperationModel, context: dict[str, Any], **_: Any) -> None:
        self.observer.before(model.name, context)

    def after(self, model: OperationModel, context: dict[str, Any], **_: Any) -> None:
        self.observer.after(model.name, context)


@dataclass
class WatchedTable:
    """Implements `functions.adapters.dynamodb.documents.DynamoDB`; as with botocore's events, an error's answer is an answer as well."""

    client: DynamoDB
    calls: AwsCalls

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        context: dict[str, Any] = {}
        self.calls.observer.before(operation, context)
        try:
            answer = self.client(operation, **parameters)
        except DynamoDBError:
            self.calls.observer.after(operation, context)
            raise
        self.calls.observer.after(operation, context)
        return answer


@contextmanager
def tapped() -> Iterator[AwsCalls]:
    """With moto as strict about copies as S3 is."""
    calls, events = AwsCalls(), wiring._session().events
    events.register_first("before-call", calls.before)
    events.register_last("after-call", calls.after)
    forgive_copies = enforce_copy_conditions(events)
    try:
        yield calls
    finally:
        forgive_copies()
        events.unregister("before-call", calls.before)
        events.unregister("after-call", calls.after)
        forget_wiring()


@dataclass
class Kill:
    """The process dies at call number `at` (from 1; 0 is never): before it goes out, or once it has taken effect.

    Dead is dead: nothing that still runs in that process reaches AWS any more, until `revive` starts another.
    """

    at: int = 0
    late: bool = False
    calls: list[str] = field(default_factory=list)
    struck: bool = False
    _dead: bool = False
    _lock: Lock = field(default_factory=Lock)

    def before(self, operation: str, context: dict[str, Any]) -> None:
        with self._lock:
            if self._dead:
                raise Killed
            self.calls.append(operation)
            context["number"] = len(self.calls)
            if not self.late:
                self._strike(context)

    def after(self, operation: str, context: dict[str, Any]) -> None:
        with self._lock:
            if self.late:
                self._strike(context)

    def revive(self) -> None:
        self._dead = False

    def _strike(self, context: dict[str, Any]) -> None:
        if context["number"] == self.at and not self.struck:
            self.struck = self._dead = True
            raise Killed


@dataclass
class OneAtATime:
    """For threads that nobody schedules: moto's transactions undo each other's writes when two of them overlap."""

    _lock: Lock = field(default_factory=Lock)

    def before(self, operation: str, context: dict[str, Any]) -> None:
        self._lock.acquire()

    def after(self, operation: str, context: dict[str, Any]) -> None:
        self._lock.release()
