"""A small world to promote in: a record, its bytes in staging, and what can be seen of both at the end."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count

from functions.domain.document import Document, Status
from functions.domain.effects import LEASE
from functions.domain.events import AbortRequested, Transition
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import staging_key
from functions.domain.kinds import Kinds
from functions.domain.quota import Usage
from functions.domain.repository import DocumentRepository
from functions.domain.states import decide
from functions.domain.storage import ObjectStore
from functions.pipeline.promotion import Outcome, Promotion
from tests.examples import JPEG, KINDS, NOW, OWNER, PLENTY, PNG, Clock, a_document, an_id
from tests.fakes import InMemoryDocuments, InMemoryObjectStore
from tests.interruption import Interruption, interrupted

STAGED = staging_key(OWNER, an_id())


def a_zip() -> bytes:
    """Longer than the head, so that its directory has to be read from the tail."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(200):
            archive.writestr(zipfile.ZipInfo(f"file-{number:03}.dat"), bytes(40))
    return packed.getvalue()


@dataclass(frozen=True)
class End:
    """What an uninterrupted and an interrupted run must agree on; version ids, attempts and times may differ."""

    status: Status
    history: tuple[tuple[Status, str | None], ...]
    found: tuple[str | None, str | None]
    reserved_bytes: int
    usage: Usage
    bytes_held: dict[str, list[bytes]]
    stored_is_recorded: bool


@dataclass
class PromotionScenario:
    repository: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    objects: InMemoryObjectStore = field(default_factory=InMemoryObjectStore)
    clock: Clock = field(default_factory=Clock)
    kinds: Kinds = KINDS
    single_copy_limit: int = 10_000
    parts_in_time: int = 100
    """How many parts of a copy one delivery has time for."""

    def expect(self, document: Document) -> None:
        self.repository.create(document, PLENTY, None, NOW)

    def upload(self, body: bytes) -> str:
        """The version that the client has put to staging."""
        return self.objects.put(STAGED, body, "text/html")

    def abort(self) -> bool:
        """Whether it was not too late."""
        decision = decide(self.document, AbortRequested(), self.clock())
        if isinstance(decision, Transition):
            self.repository.apply(decision)
        return isinstance(decision, Transition)

    def deliver(self, version: str, *, by: Interruption | None = None) -> Outcome:
        repository: DocumentRepository = self.repository
        objects: ObjectStore = self.objects
        if by is not None:
            repository, objects = interrupted(repository, by), interrupted(objects, by)
        promotion = Promotion(repository, objects, self.kinds, self.clock, self.single_copy_limit)
        copied = count()
        return promotion.promote(STAGED, version, lambda: next(copied) >= self.parts_in_time)

    def redeliver(self, *versions: str) -> None:
        """As the queue does: again and again, until nobody says that it should come later."""
        for version in versions:
            while (outcome := self.deliver(version)) in (Outcome.LEASED, Outcome.PAUSED):
                self.clock.advance(LEASE if outcome is Outcome.LEASED else timedelta(0))

    @property
    def document(self) -> Document:
        document = self.repository.get(OWNER, an_id())
        assert document is not None
        return document

    def end(self) -> End:
        document = self.document
        stored = [v for key, held in self.objects.keys.items() if key.startswith("documents/") for v in held]
        return End(
            status=document.status,
            history=tuple((step.status, step.reason) for step in document.history),
            found=(document.content_type, document.sha256),
            reserved_bytes=document.reserved_bytes,
            usage=self.repository.usage(OWNER, NOW),
            bytes_held={
                key: [held.body for held in versions.values()] for key, versions in self.objects.keys.items()
            },
            stored_is_recorded=stored == [v for v in [document.stored_version] if v is not None],
        )


Scenario = Callable[[PromotionScenario], list[str]]
"""Prepares a world, and gives the versions whose events are to be delivered."""


def a_good_file(world: PromotionScenario) -> list[str]:
    world.expect(a_document())
    return [world.upload(PNG)]


def a_file_of_another_type(world: PromotionScenario) -> list[str]:
    world.expect(a_document(size=len(JPEG)))
    return [world.upload(JPEG)]


def a_file_of_another_size(world: PromotionScenario) -> list[str]:
    world.expect(a_document(size=len(PNG) + 1))
    return [world.upload(PNG)]


def an_archive(world: PromotionScenario) -> list[str]:
    body = a_zip()
    world.kinds = Kinds({"archive": {"content_types": ["application/zip"], "max_bytes": 100_000}})
    world.expect(a_document(kind="archive", declared_content_type="application/zip", size=len(body)))
    return [world.upload(body)]


def a_file_that_comes_twice(world: PromotionScenario) -> list[str]:
    """As a form allows: two versions of the same key, and an event for each."""
    world.expect(a_document())
    return [world.upload(PNG), world.upload(PNG)]


def a_file_after_an_abort(world: PromotionScenario) -> list[str]:
    world.expect(a_document())
    version = world.upload(PNG)
    world.abort()
    return [version]


def a_large_file(world: PromotionScenario) -> list[str]:
    world.single_copy_limit, world.objects.copy_part_size = 10, 16
    return a_good_file(world)


def a_large_file_and_little_time(world: PromotionScenario) -> list[str]:
    """It takes more pauses than attempts are allowed."""
    world.parts_in_time = 1
    assert len(PNG) > MAX_ATTEMPTS * 10
    world.single_copy_limit, world.objects.copy_part_size = 10, 10
    return a_good_file(world)


SCENARIOS: list[Scenario] = [
    a_good_file,
    a_file_of_another_type,
    a_file_of_another_size,
    an_archive,
    a_file_that_comes_twice,
    a_file_after_an_abort,
    a_large_file,
    a_large_file_and_little_time,
]
