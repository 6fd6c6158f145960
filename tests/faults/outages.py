"""An outage on virtual time: the pipeline, its queue with delays, the scheduled sweeps, and calls that fail for a while."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Any, Final, TypeVar, cast

from functions.adapters.aws_errors import is_fault
from functions.adapters.dynamodb.client import DynamoDBError
from functions.adapters.dynamodb.unavailable import translate_errors
from functions.domain.codes import Code
from functions.domain.document import Document
from functions.domain.errors import Unavailable
from functions.domain.keys import staging_key
from functions.domain.slices import PERIOD
from functions.domain.steps import PROMOTE
from functions.messages import s3_events, step_results
from functions.messages.batch import BatchConfig, process_batch
from functions.pipeline.engine import Engine
from functions.pipeline.promote import PromoteStep
from functions.services.sweeps.service import SweepService
from tests.examples import BUCKET, NOW, OWNER, PLENTY, PNG, a_document, an_id
from tests.fake_deployment import FakeDeployment
from tests.faults.virtual_queue import VirtualQueue, to_record

Port = TypeVar("Port")
Faults = Mapping[str, tuple[str, int]]
"""Pattern of calls, such as `objects.copy`, or `repository.apply#2` for the second in each delivery -> AWS's error code and status."""

CALL: Final = timedelta(milliseconds=50)
"""Duration of each call to a port, so that an outage begins in the middle of an attempt."""
START = NOW + timedelta(hours=1)

OUTAGES: Mapping[str, Faults] = {
    "copy 503": {"objects.copy": ("SlowDown", 503)},
    "get 503": {"objects.open": ("ServiceUnavailable", 503), "objects.read": ("InternalError", 500)},
    "table throttled": {"repository.*": ("ThrottlingException", 400)},
    "a right on the table is missing": {"repository.*": ("AccessDeniedException", 400)},
    "the last write of each run is refused": {"repository.apply#2": ("TransactionConflictException", 400)},
    "SQS down": {"queue.*": ("ServiceUnavailable", 503)},
    "KMS throttled": {"objects.*": ("KMS.ThrottlingException", 400)},
    "KMS throttled for messages": {"queue.*": ("KmsThrottled", 400)},
}


@dataclass
class _FaultyPort:
    name: str
    port: object
    scenario: "OutageScenario"

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(*args: Any, **named: Any) -> Any:
            self.scenario.call(f"{self.name}.{method}")
            return getattr(self.port, method)(*args, **named)

        return call


@dataclass(kw_only=True)
class OutageScenario(FakeDeployment):
    """Calls that match `faults` fail from START on, for `duration`. An error that is no fault is raised as a bug."""

    faults: Faults
    duration: timedelta
    queue: VirtualQueue = field(init=False)
    documents: int = 0
    _calls: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.queue = VirtualQueue(self.clock)
        self._next_sweep = NOW + PERIOD

    @property
    def end(self) -> datetime:
        return START + self.duration

    def call(self, name: str) -> None:
        """Lets the duration of one call pass. Raises Unavailable, as an adapter does, if the call meets the outage."""
        self.clock.advance(CALL)
        self._calls[name] += 1
        error = self._find_error(name) or self._find_error(f"{name}#{self._calls[name]}")
        if error is None:
            return
        if name.startswith("repository."):
            with translate_errors():
                raise DynamoDBError(error[0], {}, error[1])
        if not is_fault(*error):
            raise RuntimeError(error)
        raise Unavailable(Code.STORAGE_UNAVAILABLE, error[0])

    def upload(self, at: datetime, kind: str = "image") -> None:
        """Runs until `at` and stores the bytes of a new document. S3's event is lost if the queue is down."""
        self.run_until(at)
        document = a_document(id=an_id(self.documents), kind=kind)
        self.documents += 1
        self.repository.create(document, PLENTY, None, NOW)
        key = staging_key(OWNER, document.id)
        version = self.objects.put(key, PNG)
        self.inventory.came[version] = self.clock()
        if self._find_error("queue.send") is None:
            self.queue.notify(key, version)

    def pass_file(self, step: str, at: datetime) -> None:
        """Runs until `at`, when the worker of a step passes the file of its first task."""
        self.run_until(at)
        task = self.tasks[step].tasks.pop(0)
        names = {"documentId": task.document_id, "owner": task.owner, "versionId": task.version}
        self.queue.send({**names, "step": step, "attempt": task.attempt, "outcome": "passed"})

    def run_until(self, end: datetime) -> None:
        """Delivers messages and sweeps at their times until `end`."""
        while (at := self._find_next()) <= end:
            self.clock.now = max(self.clock.now, at)
            if at == self._next_sweep:
                self._sweep()
            else:
                self._deliver()
        self.clock.now = max(self.clock.now, end)

    def list_documents(self) -> list[Document]:
        found = (self.repository.get(OWNER, an_id(number)) for number in range(self.documents))
        return [document for document in found if document is not None]

    def _find_next(self) -> datetime:
        """Returns the time of the next sweep or message. No message comes while the queue is down."""
        visible = [visible_at for visible_at, _ in self.queue.waiting]
        if not visible:
            return self._next_sweep
        first = max(min(visible), self.clock())
        is_down = START <= first < self.end and self._match("queue.receive") is not None
        return min(self.end if is_down else first, self._next_sweep)

    def _sweep(self) -> None:
        self._next_sweep += PERIOD
        try:
            self._faulty_sweeps().sweep(lambda: False)
        except Unavailable:
            return

    def _deliver(self) -> None:
        message = self.queue.receive()
        self._calls.clear()
        config = BatchConfig(
            handler=self._process,
            group_key=s3_events.first_key,
            has_time=lambda: True,
            queue=self._wrap("queue", self.queue),
            is_repeated=s3_events.is_republished,
            clock=lambda: self.clock().timestamp(),
        )
        failures = process_batch({"Records": [to_record(message)]}, config)["batchItemFailures"]
        if not failures and self._find_error("queue.delete") is None:
            self.queue.delete(message.id)

    def _process(self, body: str) -> list[str]:
        engine, message = self._faulty_engine(), json.loads(body)
        if "Records" not in message:
            return [engine.process_result(step_results.parse(body, message["step"]))]
        return [engine.process_upload(each.key, each.version or "") for each in s3_events.parse(body)]

    def _faulty_engine(self) -> Engine:
        objects = self._wrap("objects", self.objects)
        promote = PromoteStep(objects, self.tasks[PROMOTE], BUCKET, self.single_copy_limit)
        repository = self._wrap("repository", self.repository)
        return replace(self.engine(), repository=repository, objects=objects, last=(promote,))

    def _faulty_sweeps(self) -> SweepService:
        return replace(
            self.sweep_service(),
            repository=self._wrap("repository", self.repository),
            upload_events=self._wrap("queue", self.queue),
        )

    def _wrap(self, name: str, port: Port) -> Port:
        return cast(Port, _FaultyPort(name, port, self))

    def _find_error(self, call: str) -> tuple[str, int] | None:
        return self._match(call) if START <= self.clock() < self.end else None

    def _match(self, call: str) -> tuple[str, int] | None:
        return next((error for pattern, error in self.faults.items() if fnmatchcase(call, pattern)), None)
