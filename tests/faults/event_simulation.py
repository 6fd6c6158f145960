"""Documents that come to every end with interruptions, whose changes are published through faults of every part."""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Any

from functions.adapters.dynamodb.stream import StreamReader
from functions.adapters.eventbridge import EventBridgeBus
from functions.domain.callers import Caller
from functions.domain.details import DetailsPatch
from functions.domain.effects import LEASE
from functions.services.publish import PublishService
from tests.examples import BUCKET, PDF, PNG, an_id
from tests.fake_deployment import FakeDeployment
from tests.faults.event_delivery import FaultyBus, Subscriber
from tests.faults.event_stream import Killed, Reader, StreamedDocuments, TableStream
from tests.interruptions import Interruption, ProcessKilled
from tests.upload_requests import make_request

ENDS = ("aborted", "expired", "rejected", "failed", "ready", "deleted", "restored", "purged")
_LONG = timedelta(days=8)
_SUBSCRIBERS = 3
_IN_FLIGHT = 50
"""Documents that are on their way at the same time."""


@dataclass
class Life:
    """One document of its own owner, from its create to one of the ends."""

    number: int
    end: str
    stream: TableStream
    rng: random.Random
    deployment: FakeDeployment = field(init=False)

    def __post_init__(self) -> None:
        self.deployment = FakeDeployment(repository=StreamedDocuments(stream=self.stream))
        self.owner, self.id = f"{self.number:032x}", an_id(self.number)

    def run(self) -> Iterator[None]:
        """Yields between its steps."""
        self._interrupt(self._create)
        yield
        if self.end == "aborted":
            self._interrupt(
                lambda by: self.deployment.upload_service(by).abort(self.owner, self.id, self._now)
            )
            return
        if self.end == "expired":
            self.deployment.clock.advance(_LONG)
            self._interrupt(lambda by: self.deployment.sweep_service(by).sweep(lambda: False))
            return
        yield from self._upload()
        if self.end in ("ready", "rejected", "failed"):
            return
        self._interrupt(
            lambda by: self.deployment.document_service(by).delete(self.owner, self.id, self._now)
        )
        yield
        if self.end == "restored":
            service = self.deployment.document_service
            self._interrupt(lambda by: service(by).restore(self.owner, self.id, self._now))
        if self.end == "purged":
            self.deployment.clock.advance(_LONG)
            self.deployment.objects.keys.pop(self._staging_key, None)  # a sweep deletes it
            self._interrupt(lambda by: self.deployment.purge_service(by).purge(self.owner, self.id))

    @property
    def _now(self) -> Any:
        return self.deployment.clock()

    @property
    def _staging_key(self) -> str:
        return self.stream.documents[self.id].staging_key

    def _create(self, by: Interruption | None) -> None:
        self.deployment.upload_service(by).create(
            make_request(size=len(PNG)),
            caller=Caller(self.owner),
            document_id=self.id,
            idempotency_key="key",
            now=self._now,
        )

    def _upload(self) -> Iterator[None]:
        body = PDF.ljust(len(PNG), b"\0") if self.end == "rejected" else PNG
        version = self.deployment.objects.put(self._staging_key, body)
        yield
        for _ in range(6 if self.end == "failed" else 0):  # each attempt dies behind its claim
            self._try(lambda by: self._process(version, by), Interruption(at=3, after=True))
            yield
        for _ in range(self.rng.choice([1, 1, 2])):  # the event may come twice
            self._interrupt(lambda by: self._process(version, by))
        if self.end == "ready":
            patch = DetailsPatch(title="Another title")
            service = self.deployment.document_service()
            service.update(self.owner, self.id, patch, now=self._now)
        yield

    def _process(self, version: str, by: Interruption | None) -> None:
        self.deployment.engine(by).process_upload(self._staging_key, version)

    def _interrupt(self, act: Callable[[Interruption | None], object]) -> None:
        """Runs `act`, perhaps with a crash at one of its calls, after which it runs again."""
        crashes = self.rng.random() < 0.3
        if crashes and not self._try(
            act, Interruption(at=self.rng.randrange(1, 6), after=self.rng.random() < 0.5)
        ):
            act(None)
        if not crashes:
            act(None)

    def _try(self, act: Callable[[Interruption | None], object], by: Interruption) -> bool:
        """Returns False if the process was killed. Its lease is over then."""
        try:
            act(by)
        except ProcessKilled:
            self.deployment.clock.advance(LEASE + timedelta(seconds=1))
            return False
        return True


@dataclass
class EventSimulation:
    """Many documents at once. `run` ends when every change was published or is in `failures`, and all was delivered."""

    documents: int
    seed: int
    faults: float = 0.3
    patience: int = 40

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.stream, self.failures = TableStream(), list[str]()
        self.subscribers = [Subscriber() for _ in range(_SUBSCRIBERS)]
        self.bus = FaultyBus(self.stream, self.subscribers, self.rng, self.faults)
        self.readers = [
            Reader(shard, self.publish, self.failures, self.rng, self.patience)
            for shard in self.stream.shards
        ]

    def publish(self, records: Any) -> str | None:
        service = PublishService(StreamReader({}), EventBridgeBus(self.bus, "bus"), BUCKET)
        return service.publish(records)

    def run(self) -> None:
        for _ in self._live():
            self.rng.choice(self.readers).read()
            self.bus.deliver(0.2)
        while not all(reader.is_done for reader in self.readers):
            for reader in self.readers:
                reader.read()
            self.bus.deliver(0.2)
        self._replay()
        self.bus.deliver(1)

    def _live(self) -> Iterator[None]:
        """Runs all documents, some of them at the same time, in any order of their steps."""
        waiting = iter(range(self.documents))
        lives = [self._start(number) for number in islice(waiting, _IN_FLIGHT)]
        while lives:
            place = self.rng.randrange(len(lives))
            try:
                next(lives[place])
            except StopIteration:
                del lives[place]
                lives += [self._start(number) for number in islice(waiting, 1)]
            yield

    def _start(self, number: int) -> Iterator[None]:
        return Life(number, ENDS[number % len(ENDS)], self.stream, self.rng).run()

    def _replay(self) -> None:
        """Publishes what is in the bucket of failures after the repair, until the bus takes it, as `operate events replay` does."""
        self.bus.faults = 0.1
        for object_ in self.failures:
            records = json.loads(json.loads(object_)["payload"])["Records"]
            while not self._is_published(records):
                pass

    def _is_published(self, records: Any) -> bool:
        try:
            return self.publish(records) is None
        except Killed:
            return False
