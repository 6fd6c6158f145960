"""A run of the pipeline on fakes: a record, its bytes in staging, and the end state of both."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from functions.domain.document import UNNAMED, Document, Method, Status
from functions.domain.effects import LEASE
from functions.domain.events import AbortRequested, Transition
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import staging_key
from functions.domain.kinds import Kinds
from functions.domain.quota import Usage
from functions.domain.states import decide
from functions.domain.steps import PROMOTE
from functions.features.large_copy.worker import CopyOutcome
from functions.pipeline.engine import Outcome
from tests.examples import NOW, OWNER, PDF, PLENTY, PNG, a_document, an_id
from tests.fake_deployment import FakeDeployment
from tests.interruptions import Interruption

STAGED = staging_key(OWNER, an_id())


def make_zip() -> bytes:
    """Returns a ZIP longer than the head, so that its directory must be read from the tail."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(200):
            archive.writestr(zipfile.ZipInfo(f"file-{number:03}.dat"), bytes(40))
    return packed.getvalue()


@dataclass(frozen=True)
class EndState:
    """The end of a run, without version ids, attempts and times, which an interruption changes."""

    status: Status
    history: tuple[tuple[Status, str | None], ...]
    detected: tuple[str | None, str | None]
    reserved_bytes: int
    usage: Usage
    bodies: dict[str, list[bytes]]
    is_copy_recorded: bool


@dataclass(kw_only=True)
class PipelineScenario(FakeDeployment):
    """One document, its bytes in staging, and the deliveries of S3's events. Times and versions are not in `end`."""

    single_copy_limit: int = 10_000
    parts_in_time: int = 100
    """Number of parts of a copy for which one delivery has time."""

    def expect(self, document: Document) -> None:
        self.repository.create(document, PLENTY, None, NOW)

    def upload(self, body: bytes) -> str:
        """Stores the bytes in staging and returns their version."""
        return self.objects.put(STAGED, body, "text/html")

    def abort(self) -> bool:
        """Aborts the upload unless the bytes have arrived. Returns whether it was aborted."""
        decision = decide(self.document, AbortRequested(), self.clock())
        if isinstance(decision, Transition):
            self.repository.apply(decision)
        return isinstance(decision, Transition)

    def deliver(self, version: str, *, by: Interruption | None = None) -> Outcome:
        return self.engine(by).process_upload(STAGED, version)

    def redeliver(self, *versions: str) -> None:
        """Delivers each event as the queue does, until its outcome asks for no further delivery, and lets the workers work."""
        for version in versions:
            while self.deliver(version) is Outcome.LEASED:
                self.clock.advance(LEASE)
        self.copy_large()

    def copy_large(self, *, by: Interruption | None = None) -> list[CopyOutcome]:
        """Runs the worker `large_copy` until its queue is empty, and delivers its results."""
        outcomes = []
        while self.tasks[PROMOTE].tasks:
            outcome = self.deliver_task(by=by)
            outcomes.append(outcome)
            if outcome is not CopyOutcome.PAUSED:
                self.tasks[PROMOTE].tasks.pop(0)
            self.deliver_results()
        return outcomes

    def deliver_task(self, *, by: Interruption | None = None) -> CopyOutcome:
        """Delivers the first task of a large copy. It stays in the queue."""
        copied = count()
        task = self.tasks[PROMOTE].tasks[0]
        return self.large_copy(by).copy(task, lambda: next(copied) >= self.parts_in_time)

    def deliver_results(self) -> None:
        while self.results.results:
            while self.engine().process_result(self.results.results[0]) is Outcome.LEASED:
                self.clock.advance(LEASE)
            self.results.results.pop(0)

    def stored_bodies(self) -> list[bytes]:
        """Returns the bodies of all versions under `documents/`."""
        versions = (held for key, held in self.objects.keys.items() if key.startswith("documents/"))
        return [each.body for held in versions for each in held.values()]

    def end(self) -> EndState:
        document = self.document
        stored = [v for key, held in self.objects.keys.items() if key.startswith("documents/") for v in held]
        return EndState(
            status=document.status,
            history=tuple((step.status, step.reason) for step in document.history),
            detected=(document.content_type, document.sha256),
            reserved_bytes=document.reserved_bytes,
            usage=self.repository.usage(OWNER, NOW),
            bodies={
                key: [held.body for held in versions.values()] for key, versions in self.objects.keys.items()
            },
            is_copy_recorded=stored == [v for v in [document.stored_version] if v is not None],
        )


Preparation = Callable[[PipelineScenario], list[str]]
"""Prepares a scenario and returns the versions whose events are delivered."""


def prepare_accepted_file(scenario: PipelineScenario) -> list[str]:
    scenario.expect(a_document())
    return [scenario.upload(PNG)]


def prepare_file_of_another_type(scenario: PipelineScenario) -> list[str]:
    scenario.expect(a_document(size=len(PDF)))
    return [scenario.upload(PDF)]


def prepare_file_of_another_size(scenario: PipelineScenario) -> list[str]:
    scenario.expect(a_document(size=len(PNG) + 1))
    return [scenario.upload(PNG)]


def prepare_archive(scenario: PipelineScenario) -> list[str]:
    body = make_zip()
    scenario.kinds = Kinds({"archive": {"content_types": ["application/zip"], "max_bytes": 100_000}})
    scenario.expect(a_document(kind="archive", declared_content_type="application/zip", size=len(body)))
    return [scenario.upload(body)]


def prepare_two_versions(scenario: PipelineScenario) -> list[str]:
    """A form allows two versions of one key, with an event for each."""
    scenario.expect(a_document(method=Method.POST))
    return [scenario.upload(PNG), scenario.upload(PNG)]


def prepare_form_without_a_known_file(scenario: PipelineScenario) -> list[str]:
    """Two versions too, each smaller than what the form allows."""
    values = {"file_name": UNNAMED, "size": 900, "max_size": 900, "method": Method.POST}
    scenario.expect(a_document(**values))
    return [scenario.objects.put(STAGED, PNG, file_name="cat.png"), scenario.upload(PNG)]


def prepare_file_after_an_abort(scenario: PipelineScenario) -> list[str]:
    scenario.expect(a_document())
    version = scenario.upload(PNG)
    scenario.abort()
    return [version]


def prepare_large_file(scenario: PipelineScenario) -> list[str]:
    scenario.single_copy_limit, scenario.objects.copy_part_size = 10, 16
    return prepare_accepted_file(scenario)


def prepare_large_file_and_little_time(scenario: PipelineScenario) -> list[str]:
    """The copy needs more pauses than there are attempts."""
    scenario.parts_in_time = 1
    assert len(PNG) > MAX_ATTEMPTS * 10
    scenario.single_copy_limit, scenario.objects.copy_part_size = 10, 10
    return prepare_accepted_file(scenario)


PREPARATIONS: list[Preparation] = [
    prepare_accepted_file,
    prepare_file_of_another_type,
    prepare_file_of_another_size,
    prepare_archive,
    prepare_two_versions,
    prepare_form_without_a_known_file,
    prepare_file_after_an_abort,
    prepare_large_file,
    prepare_large_file_and_little_time,
]
