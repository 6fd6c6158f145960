"""Runs of the pipeline without interruption: bytes are promoted, rejected, or orphaned."""

import hashlib

import pytest

from functions.detection import find_range
from functions.domain.document import Document, Method, Status
from functions.domain.keys import SCAN_AREA, documents_key, owner_key, staging_key
from functions.domain.kinds import Kinds
from functions.domain.quota import Usage
from functions.pipeline.engine import Outcome
from tests.examples import NOW, OWNER, PDF, PNG, a_document, an_id
from tests.fake_multipart import InMemoryMultipartStore
from tests.fakes import InMemoryObjectStore
from tests.interruptions import Interruption, ProcessKilled, kill_process
from tests.pipeline_scenario import (
    STAGED,
    PipelineScenario,
    make_zip,
    prepare_accepted_file,
    prepare_archive,
    prepare_two_versions,
)

STORED = documents_key(OWNER, an_id())


def rejected(document: Document, reason: str) -> bool:
    return (document.status, document.reason, document.reserved_bytes) == (Status.REJECTED, reason, 0)


def test_accepted_bytes_become_a_ready_document_with_the_detected_type() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    assert scenario.deliver(version) is Outcome.READY
    assert scenario.document.status is Status.READY
    assert scenario.document.content_type == "image/png"
    assert scenario.document.sha256 == hashlib.sha256(PNG).hexdigest()


def test_the_promoted_version_is_the_one_in_the_record_with_the_detected_content_type() -> None:
    scenario = PipelineScenario()
    scenario.deliver(*prepare_accepted_file(scenario))
    [(version, held)] = scenario.objects.keys[STORED].items()
    assert version == scenario.document.stored_version
    assert (held.body, held.content_type) == (PNG, "image/png")


def test_the_staged_version_of_a_put_stays_so_that_its_url_cannot_write_again() -> None:
    scenario = PipelineScenario()
    scenario.deliver(*prepare_accepted_file(scenario))
    assert set(scenario.objects.keys) == {STORED, STAGED}


def test_the_staged_version_of_a_multipart_upload_goes_at_once() -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document(method=Method.MULTIPART))
    scenario.deliver(scenario.upload(PNG))
    assert set(scenario.objects.keys) == {STORED}


def test_an_upload_is_open_until_its_bytes_have_arrived() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    with pytest.raises(ProcessKilled):
        scenario.deliver(version, by=Interruption(kill_process, at=4))
    assert scenario.document.status is Status.PROCESSING
    assert scenario.repository.usage(OWNER, NOW) == Usage(len(PNG), 0, 1, len(PNG))


def test_a_ready_document_counts_as_stored_and_no_longer_as_open() -> None:
    scenario = PipelineScenario()
    scenario.deliver(*prepare_accepted_file(scenario))
    assert scenario.repository.usage(OWNER, NOW) == Usage(len(PNG), 0, 1, len(PNG))


def test_bytes_of_another_type_are_rejected() -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document(size=len(PDF)))
    assert scenario.deliver(scenario.upload(PDF)) is Outcome.REJECTED
    assert rejected(scenario.document, "type_mismatch")
    assert scenario.document.content_type == "application/pdf"
    assert set(scenario.objects.keys) == {STAGED}
    assert scenario.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(PDF))


def test_bytes_of_another_size_are_rejected() -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document(size=len(PNG) - 1))
    assert scenario.deliver(scenario.upload(PNG)) is Outcome.REJECTED
    assert rejected(scenario.document, "size_mismatch")
    assert STORED not in scenario.objects.keys


@pytest.mark.parametrize(
    "kinds",
    [
        Kinds({"photo": {"content_types": ["image/png"], "max_bytes": 1000}}),
        Kinds({"image": {"content_types": ["image/jpeg"], "max_bytes": 1000}}),
    ],
)
def test_a_removed_type_or_kind_is_rejected(kinds: Kinds) -> None:
    scenario = PipelineScenario(kinds=kinds)
    assert scenario.deliver(*prepare_accepted_file(scenario)) is Outcome.REJECTED
    assert rejected(scenario.document, "type_not_allowed")


def test_the_tail_is_read_where_the_head_is_ambiguous() -> None:
    spans: list[tuple[int, int]] = []

    class Watched(InMemoryObjectStore):
        def read(self, key: str, version: str, start: int, length: int) -> bytes:
            spans.append((start, length))
            return super().read(key, version, start, length)

    scenario = PipelineScenario(s3=InMemoryMultipartStore(Watched()), single_copy_limit=100_000)
    [version] = prepare_archive(scenario)
    body = make_zip()
    assert find_range(body[:4096], len(body)) is not None
    assert scenario.deliver(version) is Outcome.READY
    [(start, tail)] = spans
    assert start + tail >= len(body)


def test_a_further_version_of_a_form_is_deleted_and_counted_against_the_day() -> None:
    scenario = PipelineScenario()
    first, second = prepare_two_versions(scenario)
    assert scenario.deliver(first) is Outcome.READY
    assert scenario.deliver(second) is Outcome.ORPHANED_VERSION
    assert scenario.deliver(second) is Outcome.OBJECT_GONE
    assert scenario.document.staged_version == first
    assert set(scenario.objects.keys[STAGED]) == {first}
    assert scenario.repository.usage(OWNER, NOW).daily_bytes == 2 * len(PNG)


def test_a_further_version_is_counted_when_the_first_one_is_claimed_after_the_record_was_read() -> None:
    scenario = PipelineScenario()
    first, second = prepare_two_versions(scenario)
    claim_first = Interruption(lambda: scenario.deliver(first), at=1, after=True)
    assert scenario.deliver(second, by=claim_first) is Outcome.ORPHANED_VERSION
    assert set(scenario.objects.keys[STAGED]) == {first}
    assert scenario.repository.usage(OWNER, NOW).daily_bytes == 2 * len(PNG)


def test_every_version_of_an_aborted_form_is_deleted_and_counted_against_the_day() -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document(method=Method.POST))
    scenario.abort()
    for _ in range(3):
        assert scenario.deliver(scenario.upload(PNG)) is Outcome.ORPHANED_VERSION
    assert not any(scenario.objects.keys.values())
    assert scenario.repository.usage(OWNER, NOW).daily_bytes == 4 * len(PNG)


def test_a_put_that_arrives_after_an_abort_stays_until_the_sweep() -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document())
    version = scenario.upload(PNG)
    scenario.abort()
    assert scenario.deliver(version) is Outcome.ORPHANED_VERSION
    assert scenario.document.status is Status.ABORTED
    assert set(scenario.objects.keys) == {STAGED}
    assert scenario.repository.usage(OWNER, NOW).daily_bytes == len(PNG)


def test_an_object_that_a_multipart_upload_has_left_after_an_abort_is_deleted() -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document(method=Method.MULTIPART))
    version = scenario.upload(PNG)
    scenario.abort()
    assert scenario.deliver(version) is Outcome.ORPHANED_VERSION
    assert not scenario.objects.keys


def test_a_version_that_is_gone_changes_nothing() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    scenario.objects.delete(STAGED, version)
    assert scenario.deliver(version) is Outcome.OBJECT_GONE
    assert scenario.document.status is Status.PENDING


def test_a_repeated_event_changes_nothing() -> None:
    scenario = PipelineScenario()
    [version] = prepare_accepted_file(scenario)
    scenario.deliver(version)
    before = scenario.end()
    assert scenario.deliver(version) is Outcome.ORPHANED_VERSION
    assert scenario.end() == before


@pytest.mark.parametrize(
    "key",
    [
        "staging/x",
        "",
        STORED,
        f"{STAGED}/2",
        staging_key(owner_key("b"), an_id()),
        staging_key(OWNER, an_id(1)),
        staging_key(OWNER, an_id(), SCAN_AREA),
    ],
)
def test_an_event_for_an_unknown_key_is_foreign_and_its_bytes_stay(key: str) -> None:
    scenario = PipelineScenario()
    scenario.expect(a_document())
    version = scenario.objects.put(key, PNG)
    assert scenario.engine().process_upload(key, version) is Outcome.FOREIGN_EVENT
    assert scenario.objects.head(key, version) is not None
