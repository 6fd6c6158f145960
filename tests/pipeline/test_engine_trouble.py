"""Runs of the pipeline with crashed attempts, faults and wrong copies."""

import hashlib
from contextlib import suppress
from dataclasses import replace

import pytest

from functions.domain.codes import Code
from functions.domain.document import Status
from functions.domain.effects import LEASE
from functions.domain.errors import IntegrityError, Unavailable
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.keys import documents_key
from functions.domain.quota import Usage
from functions.domain.storage import CopyRequest, StoredObject
from functions.pipeline.engine import Outcome
from tests.examples import NOW, OWNER, PNG, a_document, an_id
from tests.fake_multipart import InMemoryMultipartStore
from tests.fakes import InMemoryObjectStore
from tests.interruptions import Interruption, ProcessKilled, kill_process
from tests.pipeline_scenario import (
    STAGED,
    PipelineScenario,
    prepare_accepted_file,
)

STORED = documents_key(OWNER, an_id())
LAST_WRITE = 5
"""Number of the call of a delivery that ends the run."""


def test_an_event_under_a_lease_is_delivered_again() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    with pytest.raises(ProcessKilled):
        scenario.deliver(version, by=Interruption(kill_process, at=4))
    assert scenario.deliver(version) is Outcome.LEASED
    scenario.clock.advance(LEASE)
    assert scenario.deliver(version) is Outcome.READY


def test_an_attempt_that_outlives_its_lease_is_stale_when_another_has_ended() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)

    def attempt_again() -> None:
        scenario.clock.advance(LEASE)
        assert scenario.deliver(version) is Outcome.READY

    assert scenario.deliver(version, by=Interruption(attempt_again, at=5)) is Outcome.STALE_ATTEMPT
    assert scenario.document.status is Status.READY


def test_an_error_ends_the_lease_at_once() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    with pytest.raises(Unavailable):
        scenario.deliver(version, by=Interruption(_unavailable, at=4))
    assert scenario.deliver(version) is Outcome.READY
    assert scenario.document.attempt == 2


def test_a_fault_of_aws_never_counts() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    for _ in range(5 * MAX_ATTEMPTS):
        with pytest.raises(Unavailable):
            scenario.deliver(version, by=Interruption(_unavailable, at=4))
    assert scenario.deliver(version) is Outcome.READY


@pytest.mark.parametrize("after", [False, True], ids=["not written", "written"])
def test_a_fault_of_the_last_write_never_counts_and_holds_the_document_for_no_lease(after: bool) -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    for _ in range(2 * MAX_ATTEMPTS):
        with suppress(Unavailable):
            scenario.deliver(version, by=Interruption(_unavailable, at=LAST_WRITE, after=after))
    assert scenario.document.lease_until is None
    if not after:
        assert (scenario.document.status, scenario.document.failures) == (Status.PROCESSING, 0)
        assert scenario.deliver(version) is Outcome.READY
    assert scenario.document.status is Status.READY


def test_after_the_last_crash_the_document_fails_and_keeps_its_bytes() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ProcessKilled):
            scenario.deliver(version, by=Interruption(kill_process, at=4))
        scenario.clock.advance(LEASE)
    assert scenario.deliver(version) is Outcome.FAILED
    assert (scenario.document.status, scenario.document.reason) == (Status.FAILED, "attempts_exhausted")
    assert scenario.deliver(version) is Outcome.ALREADY_APPLIED
    assert scenario.objects.head(STAGED, version) is not None
    assert scenario.repository.usage(OWNER, NOW) == Usage(len(PNG), 0, 1, len(PNG))


def test_an_error_that_may_be_the_files_counts() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(ZeroDivisionError):
            scenario.deliver(version, by=Interruption(lambda: 1 // 0, at=4))
    assert (scenario.document.status, scenario.document.reason) == (Status.FAILED, "attempts_exhausted")


def test_a_document_whose_staged_version_is_gone_fails_and_releases_its_quota() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    with pytest.raises(ProcessKilled):
        scenario.deliver(version, by=Interruption(kill_process, at=4))
    scenario.objects.delete(STAGED, version)

    assert scenario.deliver(version) is Outcome.LEASED
    scenario.clock.advance(LEASE)
    assert scenario.deliver(version) is Outcome.OBJECT_GONE
    assert (scenario.document.status, scenario.document.reason) == (Status.FAILED, "object_gone")
    assert scenario.repository.usage(OWNER, NOW).reserved_bytes == 0
    assert scenario.deliver(version) is Outcome.OBJECT_GONE


class Careless(InMemoryObjectStore):
    """A store whose copies are not what was ordered."""

    def __init__(self, copied: dict[str, object]) -> None:
        super().__init__()
        self.copied = copied

    def copy(self, order: CopyRequest) -> StoredObject:
        return replace(super().copy(order), **self.copied)  # type: ignore[arg-type]


def test_a_copy_that_differs_from_the_staged_version_is_never_promoted() -> None:
    scenario = PipelineScenario(s3=InMemoryMultipartStore(Careless({"size": 1})))
    [version] = prepare_accepted_file(scenario)
    with pytest.raises(IntegrityError):
        scenario.deliver(version)
    assert scenario.document.status is Status.PROCESSING
    assert scenario.objects.head(STAGED, version) is not None


def test_a_copy_with_another_hash_than_declared_is_never_promoted() -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document(declared_sha256="00" * 32))
    with pytest.raises(IntegrityError):
        scenario.deliver(scenario.upload(PNG))
    assert scenario.document.status is Status.PROCESSING


def test_a_copy_with_the_declared_hash_is_promoted() -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document(declared_sha256=hashlib.sha256(PNG).hexdigest()))
    assert scenario.deliver(scenario.upload(PNG)) is Outcome.READY


def test_a_file_of_exactly_the_limit_is_copied_at_once() -> None:
    scenario = PipelineScenario(single_copy_limit=len(PNG))
    assert scenario.deliver(*prepare_accepted_file(scenario)) is Outcome.READY
    assert scenario.document.sha256 == hashlib.sha256(PNG).hexdigest()


def test_a_completed_upload_is_promoted_while_the_call_to_complete_still_waits() -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document(status=Status.COMPLETING, attempt=1, lease_until=NOW + LEASE))
    assert scenario.deliver(scenario.upload(PNG)) is Outcome.READY


def test_a_target_with_other_bytes_is_never_accepted_as_the_copy() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    scenario.objects.put(STORED, b"something else")
    with pytest.raises(IntegrityError):
        scenario.deliver(version)
    assert scenario.document.status is Status.PROCESSING


def _unavailable() -> None:
    raise Unavailable(Code.STORAGE_UNAVAILABLE, "Not now.")
