"""Observation of every call that the functions make to AWS, before it is sent and after its response has arrived.

The boto3 clients of `wiring` inherit the event handlers of its session. The table client has no events, so it is wrapped in
the repository. Calls of a test's own clients are not observed.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Protocol

from botocore.model import OperationModel

from functions import wiring
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.connections import NoResponseError
from functions.adapters.dynamodb.table import DynamoDB
from functions.wiring import clients
from strict_s3 import enforce_copy_conditions
from tests.faults.scanner import OPERATION, ScanRequests
from tests.interruptions import ProcessKilled
from tests.lambdas.account import forget_clients, forget_wiring


class Observer(Protocol):
    """Both methods may raise, which ends the call. Both get the same `context` of a call."""

    def before(self, operation: str, context: dict[str, Any]) -> None: ...

    def after(self, operation: str, context: dict[str, Any]) -> None: ...


class NullObserver:
    def before(self, operation: str, context: dict[str, Any]) -> None: ...

    def after(self, operation: str, context: dict[str, Any]) -> None: ...


@dataclass
class AwsCalls:
    """Passes each call to the current observer. `messages` counts the calls that send a message, `queues` has their URLs.

    `scans` are the requests for another scan.
    """

    observer: Observer = field(default_factory=NullObserver)
    messages: int = 0
    queues: set[str] = field(default_factory=set)
    scans: ScanRequests = field(default_factory=ScanRequests)

    @contextmanager
    def notify(self, observer: Observer) -> Iterator[None]:
        """Makes `observer` the current one."""
        self.observer, previous = observer, self.observer
        try:
            yield
        finally:
            self.observer = previous

    def rewire(self) -> None:
        """Makes the functions read their environment again, as new processes do."""
        forget_wiring()
        repository = wiring.repository()
        table = repository._table
        repository._table = replace(table, dynamodb=ObservedDynamoDB(table.dynamodb, self))

    def before(self, model: OperationModel, params: dict[str, Any], context: dict[str, Any], **_: Any) -> Any:
        """Returns the response of a call that moto does not know, which is then not sent."""
        if model.name == "SendMessage":
            self.messages += 1
            self.queues.add(json.loads(params["body"])["QueueUrl"])
        self.observer.before(model.name, context)
        return self.scans.answer(params) if model.name == OPERATION else None

    def after(self, model: OperationModel, context: dict[str, Any], **_: Any) -> None:
        self.observer.after(model.name, context)


@dataclass
class ObservedDynamoDB:
    """Implements `functions.adapters.dynamodb.table.DynamoDB`. An error is a response too, as in botocore."""

    client: DynamoDB
    calls: AwsCalls

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        context: dict[str, Any] = {}
        self.calls.observer.before(operation, context)
        try:
            response = self.client(operation, **parameters)
        except (DynamoDBError, NoResponseError):
            self.calls.observer.after(operation, context)
            raise
        self.calls.observer.after(operation, context)
        return response


@contextmanager
def observe_aws_calls() -> Iterator[AwsCalls]:
    """Observes the functions of this process. Meanwhile moto enforces the conditions of a copy, as S3 does."""
    calls, events = AwsCalls(), clients.session().events
    events.register_first("before-call", calls.before)
    events.register_last("after-call", calls.after)
    stop_enforcing = enforce_copy_conditions(events)
    forget_clients()
    try:
        yield calls
    finally:
        stop_enforcing()
        events.unregister("before-call", calls.before)
        events.unregister("after-call", calls.after)
        forget_clients()
        forget_wiring()


@dataclass
class Crash:
    """Ends the process at call number `at` (from 1; 0 is never): before the call, or `late`, when it has taken effect.

    After the crash, threads that still run cannot call AWS until `restart`.
    """

    at: int = 0
    late: bool = False
    calls: list[str] = field(default_factory=list)
    has_happened: bool = False
    _is_down: bool = False
    _lock: Lock = field(default_factory=Lock)

    def before(self, operation: str, context: dict[str, Any]) -> None:
        with self._lock:
            if self._is_down:
                raise ProcessKilled
            self.calls.append(operation)
            context["number"] = len(self.calls)
            if not self.late:
                self._crash_at(context)

    def after(self, operation: str, context: dict[str, Any]) -> None:
        with self._lock:
            if self.late:
                self._crash_at(context)

    def restart(self) -> None:
        self._is_down = False

    def _crash_at(self, context: dict[str, Any]) -> None:
        if context["number"] == self.at and not self.has_happened:
            self.has_happened = self._is_down = True
            raise ProcessKilled


@dataclass
class SerialCalls:
    """One call at a time, because moto's concurrent transactions undo each other's writes."""

    _lock: Lock = field(default_factory=Lock)

    def before(self, operation: str, context: dict[str, Any]) -> None:
        self._lock.acquire()

    def after(self, operation: str, context: dict[str, Any]) -> None:
        self._lock.release()
