"""Random sequences of requests, events, results, sweeps, crashes and waits, compared with a reference model after every step.

They run on fakes of the ports, which pass the same contract tests as the adapters of S3 and DynamoDB, so that ten thousand
steps take seconds. A crash happens at the k-th call to a port. What crashed runs again when its lease is over.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
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

from functions.domain.codes import Code
from functions.domain.document import Document, Method, Status
from functions.domain.effects import LEASE
from functions.domain.errors import AirlockError
from functions.domain.keys import documents_key, renditions_prefix
from functions.domain.kinds import Kinds
from functions.domain.slices import PERIOD, SLICES
from functions.domain.steps import SCAN
from functions.domain.tasks import TaskOutcome, TaskResult
from functions.features.registry import find_definition
from functions.features.scan.definition import GUARDDUTY
from functions.features.scan.guardduty import NoVerdict, parse_verdict
from functions.features.scan.step import WAITS
from functions.pipeline.engine import RETRY_DELAY, Outcome
from functions.pipeline.run import MAX_TRIES
from functions.services.purge import PurgeOutcome
from functions.services.sweeps.service import STAGING_COMPLETED
from tests.deep import WithinTime
from tests.examples import BUCKET, LIFETIMES, OWNER, PDF, PLENTY, PNG, an_id
from tests.fake_deployment import FakeDeployment
from tests.faults.invariants import (
    Snapshot,
    find_forbidden_changes,
    find_leftovers,
    find_skipped_gates,
    find_violations,
)
from tests.faults.model import Answer, Duplicates, ExpectedDocument
from tests.faults.shipped_steps import CSV, POLICIES, STEPS_OF_SHIPPED_KINDS
from tests.features.scan.events import scan_event
from tests.interruptions import Interruption, ProcessKilled
from tests.upload_requests import make_request

LIMITS = replace(PLENTY, open_uploads=4, stored_bytes=8 * len(PNG), daily_files=10**6, daily_bytes=10**12)
BODIES = ("right", "another type", "another size")
A_WEEK = timedelta(days=8)
STEPS_OF_KINDS = {
    "image": (),
    "checked": ("check",),
    "checked then rendered": ("check", "render"),
    "rendered then checked": ("render", "check"),
    "reporting": (),
    "unique": (),
    **STEPS_OF_SHIPPED_KINDS,
}
DUPLICATES = {"reporting": "report", "unique": "reject"}
_IMAGE = {"content_types": ["image/png"], "max_bytes": 1000, "forms": True}
KINDS = Kinds(
    {
        **{
            kind: _IMAGE | {"steps": [*steps], "duplicates": DUPLICATES.get(kind, "keep")}
            for kind, steps in STEPS_OF_KINDS.items()
        },
        **POLICIES,
        "steps": {"check": {"timeout": 3_600}, "render": {}},
    },
    find_definition,
)
TIMEOUTS = {name: each.timeout for name, each in KINDS.step_definitions.items() if each.timeout}
"""Longer than a lease, so that a task is not sent again because a run has crashed."""
TIMES = {name: [timeout] * MAX_TRIES for name, timeout in TIMEOUTS.items()} | {SCAN: WAITS}
"""Step -> the time for each try."""
VERDICTS = {
    "clean": ("COMPLETED", "NO_THREATS_FOUND"),
    "infected": ("COMPLETED", "THREATS_FOUND"),
    "unsupported": ("SKIPPED", "UNSUPPORTED"),
    "failed": ("FAILED", "FAILED"),
}
"""Verdict of GuardDuty -> the status of the scan, and its result."""
RENDITION = b"a smaller picture"
RIGHT = {"imported": CSV}
"""The bytes that a kind accepts, if they are not `PNG`."""
FILE_NAMES = {"image/png": "cat.png", "text/csv": "people.csv"}
crashes = st.tuples(st.one_of(st.just(0), st.integers(1, 12)), st.booleans())
"""(number of the call at which the process crashes, whether after it); 0 is never."""
choices = st.integers(0, 7)
facts = st.sampled_from(["none", "rendition", "rendition alone"])
"""A rendition alone replaces the original."""
T = TypeVar("T")


class ObservableDeployment(FakeDeployment):
    """A deployment whose state can be read."""

    def snapshot(self) -> Snapshot:
        documents = tuple(self.repository._documents.values())
        objects = {
            key: {v: held.body for v, held in found.items()} for key, found in self.s3.objects.keys.items()
        }
        uploads = {upload_id: upload.key for upload_id, upload in self.s3.open.items()}
        usage = self.repository.usage(OWNER, self.clock())
        return Snapshot(documents, usage, objects, uploads, dict(self.repository._originals))


class OwnerMachine(RuleBasedStateMachine):
    """The documents of one owner."""

    @initialize()
    def begin(self) -> None:
        self.deployment = ObservableDeployment(limits=LIMITS, kinds=KINDS, scanner=GUARDDUTY)
        self.clean: set[tuple[str, str]] = set()
        """(document, version) of each clean verdict of the scanner."""
        self.expected: dict[str, ExpectedDocument] = {}
        self.originals: dict[str, str] = {}
        self.numbers = count(1)
        self.before = self.deployment.snapshot()
        self.now_before = self.deployment.clock()

    def execute(self, act: Callable[[Interruption | None], T], crash: tuple[int, bool]) -> T:
        """Runs `act` with a crash, and after a crash once more, when its lease is over.

        There is no crash if a deadline passes meanwhile, because the model does not know which run was in time.
        """
        at, after = (0, False) if self._is_deadline_near() else crash
        try:
            return act(Interruption(at=at, after=after))
        except ProcessKilled:
            self.deployment.clock.advance(LEASE)
            return act(None)
        finally:
            self._record_times()

    def _is_deadline_near(self) -> bool:
        now = self.deployment.clock()
        deadlines = [expected.waiting.deadline for expected in self.expected.values() if expected.waiting]
        return any(now < deadline <= now + LEASE for deadline in deadlines)

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

    @rule(
        method=st.sampled_from(Method),
        kind=st.sampled_from([*STEPS_OF_KINDS]),
        crash=crashes,
        again=st.booleans(),
        sends=st.sampled_from(["nothing", "bytes", "bytes and event", "bytes and event"]),
        declares=st.booleans(),
    )
    def create(
        self, method: Method, kind: str, crash: tuple[int, bool], again: bool, sends: str, declares: bool
    ) -> None:
        """Creates a document, perhaps again with the same key, and perhaps sends its bytes at once, whose event may come at once.

        A PUT may declare its SHA-256.
        """
        policy, right = KINDS.get(kind), RIGHT.get(kind, PNG)
        assert policy is not None
        [content_type] = policy.content_types
        sha256 = hashlib.sha256(right).hexdigest() if declares and method is Method.PUT else None
        key = f"key-{next(self.numbers)}"
        opened = sum(expected.is_open for expected in self.expected.values())
        reserved_bytes = sum(expected.reserved_bytes for expected in self.expected.values())

        def act(by: Interruption | None) -> Any:
            now = self.deployment.clock()
            return self.deployment.upload_service(by).create(
                make_request(
                    file_name=FILE_NAMES[content_type],
                    size=len(PNG),
                    content_type=content_type,
                    method=method,
                    kind=kind,
                    sha256=sha256,
                ),
                owner=OWNER,
                document_id=an_id(next(self.numbers), now),
                idempotency_key=key,
                now=now,
            )

        is_duplicate = sha256 is not None and DUPLICATES.get(kind) == "reject" and kind in self.originals
        fits = opened < LIMITS.open_uploads and reserved_bytes + len(PNG) <= LIMITS.stored_bytes
        try:
            created = self.execute(act, crash)
            assert not again or act(None).document.id == created.document.id
        except AirlockError as error:
            original = error.duplicate_of
            assert original == self.originals[kind] if is_duplicate else not fits
            return
        assert fits
        assert not is_duplicate
        timeouts = {step: TIMES[step] for step in STEPS_OF_KINDS[kind]}
        self.expected[created.document.id] = ExpectedDocument(
            method,
            created.document.created_at,
            self._get_record(created.document.id).upload_deadline,
            timeouts,
            duplicates=Duplicates(created.document.id, kind, DUPLICATES.get(kind, "keep"), self.originals),
            right=right,
        )
        if sends != "nothing":
            self._send(created.document.id, "right")
        if sends != "nothing" and again and method is Method.POST:
            self._send(created.document.id, "right")
        if sends == "bytes and event" and method is not Method.MULTIPART:
            self.deliver(len(self.deployment.queues.events) - 1, again, (0, False))

    @precondition(lambda self: self.expected)
    @rule(number=choices, body=st.sampled_from(["right", "right", *BODIES]))
    def send(self, number: int, body: str) -> None:
        """Sends bytes to a URL: also late, again, or after the document has ended. S3 sends one event."""
        self._send(self._choose(number)[0], body)

    def _send(self, document_id: str, body: str) -> None:
        expected = self.expected[document_id]
        key, objects = self._get_record(document_id).staging_key, self.deployment.s3.objects
        if expected.method is Method.MULTIPART:
            self._send_part(document_id)
            return
        if expected.method is Method.PUT and key in objects.keys:
            return
        content = {
            "right": expected.right,
            "another type": PDF.ljust(len(PNG), b"\0")[: len(PNG)],
            "another size": expected.right + b"!",
        }[body]
        version = objects.put(key, content)
        expected.staged[version] = content
        self.deployment.queues.events.append((key, version))
        self._record_times()

    @precondition(lambda self: self.expected)
    @rule(number=choices)
    def send_part(self, number: int) -> None:
        self._send_part(self._choose(number)[0])

    def _send_part(self, document_id: str) -> None:
        record, expected = self._get_record(document_id), self.expected[document_id]
        if record.upload_id is not None and record.upload_id in self.deployment.s3.open:
            self.deployment.s3.put_part(record.staging_key, record.upload_id, 1, expected.right)
            expected.has_part = True

    @precondition(lambda self: self.expected)
    @rule(number=choices)
    def sign_part(self, number: int) -> None:
        document_id, expected = self._choose(number)
        document, now = self._get_record(document_id), self.deployment.clock()
        expected.extend_with_part(now)
        open_for_parts = document.status is Status.PENDING and now < expected.upload_deadline
        try:
            self.deployment.multipart_service(None).presign(OWNER, document_id, [1], {}, now)
        except AirlockError:
            assert expected.method is not Method.MULTIPART or not open_for_parts
            return
        latest = min(now + LIFETIMES.upload, document.created_at + LIFETIMES.multipart)
        deadline = self._get_record(document_id).upload_deadline
        assert deadline == expected.upload_deadline or expected.upload_deadline < deadline == latest
        assert deadline >= min(now + LIFETIMES.url, latest)
        expected.upload_deadline = deadline

    @precondition(lambda self: self.expected)
    @rule(number=choices, crash=crashes)
    def complete(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._choose(number)
        key, objects = self._get_record(document_id).staging_key, self.deployment.s3.objects
        if expected.method is not Method.MULTIPART:
            return
        before = set(objects.keys.get(key, {}))
        expected.extend_with_part(self.deployment.clock())

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
            is_gone = expected.status in ("purging", "purged")
            assert is_gone or not expected.delete(self.deployment.clock())
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
        stored = self.deployment.s3.objects.keys.get(documents_key(OWNER, document_id), {})
        assert [held.body for held in stored.values()] == [expected.right] * expected.keeps_original
        assert answer.content.version in stored or answer.content.version in expected.renditions
        assert f"versionId={answer.content.version}" in answer.signed.url

    @precondition(lambda self: self.deployment.queues.events)
    @rule(number=choices, twice=st.booleans(), crash=crashes)
    def deliver(self, number: int, twice: bool, crash: tuple[int, bool]) -> None:
        """Delivers any event, in any order, and perhaps again later."""
        events = self.deployment.queues.events
        place = number % len(events)
        key, version = events[place] if twice else events.pop(place)
        outcome = self.execute(lambda by: self.deployment.engine(by).process_upload(key, version), crash)
        assert outcome is not Outcome.LEASED
        document_id = key.rpartition("/")[2]
        self.expected[document_id].arrive(version, self.deployment.clock())
        self._read_deadline(document_id)

    @precondition(lambda self: self.deployment.queues.events)
    @rule(number=choices)
    def lose_event(self, number: int) -> None:
        self.deployment.queues.events.pop(number % len(self.deployment.queues.events))

    @precondition(lambda self: self.expected)
    @rule(
        number=choices,
        step=st.sampled_from([*TIMEOUTS]),
        outcome=st.sampled_from([TaskOutcome.PASSED, *TaskOutcome]),
        attempt=st.sampled_from(["latest", "latest", "first", "none"]),
        version=st.sampled_from(["own", "own", "another", "unknown"]),
        facts=facts,
        crash=crashes,
        twice=st.booleans(),
    )
    def answer(
        self,
        number: int,
        step: str,
        outcome: TaskOutcome,
        attempt: str,
        version: str,
        facts: str,
        crash: tuple[int, bool],
        twice: bool,
    ) -> None:
        """A worker sends a result: in time, late, before its turn or the event, of an older task, of another version."""
        processing = [key for key, each in self.expected.items() if each.waiting]
        chosen = processing[number % len(processing)] if processing and number else None
        document_id = chosen or self._choose(number)[0]
        expected = self.expected[document_id]
        attempts = self._attempts(step, document_id)
        result = TaskResult(
            document_id=document_id,
            owner=OWNER,
            step=step,
            attempt={"latest": attempts[-1], "first": attempts[0], "none": 0}[attempt],
            version=self._choose_version(expected, version, number),
            outcome=outcome,
            facts=self._make_facts(facts, document_id, step),
        )
        for crash_now in [crash, (0, False)][: 1 + twice]:
            self._process(result, crash_now)

    @precondition(lambda self: self._list_scanned())
    @rule(
        number=choices,
        verdict=st.sampled_from(["clean", "clean", *VERDICTS]),
        version=st.sampled_from(["own", "own", "another", "unknown"]),
        crash=crashes,
        twice=st.booleans(),
    )
    def hear_scanner(
        self, number: int, verdict: str, version: str, crash: tuple[int, bool], twice: bool
    ) -> None:
        """GuardDuty sends a verdict: before the event or after it, late, again, or of another version."""
        scanned = self._list_scanned()
        document_id = scanned[-1 - number % len(scanned)]
        status, result = VERDICTS[verdict]
        event = scan_event(
            key=self._get_record(document_id).staging_key,
            version=self._choose_version(self.expected[document_id], version, number),
            status=status,
            result=result,
        )
        heard = parse_verdict(json.dumps(event), BUCKET)
        if isinstance(heard, NoVerdict):
            assert verdict == "failed"
            return
        assert (heard.outcome is TaskOutcome.PASSED) is (verdict == "clean")
        for crash_now in [crash, (0, False)][: 1 + twice]:
            self._process(heard, crash_now)

    def _list_scanned(self) -> list[str]:
        return sorted(key for key, expected in self.expected.items() if SCAN in expected.timeouts)

    @precondition(lambda self: any(expected.waiting for expected in self.expected.values()))
    @rule(number=choices, facts=facts, crash=crashes)
    def pass_step(self, number: int, facts: str, crash: tuple[int, bool]) -> None:
        """The worker that a document waits for passes it."""
        waiting = [(key, expected) for key, expected in self.expected.items() if expected.waiting]
        document_id, expected = waiting[number % len(waiting)]
        assert expected.waiting is not None
        step = expected.waiting.step
        result = TaskResult(
            document_id=document_id,
            owner=OWNER,
            step=step,
            attempt=self._attempts(step, document_id)[-1],
            version=expected.version or "",
            outcome=TaskOutcome.PASSED,
            facts=self._make_facts(facts, document_id, step),
        )
        self._process(result, crash)

    @precondition(lambda self: any(expected.waiting for expected in self.expected.values()))
    @rule(number=choices, times=st.integers(1, MAX_TRIES + 1))
    def answer_nothing(self, number: int, times: int) -> None:
        """The worker that a document waits for does not answer a task, or several."""
        waiting = [key for key, expected in self.expected.items() if expected.waiting]
        document_id = waiting[number % len(waiting)]
        key, events = self._get_record(document_id).staging_key, self.deployment.queues.events
        for _ in range(times):
            self.deployment.clock.advance(max(*TIMEOUTS.values(), *WAITS))
            self.sweep((0, False), finds_renditions=False)
            while sent := [place for place, event in enumerate(events) if event[0] == key]:
                self.deliver(sent[0], False, (0, False))
        assert times <= MAX_TRIES or self.expected[document_id].status == "failed"

    def _process(self, result: TaskResult, crash: tuple[int, bool]) -> None:
        is_latest = result.attempt == self._attempts(result.step, result.document_id)[-1] > 0
        if (result.step, result.outcome) == (SCAN, TaskOutcome.PASSED):
            self.clean.add((result.document_id, result.version))
        outcome = self.execute(lambda by: self.deployment.engine(by).process_result(result), crash)
        assert outcome is not Outcome.LEASED
        self._expect(self.expected[result.document_id], result, is_latest=is_latest)
        self._read_deadline(result.document_id)

    def _expect(self, expected: ExpectedDocument, result: TaskResult, *, is_latest: bool) -> None:
        is_passed = result.outcome is TaskOutcome.PASSED
        rendition: Any = result.facts["renditions"] if result.facts and is_passed else {}
        answer = Answer(
            result.step,
            result.version,
            result.outcome.value,
            bool(result.facts),
            is_latest,
            {each["versionId"]: each["size"] for each in rendition.values()},
            drops_original=is_passed and "keepOriginal" in result.facts,
        )
        now = self.deployment.clock()
        match result.outcome:
            case TaskOutcome.PROGRESS:
                expected.report(answer, now + TIMEOUTS[result.step])
            case TaskOutcome.UNAVAILABLE:
                expected.report(answer, now + RETRY_DELAY)
            case _:
                expected.answer(answer, now)

    def _attempts(self, step: str, document_id: str) -> list[int]:
        """Returns the attempts of all tasks of a step, 0 if there is none."""
        tasks = self.deployment.tasks[step].tasks
        return [task.attempt for task in tasks if task.document_id == document_id] or [0]

    def _choose_version(self, expected: ExpectedDocument, version: str, number: int) -> str:
        """Returns the version that is processed, another staged one, or one that S3 does not have."""
        others = [each for each in expected.staged if each != expected.version] or ["an-unknown-version"]
        if version == "unknown":
            return "an-unknown-version"
        if version == "own" and expected.version:
            return expected.version
        return others[number % len(others)]

    def _make_facts(self, facts: str, document_id: str, step: str) -> dict[str, Any]:
        """Stores a rendition unless there are no facts. Returns those that name its version."""
        if facts == "none":
            return {}
        key = f"{renditions_prefix(OWNER, document_id)}{step}/{step}"
        version = self.deployment.objects.put(key, RENDITION)
        self._record_times()
        rendition = {
            "versionId": version,
            "contentType": "image/png",
            "size": len(RENDITION),
            "sha256": hashlib.sha256(RENDITION).hexdigest(),
        }
        return {"renditions": {step: rendition}} | (
            {"keepOriginal": False} if facts == "rendition alone" else {}
        )

    def _read_deadline(self, document_id: str) -> None:
        """Takes the deadline from the record, because a run that has crashed may have set it a lease earlier."""
        waiting, expected = self._get_record(document_id).waiting_step, self.expected[document_id].waiting
        if waiting and expected:
            assert waiting.resume_at is not None
            assert expected.deadline - LEASE <= waiting.resume_at <= expected.deadline
            assert (waiting.name, waiting.tries) == (expected.step, expected.tries)
            expected.deadline = waiting.resume_at

    @precondition(lambda self: self.expected)
    @rule(number=choices, crash=crashes)
    def redrive(self, number: int, crash: tuple[int, bool]) -> None:
        document_id, expected = self._choose(number)
        was_processing = self._get_record(document_id).status is Status.PROCESSING
        outcome = self.execute(
            lambda by: self.deployment.redrive_service(by).redrive(OWNER, document_id), crash
        )
        assert (outcome == "redriven") is (expected.redrive() or was_processing)

    @precondition(lambda self: self.deployment.queues.purge_tasks)
    @rule(number=choices, crash=crashes)
    def purge(self, number: int, crash: tuple[int, bool]) -> None:
        orders = self.deployment.queues.purge_tasks
        owner, document_id = orders.pop(number % len(orders))
        outcome = self.execute(lambda by: self.deployment.purge_service(by).purge(owner, document_id), crash)
        if outcome is PurgeOutcome.LEASED:
            # The purge before has left staged bytes to the sweep. The message comes again.
            assert self.expected[document_id].status == "purging"
            orders.append((owner, document_id))
        else:
            self.expected[document_id].purge(self.deployment.clock())

    @rule(crash=crashes, finds_renditions=st.sampled_from([False, False, True]))
    def sweep(self, crash: tuple[int, bool], finds_renditions: bool) -> None:
        """A sweep lists a slice of the renditions, which is rarely that of the owner."""
        if finds_renditions:
            self._wait_for_slice()
        self.execute(lambda by: self.deployment.sweep_service(by).sweep(lambda: False), crash)
        for expected in self.expected.values():
            expected.expire(self.deployment.clock())
        self.check_staging()

    def _wait_for_slice(self) -> None:
        number = int(self.deployment.clock().timestamp() / PERIOD.total_seconds())
        self.deployment.clock.advance(PERIOD * ((int(OWNER[:2], 16) - number) % SLICES))

    @rule(minutes=st.sampled_from([1, 20, 90, 13 * 60, 25 * 60, 8 * 24 * 60]))
    def wait(self, minutes: int) -> None:
        self.deployment.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def check_snapshot(self) -> None:
        snapshot = self.deployment.snapshot()
        assert find_violations(snapshot, LIMITS) + find_forbidden_changes(self.before, snapshot) == []
        assert find_skipped_gates(snapshot, KINDS) == []
        self.before = snapshot

    @invariant()
    def check_staging(self) -> None:
        """While a URL is valid, nothing deletes what makes it write-once, and nothing deletes what is processed."""
        now = self.deployment.clock()
        for document_id, expected in self.expected.items():
            if expected.status != "pending" and expected.left_pending_at is None:
                expected.left_pending_at = self.now_before
            held = self.deployment.objects.keys.get(self._get_record(document_id).staging_key, {})
            kept = {version for version in expected.staged if expected.is_kept(version, now)}
            assert kept <= held.keys() <= expected.staged.keys()
            expected.staged = {version: body for version, body in expected.staged.items() if version in held}
        self.now_before = now

    @invariant()
    def check_scans(self) -> None:
        """A document is ready only if the scanner has found nothing in the version that was processed."""
        for document in self.before.documents:
            if document.status is Status.READY and SCAN in self.expected[document.id].timeouts:
                assert (document.id, document.staged_version) in self.clean

    @invariant()
    def check_reasons(self) -> None:
        """A document fails because no worker has answered, and for nothing else."""
        failed = [document for document in self.before.documents if document.status is Status.FAILED]
        assert {document.reason for document in failed} <= {Code.STEP_TIMED_OUT}

    @invariant()
    def check_statuses(self) -> None:
        found = {document.id: self._get_public_status(document) for document in self.before.documents}
        assert found == {document_id: expected.status for document_id, expected in self.expected.items()}
        named = {
            document.id: {each.version: each.size for each in document.renditions}
            for document in self.before.documents
        }
        assert named == {key: expected.renditions for key, expected in self.expected.items()}
        originals = {document.id: document.duplicate_of for document in self.before.documents}
        assert originals == {key: each.duplicates.duplicate_of for key, each in self.expected.items()}
        entries = {digest.kind: original for digest, original in self.before.originals.items()}
        assert entries == self.originals

    def _get_public_status(self, document: Document) -> str:
        """Returns the status as clients see it; `pending` after a complete that crashed without effect."""
        staged = self.deployment.s3.objects.keys.get(document.staging_key)
        has_crashed = document.status is Status.COMPLETING and not staged
        return "pending" if has_crashed else document.status.public_status.value

    def teardown(self) -> None:
        """Delivers every message and sweeps, until nothing changes any more. No worker answers."""
        for _ in range(MAX_TRIES + 3):
            self.deployment.clock.advance(A_WEEK)
            self.sweep((0, False), finds_renditions=True)
            while self.deployment.queues.events:
                self.deliver(0, False, (0, False))
            while self.deployment.queues.purge_tasks:
                self.deployment.clock.advance(LEASE)  # a message that meets a lease comes again after it
                self.purge(0, (0, False))
        self.check_snapshot()
        self.check_reasons()
        self.check_statuses()
        before = self.deployment.snapshot()
        assert find_leftovers(before) == []
        assert self.deployment.sweep_service(None).sweep(lambda: False) == {STAGING_COMPLETED: 1}
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
