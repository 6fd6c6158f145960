"""Everything at once, by chance: clients, S3's events, time, the janitor and crashes, step by step against the reference.

On the ports' fakes, which pass the same contract tests as S3's and DynamoDB's adapters, so that ten thousand steps take
seconds. A crash is at the k-th call to a port; then whoever was interrupted comes again when its lease is over.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from functions.domain.document import Document, Method, Status
from functions.domain.effects import LEASE
from functions.domain.errors import AirlockError
from functions.domain.keys import documents_key, staging_key
from functions.domain.parts import MAX_UPLOAD_AGE
from functions.domain.quota import Limits
from functions.pipeline.promotion import Outcome, Promotion
from functions.services.documents import DocumentService
from functions.services.multipart import MultipartService
from functions.services.purge import PurgeOutcome, PurgeService
from functions.services.sweeps import SweepService
from functions.services.uploads import UploadService
from tests.creates import request
from tests.examples import BUCKET, JPEG, KINDS, OWNER, PNG, SIGNER, Clock, an_id
from tests.fake_multipart import InMemoryBucketInventory, InMemoryMultipartStore
from tests.fakes import InMemoryDocuments, InMemoryQueues
from tests.faults.invariants import Snapshot, broken, broken_at_rest, broken_by_change
from tests.faults.model import OPEN, RESTORE_WINDOW, UPLOAD_LIFETIME, Expected
from tests.interruption import Interruption, Killed, die, interrupted

LIMITS = Limits(open_uploads=4, stored_bytes=8 * len(PNG), daily_files=10**6, daily_bytes=10**12)
BODIES = {"right": PNG, "another type": JPEG.ljust(len(PNG), b"\0")[: len(PNG)], "another size": PNG + b"!"}
A_WEEK = timedelta(days=8)
crashes = st.tuples(st.one_of(st.just(0), st.integers(1, 12)), st.booleans())
"""(number of the call at which the process dies, whether after it); 0 is never."""
which = st.integers(0, 7)
T = TypeVar("T")


@dataclass
class Service:
    """The use cases, each on ports that one interruption goes through."""

    repository: InMemoryDocuments = field(default_factory=InMemoryDocuments)
    s3: InMemoryMultipartStore = field(default_factory=InMemoryMultipartStore)
    queues: InMemoryQueues = field(default_factory=InMemoryQueues)
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.inventory = InMemoryBucketInventory(self.s3)

    def _port(self, port: T, by: Interruption | None) -> T:
        return port if by is None else interrupted(port, by)

    def uploads(self, by: Interruption | None) -> UploadService:
        return UploadService(
            repository=self._port(self.repository, by),
            signer=lambda: SIGNER,
            multipart=lambda: self._port(self.s3, by),
            kinds=KINDS,
            limits=LIMITS,
            bucket=BUCKET,
            url_lifetime=900,
            upload_lifetime=int(UPLOAD_LIFETIME.total_seconds()),
        )

    def multipart(self, by: Interruption | None) -> MultipartService:
        return MultipartService(
            repository=self._port(self.repository, by),
            signer=lambda: SIGNER,
            multipart=lambda: self._port(self.s3, by),
            url_lifetime=900,
            upload_lifetime=int(UPLOAD_LIFETIME.total_seconds()),
        )

    def document_service(self, by: Interruption | None) -> DocumentService:
        return DocumentService(
            repository=self._port(self.repository, by),
            signer=lambda: SIGNER,
            download_lifetime=300,
            restore_window=int(RESTORE_WINDOW.total_seconds()),
        )

    def promotion(self, by: Interruption | None) -> Promotion:
        return Promotion(self._port(self.repository, by), self._port(self.s3.objects, by), KINDS, self.clock)

    def purge(self, by: Interruption | None) -> PurgeService:
        repository, inventory = self._port(self.repository, by), self._port(self.inventory, by)
        return PurgeService(repository, inventory, self._port(self.s3, by), self.clock)

    def janitor(self, by: Interruption | None) -> SweepService:
        return SweepService(
            repository=self._port(self.repository, by),
            inventory=self._port(self.inventory, by),
            multipart=self._port(self.s3, by),
            upload_events=self._port(self.queues, by),
            purge_queue=self._port(self.queues, by),
            clock=self.clock,
        )

    def snapshot(self) -> Snapshot:
        documents = tuple(self.repository._documents.values())
        objects = {
            key: {v: held.body for v, held in found.items()} for key, found in self.s3.objects.keys.items()
        }
        uploads = {upload_id: upload.key for upload_id, upload in self.s3.open.items()}
        return Snapshot(documents, self.repository.usage(OWNER, self.clock()), objects, uploads)


class AnOwner(RuleBasedStateMachine):
    @initialize()
    def begin(self) -> None:
        self.service = Service()
        self.expected: dict[str, Expected] = {}
        self.numbers = count(1)
        self.before = self.service.snapshot()

    def surely(self, act: Callable[[Interruption | None], T], crash: tuple[int, bool]) -> T:
        """Killed at the given call, and then once more, when the lease that it left is over."""
        at, after = crash
        try:
            return act(Interruption(die, at, after))
        except Killed:
            self.service.clock.advance(LEASE)
            return act(None)
        finally:
            self._note_times()

    def _note_times(self) -> None:
        came, now = self.service.inventory.came, self.service.clock()
        for versions in self.service.s3.objects.keys.values():
            for version in versions:
                came.setdefault(version, now)
        for upload_id in self.service.s3.open:
            came.setdefault(upload_id, now)

    def _one(self, number: int) -> tuple[str, Expected]:
        ids = sorted(self.expected)
        chosen = ids[-1 - number % len(ids)]
        return chosen, self.expected[chosen]

    def _record(self, document_id: str) -> Document:
        found = self.service.repository.get(OWNER, document_id)
        assert found is not None
        return found

    @rule(method=st.sampled_from(Method), crash=crashes, again=st.booleans())
    def create(self, method: Method, crash: tuple[int, bool], again: bool) -> None:
        key = f"key-{next(self.numbers)}"
        opened = sum(expected.status in OPEN for expected in self.expected.values())
        reserved_bytes = sum(expected.reserved_bytes for expected in self.expected.values())

        def act(by: Interruption | None) -> Any:
            now = self.service.clock()
            return self.service.uploads(by).create(
                request(size=len(PNG), method=method),
                owner=OWNER,
                document_id=an_id(next(self.numbers), now),
                idempotency_key=key,
                now=now,
            )

        fits = opened < LIMITS.open_uploads and reserved_bytes + len(PNG) <= LIMITS.stored_bytes
        try:
            created = self.surely(act, crash)
            assert not again or act(None).document.id == created.document.id
        except AirlockError:
            assert not fits
            return
        assert fits
        self.expected[created.document.id] = Expected(
            method, self._record(created.document.id).upload_deadline
        )

    @precondition(lambda self: self.expected)
    @rule(number=which, body=st.sampled_from(["right", "right", *BODIES]))
    def send(self, number: int, body: str) -> None:
        """By a URL that was signed once: also late, again, or when nobody waits any more; S3 tells of it, once."""
        document_id, expected = self._one(number)
        key, objects = staging_key(OWNER, document_id), self.service.s3.objects
        if expected.method is Method.MULTIPART or (expected.method is Method.PUT and key in objects.keys):
            return
        version = objects.put(key, BODIES[body])
        expected.staged[version] = BODIES[body]
        self.service.queues.events.append((key, version))
        self._note_times()

    @precondition(lambda self: self.expected)
    @rule(number=which)
    def send_part(self, number: int) -> None:
        document_id, expected = self._one(number)
        document = self._record(document_id)
        if document.upload_id in self.service.s3.open:
            self.service.s3.put_part(staging_key(OWNER, document_id), document.upload_id or "", 1, PNG)
            expected.has_part = True

    @precondition(lambda self: self.expected)
    @rule(number=which)
    def sign_part(self, number: int) -> None:
        document_id, expected = self._one(number)
        document, now = self._record(document_id), self.service.clock()
        open_for_parts = document.status is Status.PENDING and now < expected.upload_deadline
        try:
            self.service.multipart(None).presign(OWNER, document_id, [1], {}, now)
        except AirlockError:
            assert expected.method is not Method.MULTIPART or not open_for_parts
            return
        wanted = min(now + UPLOAD_LIFETIME, document.created_at + MAX_UPLOAD_AGE)
        if wanted - expected.upload_deadline >= timedelta(hours=1):
            expected.upload_deadline = wanted

    @precondition(lambda self: self.expected)
    @rule(number=which, crash=crashes)
    def complete(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._one(number)
        key, objects = staging_key(OWNER, document_id), self.service.s3.objects
        if expected.method is not Method.MULTIPART:
            return
        before = set(objects.keys.get(key, {}))

        def act(by: Interruption | None) -> Any:
            return self.service.multipart(by).complete(
                OWNER, document_id, crc64nvme=None, clock=self.service.clock
            )

        try:
            self.surely(act, crash)
        except AirlockError:
            late = self.service.clock() >= expected.upload_deadline
            assert not expected.has_part or late or expected.status != "pending"
        for version in set(objects.keys.get(key, {})) - before:
            assert expected.status == "pending"
            assert expected.has_part
            expected.complete(version)
            self.service.queues.events.append((key, version))

    @precondition(lambda self: self.expected)
    @rule(number=which, crash=crashes)
    def abort(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._one(number)
        completing = self._record(document_id).status is Status.COMPLETING
        try:
            self.surely(
                lambda by: self.service.uploads(by).abort(OWNER, document_id, self.service.clock()), crash
            )
        except AirlockError:
            assert completing or not expected.abort()
        else:
            assert expected.abort()

    @precondition(lambda self: self.expected)
    @rule(number=which, crash=crashes)
    def delete(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._one(number)
        when = []

        def act(by: Interruption | None) -> None:
            when.append(self.service.clock())
            self.service.document_service(by).delete(OWNER, document_id, when[-1])

        try:
            self.surely(act, crash)
        except AirlockError:
            assert expected.status == "purged" or not expected.delete(self.service.clock())
        else:
            assert expected.delete(when[0])
            expected.purge_after = self._record(document_id).purge_after

    @precondition(lambda self: self.expected)
    @rule(number=which, crash=crashes)
    def restore(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._one(number)
        when = self.service.clock()
        try:
            self.surely(lambda by: self.service.document_service(by).restore(OWNER, document_id, when), crash)
        except AirlockError:
            assert not expected.restore(when)
        else:
            assert expected.restore(when)

    @precondition(lambda self: self.expected)
    @rule(number=which)
    def download(self, number: int) -> None:
        document_id, expected = self._one(number)
        try:
            answer = self.service.document_service(None).download(
                OWNER, document_id, inline=False, now=self.service.clock()
            )
        except AirlockError:
            assert expected.status != "ready"
            return
        assert expected.status == "ready"
        [(version, held)] = self.service.s3.objects.keys[documents_key(OWNER, document_id)].items()
        assert held.body == expected.body == PNG
        assert f"versionId={version}" in answer.signed.url

    @precondition(lambda self: self.service.queues.events)
    @rule(number=which, twice=st.booleans(), crash=crashes)
    def deliver(self, number: int, twice: bool, crash: tuple[int, bool]) -> None:
        """Any event that is on its way, in any order, and perhaps again later."""
        events = self.service.queues.events
        place = number % len(events)
        key, version = events[place] if twice else events.pop(place)
        outcome = self.surely(lambda by: self.service.promotion(by).promote(key, version), crash)
        assert outcome not in (Outcome.LEASED, Outcome.PAUSED, Outcome.FAILED)
        self.expected[key.rpartition("/")[2]].arrive(version)

    @precondition(lambda self: self.service.queues.events)
    @rule(number=which)
    def lose_event(self, number: int) -> None:
        self.service.queues.events.pop(number % len(self.service.queues.events))

    @precondition(lambda self: self.service.queues.purge_tasks)
    @rule(number=which, crash=crashes)
    def purge(self, number: int, crash: tuple[int, bool]) -> None:
        orders = self.service.queues.purge_tasks
        owner, document_id = orders.pop(number % len(orders))
        outcome = self.surely(lambda by: self.service.purge(by).purge(owner, document_id), crash)
        assert outcome is not PurgeOutcome.LEASED
        self.expected[document_id].purge(self.service.clock())

    @rule(crash=crashes)
    def janitor(self, crash: tuple[int, bool]) -> None:
        self.surely(lambda by: self.service.janitor(by).sweep(lambda: False), crash)
        for document_id, expected in self.expected.items():
            expected.expire(self.service.clock())
            held = self.service.s3.objects.keys.get(staging_key(OWNER, document_id), {})
            left = {version: body for version, body in expected.staged.items() if version in held}
            assert left == expected.staged or expected.status not in OPEN
            expected.staged = left

    @rule(minutes=st.sampled_from([1, 20, 90, 13 * 60, 25 * 60, 8 * 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.service.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def nothing_is_broken(self) -> None:
        now = self.service.snapshot()
        assert broken(now, LIMITS) + broken_by_change(self.before, now) == []
        self.before = now

    @invariant()
    def the_record_is_as_expected(self) -> None:
        found = {document.id: self._told(document) for document in self.before.documents}
        assert found == {document_id: expected.status for document_id, expected in self.expected.items()}

    def _told(self, document: Document) -> str:
        """A call to complete that died without effect is for the client as if it had not been."""
        held = self.service.s3.objects.keys.get(staging_key(OWNER, document.id))
        dead = document.status is Status.COMPLETING and not held
        return "pending" if dead else document.status.public_status.value

    def teardown(self) -> None:
        """Time goes on, everything is delivered, the janitor comes round: then all is at rest, and stays so."""
        for _ in range(3):
            self.service.clock.advance(A_WEEK)
            self.janitor((0, False))
            while self.service.queues.events:
                self.deliver(0, False, (0, False))
            while self.service.queues.purge_tasks:
                self.purge(0, (0, False))
        self.nothing_is_broken()
        self.the_record_is_as_expected()
        before = self.service.snapshot()
        assert broken_at_rest(before) == []
        assert self.service.janitor(None).sweep(lambda: False) == {}
        assert self.service.snapshot() == before


AnOwner.TestCase.settings = settings(max_examples=200, stateful_step_count=50)
TestAnOwner = AnOwner.TestCase
