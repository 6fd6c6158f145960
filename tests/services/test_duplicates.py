"""Duplicates from the create to the purge: what each policy of a kind does, and races for the same bytes."""

import hashlib
from typing import Any

import pytest

from functions.domain.callers import Caller
from functions.domain.document import Document, Status
from functions.domain.errors import AirlockError
from functions.domain.keys import documents_key, staging_key
from functions.domain.retention import GRACE
from functions.pipeline.engine import Outcome
from functions.services.purge import PurgeOutcome
from functions.services.sweeps.service import STAGING_COMPLETED
from tests.examples import NOW, OWNER, PNG, an_id
from tests.fake_deployment import RESTORE_WINDOW, FakeDeployment
from tests.interruptions import Interruption, list_points
from tests.upload_requests import create, make_request

SHA256 = hashlib.sha256(PNG).hexdigest()
LOOKING = pytest.mark.parametrize("kind", ["reporting", "unique"])


class DuplicatesScenario(FakeDeployment):
    """Uploads of the same bytes."""

    def create(self, number: int, kind: str = "unique", **changes: Any) -> None:
        create(self.upload_service(), number, size=len(PNG), kind=kind, **changes)

    def stage(self, number: int, kind: str = "unique") -> str:
        """Creates a document, stores its bytes, and returns their version."""
        self.create(number, kind)
        version = self.objects.put(staging_key(OWNER, an_id(number)), PNG)
        self.inventory.came[version] = self.clock()
        return version

    def process(self, number: int, version: str, by: Interruption | None = None) -> Outcome:
        return self.engine(by).process_upload(staging_key(OWNER, an_id(number)), version)

    def upload(self, number: int, kind: str = "unique") -> Document:
        self.process(number, self.stage(number, kind))
        return self.get(number)

    def get(self, number: int) -> Document:
        document = self.repository.get(OWNER, an_id(number))
        assert document is not None
        return document

    def delete(self, number: int) -> None:
        self.document_service().delete(OWNER, an_id(number), self.clock())

    def restore(self, number: int) -> Document:
        return self.document_service().restore(OWNER, an_id(number), self.clock())

    def sweep(self) -> dict[str, int]:
        outcomes = self.sweep_service().sweep(lambda: False)
        return {name: count for name, count in outcomes.items() if name != STAGING_COMPLETED}

    def purge(self) -> list[PurgeOutcome]:
        tasks, self.queues.purge_tasks = self.queues.purge_tasks, []
        return [self.purge_service().purge(*task) for task in tasks]

    def count_reserved_bytes(self) -> int:
        return self.repository.usage(OWNER, self.clock()).reserved_bytes


@pytest.fixture
def scenario() -> DuplicatesScenario:
    return DuplicatesScenario()


def test_a_reported_duplicate_is_ready_with_an_object_of_its_own(scenario: DuplicatesScenario) -> None:
    first, second = scenario.upload(1, "reporting"), scenario.upload(2, "reporting")
    assert (first.status, first.duplicate_of) == (Status.READY, None)
    assert (second.status, second.duplicate_of) == (Status.READY, first.id)
    assert {documents_key(OWNER, an_id(number)) for number in (1, 2)} <= scenario.objects.keys.keys()
    assert scenario.upload(3, "reporting").duplicate_of == first.id


def test_a_rejected_duplicate_is_never_readable_and_its_copy_is_purged(scenario: DuplicatesScenario) -> None:
    first, second = scenario.upload(1), scenario.upload(2)
    assert (second.status, second.reason, second.duplicate_of) == (Status.REJECTED, "duplicate", first.id)
    with pytest.raises(AirlockError) as error:
        scenario.document_service().download(OWNER, second.id, inline=False, now=scenario.clock())
    assert error.value.code == "rejected"
    assert scenario.count_reserved_bytes() == len(PNG)
    copy = documents_key(OWNER, second.id)
    [version] = scenario.objects.keys[copy]
    scenario.inventory.came[version] = scenario.clock()
    scenario.clock.advance(GRACE)
    outcomes = scenario.sweep()
    assert outcomes.pop("copy_purge_enqueued") == 1
    assert scenario.purge() == [PurgeOutcome.COPIES_DELETED]
    assert copy not in scenario.objects.keys
    assert scenario.get(2).duplicate_of == first.id
    assert "copy_purge_enqueued" not in scenario.sweep()
    assert scenario.repository.orphans == set()


def test_a_rejected_duplicate_without_a_copy_has_nothing_to_purge(scenario: DuplicatesScenario) -> None:
    scenario.upload(1)
    scenario.upload(2)
    scenario.queues.purge_tasks = [(OWNER, an_id(2))] * 2
    assert scenario.purge() == [PurgeOutcome.COPIES_DELETED, PurgeOutcome.ALREADY_PURGED]


def test_a_create_that_declares_the_bytes_of_a_ready_document_is_rejected(
    scenario: DuplicatesScenario,
) -> None:
    first = scenario.upload(1)
    for number, kind in ((6, "reporting"), (7, "image")):
        scenario.upload(number, kind)
    with pytest.raises(AirlockError) as error:
        scenario.create(2, sha256=SHA256)
    assert (error.value.code, error.value.duplicate_of) == ("duplicate", first.id)
    assert scenario.repository.get(OWNER, an_id(2)) is None
    scenario.create(3, "reporting", sha256=SHA256)
    scenario.create(4, "image", sha256=SHA256)
    scenario.create(5, sha256="ab" * 32)


def test_nothing_is_said_about_the_documents_of_another_owner(scenario: DuplicatesScenario) -> None:
    scenario.upload(1)
    scenario.create(2, sha256=SHA256, owner="another-owner")


def test_a_create_does_not_know_of_uploads_in_progress(scenario: DuplicatesScenario) -> None:
    version = scenario.stage(1)
    scenario.create(2, sha256=SHA256)
    assert scenario.process(1, version) is Outcome.READY


def test_a_create_that_is_repeated_with_its_key_returns_its_document(scenario: DuplicatesScenario) -> None:
    scenario.create(1, sha256=SHA256, key="a-key")
    scenario.process(1, scenario.objects.put(staging_key(OWNER, an_id(1)), PNG))
    service = scenario.upload_service()
    again = create(service, 2, size=len(PNG), kind="unique", sha256=SHA256, key="a-key")
    assert (again.document.id, again.upload) == (an_id(1), None)
    assert scenario.get(1).status is Status.READY


def test_only_the_duplicates_of_a_batch_are_rejected_also_when_it_is_repeated(
    scenario: DuplicatesScenario,
) -> None:
    first = scenario.upload(1)
    known = make_request(size=len(PNG), kind="unique", sha256=SHA256)
    new = make_request(size=len(PNG), kind="unique", sha256="ab" * 32)

    def create_batch(*numbers: int) -> list[str | None]:
        results = scenario.upload_service().create_batch(
            [new, known, known],
            caller=Caller(OWNER),
            document_ids=[an_id(number) for number in numbers],
            idempotency_key="a-key",
            now=NOW,
        )
        return [
            result.duplicate_of if isinstance(result, AirlockError) else result.document.id
            for result in results
        ]

    assert create_batch(2, 3, 4) == [an_id(2), first.id, first.id]
    scenario.delete(1)
    assert create_batch(5, 6, 7) == [an_id(2), first.id, first.id]


@LOOKING
def test_a_deleted_original_makes_room_for_another(scenario: DuplicatesScenario, kind: str) -> None:
    scenario.upload(1, kind)
    scenario.delete(1)
    scenario.create(2, kind, sha256=SHA256)
    third = scenario.upload(3, kind)
    assert (third.status, third.duplicate_of) == (Status.READY, None)
    restored = scenario.restore(1)
    assert (restored.status, restored.duplicate_of) == (Status.READY, third.id)
    assert scenario.restore(1) == restored


@LOOKING
def test_a_purge_leaves_no_trace_of_the_bytes(scenario: DuplicatesScenario, kind: str) -> None:
    for number in (1, 2):
        scenario.upload(number, kind)
        scenario.delete(number)
    scenario.clock.advance(RESTORE_WINDOW)
    for number in (1, 2):
        scenario.objects.keys.pop(staging_key(OWNER, an_id(number)))
        assert scenario.purge_service().purge(OWNER, an_id(number)) is PurgeOutcome.PURGED
        assert (scenario.get(number).digest, scenario.get(number).duplicate_of) == (None, None)
    assert scenario.repository._originals == {}
    assert scenario.count_reserved_bytes() == 0


@LOOKING
def test_of_two_uploads_of_the_same_bytes_at_once_exactly_one_is_the_original(kind: str) -> None:
    """The second upload is processed at each call of the first one's run, before it and after it."""
    counted, scenario = Interruption(), DuplicatesScenario()
    scenario.process(1, scenario.stage(1, kind), counted)
    originals = set()
    for at, after in list_points(counted.calls):
        race = DuplicatesScenario()
        first, second = race.stage(1, kind), race.stage(2, kind)
        by = Interruption(at=at, after=after, act=lambda race=race, second=second: race.process(2, second))  # type: ignore[misc]
        race.process(1, first, by)
        [original] = [document for document in map(race.get, (1, 2)) if document.content_digest]
        [duplicate] = [document for document in map(race.get, (1, 2)) if document.id != original.id]
        assert duplicate.duplicate_of == original.id
        assert (original.status, duplicate.status) == (
            Status.READY,
            Status.REJECTED if kind == "unique" else Status.READY,
        )
        originals.add(original.id)
    assert originals == {an_id(1), an_id(2)}


def test_an_original_that_is_deleted_meanwhile_leaves_at_most_one_original() -> None:
    """The first document is deleted at each call of the second one's run, before it and after it."""
    counted, scenario = Interruption(), DuplicatesScenario()
    scenario.upload(1)
    scenario.process(2, scenario.stage(2), counted)
    ends = set()
    for at, after in list_points(counted.calls):
        race = DuplicatesScenario()
        race.upload(1)
        version = race.stage(2)
        race.process(2, version, Interruption(at=at, after=after, act=lambda race=race: race.delete(1)))  # type: ignore[misc]
        second = race.get(2)
        assert second.duplicate_of == (None if second.status is Status.READY else an_id(1))
        documents = map(race.get, (1, 2))
        originals = {
            document.content_digest: document.id for document in documents if document.content_digest
        }
        assert race.repository._originals == originals
        ends.add(second.status)
    assert ends == {Status.READY, Status.REJECTED}
