"""Random sequences of requests, events, sweeps, crashes and waits, compared with a reference model after every step.

They run on fakes of the ports, which pass the same contract tests as the adapters of S3 and DynamoDB, so that ten thousand
steps take seconds. A crash happens at the k-th call to a port. What crashed runs again when its lease is over.
"""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from functions.pipeline.promotion import Outcome
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from functions.domain.document import Document, Method, Status
from functions.domain.effects import LEASE
from functions.domain.errors import AirlockError
from functions.domain.keys import documents_key, staging_key
from functions.domain.parts import MAX_UPLOAD_AGE
from functions.domain.quota import Limits
from functions.services.purge import PurgeOutcome
from tests.deep import WithinTime
from tests.examples import JPEG, OWNER, PNG, an_id
from tests.fake_deployment import FakeDeployment
from tests.faults.invariants import Snapshot, find_forbidden_changes, find_leftovers, find_violations
from tests.faults.model import OPEN, UPLOAD_LIFETIME, ExpectedDocument
from tests.interruptions import Interruption, ProcessKilled
from tests.upload_requests import make_request

LIMITS = Limits(open_uploads=4, stored_bytes=8 * len(PNG), daily_files=10**6, daily_bytes=10**12)
BODIES = {"right": PNG, "another type": JPEG.ljust(len(PNG), b"\0")[: len(PNG)], "another size": PNG + b"!"}
A_WEEK = timedelta(days=8)
crashes = st.tuples(st.one_of(st.just(0), st.integers(1, 12)), st.booleans())
"""(number of the call at which the process crashes, whether after it); 0 is never."""
choices = st.integers(0, 7)
T = TypeVar("T")


class ObservableDeployment(FakeDeployment):
    """A deployment whose state can be read."""

    def snapshot(self) -> Snapshot:
        documents = tuple(self.repository._documents.values())
        objects = {
            key: {v: held.body for v, held in found.items()} for key, found in self.s3.objects.keys.items()
        }
        uploads = {upload_id: upload.key for upload_id, upload in self.s3.open.items()}
        return Snapshot(documents, self.repository.usage(OWNER, self.clock()), objects, uploads)


class OwnerMachine(RuleBasedStateMachine):
    """The documents of one owner."""

    @initialize()
    def begin(self) -> None:
        self.deployment = ObservableDeployment(
            limits=LIMITS, upload_lifetime=int(UPLOAD_LIFETIME.total_seconds())
        )
        self.expected: dict[str, ExpectedDocument] = {}
        self.numbers = count(1)
        self.before = self.deployment.snapshot()

    def execute(self, act: Callable[[Interruption | None], T], crash: tuple[int, bool]) -> T:
        """Runs `act` with a crash, and after a crash once more, when its lease is over."""
        at, after = crash
        try:
            return act(Interruption(at=at, after=after))
        except ProcessKilled:
            self.deployment.clock.advance(LEASE)
            return act(None)
        finally:
            self._record_times()

    def _record_times(self) -> None:
        came, now = self.deployment.inventory.came, self.deployment.clock()
        for versions in self.deployment.s3.objects.keys.values():
            for version in versions:
                came.setdefault(version, now)
        for upload_id in self.deployment.s3.open:
            came.setdefault(upload_id, now)

    def _choose(self, number: int) -> tuple[str, ExpectedDocument]:
        ids = sorted(self.expected)
        chosen = ids[-1 - number % len(ids)]
        return chosen, self.expected[chosen]

    def _get_record(self, document_id: str) -> Document:
        found = self.deployment.repository.get(OWNER, document_id)
        assert found is not None
        return found

    @rule(method=st.sampled_from(Method), crash=crashes, again=st.booleans())
    def create(self, method: Method, crash: tuple[int, bool], again: bool) -> None:
        key = f"key-{next(self.numbers)}"
        opened = sum(expected.status in OPEN for expected in self.expected.values())
        reserved_bytes = sum(expected.reserved_bytes for expected in self.expected.values())

        def act(by: Interruption | None) -> Any:
            now = self.deployment.clock()
            return self.deployment.upload_service(by).create(
                make_request(size=len(PNG), method=method),
                owner=OWNER,
                document_id=an_id(next(self.numbers), now),
                idempotency_key=key,
                now=now,
            )

        fits = opened < LIMITS.open_uploads and reserved_bytes + len(PNG) <= LIMITS.stored_bytes
        try:
            created = self.execute(act, crash)
            assert not again or act(None).document.id == created.document.id
        except AirlockError:
            assert not fits
            return
        assert fits
        self.expected[created.document.id] = ExpectedDocument(
            method, self._get_record(created.document.id).upload_deadline
        )

    @precondition(lambda self: self.expected)
    @rule(number=choices, body=st.sampled_from(["right", "right", *BODIES]))
    def send(self, number: int, body: str) -> None:
        """Sends bytes to a URL: also late, again, or after the document has ended. S3 sends one event."""
        document_id, expected = self._choose(number)
        key, objects = staging_key(OWNER, document_id), self.deployment.s3.objects
        if expected.method is Method.MULTIPART or (expected.method is Method.PUT and key in objects.keys):
            return
        version = objects.put(key, BODIES[body])
        expected.staged[version] = BODIES[body]
        self.deployment.queues.events.append((key, version))
        self._record_times()

    @precondition(lambda self: self.expected)
    @rule(number=choices)
    def send_part(self, number: int) -> None:
        document_id, expected = self._choose(number)
        document = self._get_record(document_id)
        if document.upload_id in self.deployment.s3.open:
            self.deployment.s3.put_part(staging_key(OWNER, document_id), document.upload_id or "", 1, PNG)
            expected.has_part = True

    @precondition(lambda self: self.expected)
    @rule(number=choices)
    def sign_part(self, number: int) -> None:
        document_id, expected = self._choose(number)
        document, now = self._get_record(document_id), self.deployment.clock()
        open_for_parts = document.status is Status.PENDING and now < expected.upload_deadline
        try:
            self.deployment.multipart_service(None).presign(OWNER, document_id, [1], {}, now)
        except AirlockError:
            assert expected.method is not Method.MULTIPART or not open_for_parts
            return
        wanted = min(now + UPLOAD_LIFETIME, document.created_at + MAX_UPLOAD_AGE)
        if wanted - expected.upload_deadline >= timedelta(hours=1):
            expected.upload_deadline = wanted

    @precondition(lambda self: self.expected)
    @rule(number=choices, crash=crashes)
    def complete(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._choose(number)
        key, objects = staging_key(OWNER, document_id), self.deployment.s3.objects
        if expected.method is not Method.MULTIPART:
            return
        before = set(objects.keys.get(key, {}))

        def act(by: Interruption | None) -> Any:
            return self.deployment.multipart_service(by).complete(
                OWNER, document_id, crc64nvme=None, clock=self.deployment.clock
            )

        try:
            self.execute(act, crash)
        except AirlockError:
            late = self.deployment.clock() >= expected.upload_deadline
            assert not expected.has_part or late or expected.status != "pending"
        for version in set(objects.keys.get(key, {})) - before:
            assert expected.status == "pending"
            assert expected.has_part
            expected.complete(version)
            self.deployment.queues.events.append((key, version))

    @precondition(lambda self: self.expected)
    @rule(number=choices, crash=crashes)
    def abort(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._choose(number)
        completing = self._get_record(document_id).status is Status.COMPLETING
        try:
            self.execute(
                lambda by: self.deployment.upload_service(by).abort(
                    OWNER, document_id, self.deployment.clock()
                ),
                crash,
            )
        except AirlockError:
            assert completing or not expected.abort()
        else:
            assert expected.abort()

    @precondition(lambda self: self.expected)
    @rule(number=choices, crash=crashes)
    def delete(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._choose(number)
        when = []

        def act(by: Interruption | None) -> None:
            when.append(self.deployment.clock())
            self.deployment.document_service(by).delete(OWNER, document_id, when[-1])

        try:
            self.execute(act, crash)
        except AirlockError:
            assert expected.status == "purged" or not expected.delete(self.deployment.clock())
        else:
            assert expected.delete(when[0])
            expected.purge_after = self._get_record(document_id).purge_after

    @precondition(lambda self: self.expected)
    @rule(number=choices, crash=crashes)
    def restore(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._choose(number)
        when = self.deployment.clock()
        try:
            self.execute(
                lambda by: self.deployment.document_service(by).restore(OWNER, document_id, when), crash
            )
        except AirlockError:
            assert not expected.restore(when)
        else:
            assert expected.restore(when)

    @precondition(lambda self: self.expected)
    @rule(number=choices)
    def download(self, number: int) -> None:
        document_id, expected = self._choose(number)
        try:
            answer = self.deployment.document_service(None).download(
                OWNER, document_id, inline=False, now=self.deployment.clock()
            )
        except AirlockError:
            assert expected.status != "ready"
            return
        assert expected.status == "ready"
        [(version, held)] = self.deployment.s3.objects.keys[documents_key(OWNER, document_id)].items()
        assert held.body == expected.body == PNG
        assert f"versionId={version}" in answer.signed.url

    @precondition(lambda self: self.deployment.queues.events)
    @rule(number=choices, twice=st.booleans(), crash=crashes)
    def deliver(self, number: int, twice: bool, crash: tuple[int, bool]) -> None:
        """Delivers any event, in any order, and perhaps again later."""
        events = self.deployment.queues.events
        place = number % len(events)
        key, version = events[place] if twice else events.pop(place)
        outcome = self.execute(lambda by: self.deployment.promotion(by).promote(key, version), crash)
        assert outcome not in (Outcome.LEASED, Outcome.PAUSED, Outcome.FAILED)
        self.expected[key.rpartition("/")[2]].arrive(version)

    @precondition(lambda self: self.deployment.queues.events)
    @rule(number=choices)
    def lose_event(self, number: int) -> None:
        self.deployment.queues.events.pop(number % len(self.deployment.queues.events))

    @precondition(lambda self: self.deployment.queues.purge_tasks)
    @rule(number=choices, crash=crashes)
    def purge(self, number: int, crash: tuple[int, bool]) -> None:
        orders = self.deployment.queues.purge_tasks
        owner, document_id = orders.pop(number % len(orders))
        outcome = self.execute(lambda by: self.deployment.purge_service(by).purge(owner, document_id), crash)
        assert outcome is not PurgeOutcome.LEASED
        self.expected[document_id].purge(self.deployment.clock())

    @rule(crash=crashes)
    def sweep(self, crash: tuple[int, bool]) -> None:
        self.execute(lambda by: self.deployment.sweep_service(by).sweep(lambda: False), crash)
        for document_id, expected in self.expected.items():
            expected.expire(self.deployment.clock())
            held = self.deployment.s3.objects.keys.get(staging_key(OWNER, document_id), {})
            left = {version: body for version, body in expected.staged.items() if version in held}
            assert left == expected.staged or expected.status not in OPEN
            expected.staged = left

    @rule(minutes=st.sampled_from([1, 20, 90, 13 * 60, 25 * 60, 8 * 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.deployment.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def check_snapshot(self) -> None:
        snapshot = self.deployment.snapshot()
        assert find_violations(snapshot, LIMITS) + find_forbidden_changes(self.before, snapshot) == []
        self.before = snapshot

    @invariant()
    def check_statuses(self) -> None:
        found = {document.id: self._get_public_status(document) for document in self.before.documents}
        assert found == {document_id: expected.status for document_id, expected in self.expected.items()}

    def _get_public_status(self, document: Document) -> str:
        """Returns the status as clients see it; `pending` after a complete that crashed without effect."""
        staged = self.deployment.s3.objects.keys.get(staging_key(OWNER, document.id))
        has_crashed = document.status is Status.COMPLETING and not staged
        return "pending" if has_crashed else document.status.public_status.value

    def teardown(self) -> None:
        """Delivers every message and sweeps, until nothing changes any more."""
        for _ in range(3):
            self.deployment.clock.advance(A_WEEK)
            self.sweep((0, False))
            while self.deployment.queues.events:
                self.deliver(0, False, (0, False))
            while self.deployment.queues.purge_tasks:
                self.purge(0, (0, False))
        self.check_snapshot()
        self.check_statuses()
        before = self.deployment.snapshot()
        assert find_leftovers(before) == []
        assert self.deployment.sweep_service(None).sweep(lambda: False) == {}
        assert self.deployment.snapshot() == before


STEPS = 50


def test_200_random_sequences_agree_with_the_model() -> None:
    run_state_machine_as_test(OwnerMachine, settings=settings(max_examples=200, stateful_step_count=STEPS))


@pytest.mark.deep
@pytest.mark.parametrize("group", range(10))
def test_further_random_sequences_agree_with_the_model(group: int, within_time: WithinTime[int]) -> None:
    limits = settings(max_examples=50, stateful_step_count=STEPS, derandomize=False, database=None)
    for number in within_time("groups of 50 random sequences", range(10 * group, 10 * group + 10)):
        seeded = seed(number)(type("SeededMachine", (OwnerMachine,), {}))
        run_state_machine_as_test(seeded, settings=limits)
