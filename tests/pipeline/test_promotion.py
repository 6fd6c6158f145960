"""What becomes of bytes that arrive, when nothing goes wrong but the bytes themselves."""

import hashlib

import pytest

from functions.detection import needs_tail
from functions.domain.document import Document, Status
from functions.domain.keys import documents_key, owner_key, staging_key
from functions.domain.kinds import Kinds
from functions.domain.quota import Usage
from functions.pipeline.promotion import Outcome, Promotion
from tests.examples import JPEG, KINDS, NOW, OWNER, PNG, a_document, an_id
from tests.fakes import InMemoryObjectStore
from tests.promotions import (
    STAGED,
    PromotionScenario,
    a_file_that_comes_twice,
    a_good_file,
    a_zip,
    an_archive,
)

STORED = documents_key(OWNER, an_id())


def rejected(document: Document, reason: str) -> bool:
    return (document.status, document.reason, document.reserved_bytes) == (Status.REJECTED, reason, 0)


def test_accepted_bytes_become_a_ready_document_with_the_detected_type() -> None:
    world = PromotionScenario()
    [version] = a_good_file(world)
    assert world.deliver(version) is Outcome.READY
    assert world.document.status is Status.READY
    assert world.document.content_type == "image/png"
    assert world.document.sha256 == hashlib.sha256(PNG).hexdigest()


def test_the_promoted_version_is_the_one_in_the_record_with_the_detected_content_type() -> None:
    world = PromotionScenario()
    world.deliver(*a_good_file(world))
    [(version, held)] = world.objects.keys[STORED].items()
    assert version == world.document.stored_version
    assert (held.body, held.content_type) == (PNG, "image/png")


def test_promotion_leaves_nothing_in_staging() -> None:
    world = PromotionScenario()
    world.deliver(*a_good_file(world))
    assert set(world.objects.keys) == {STORED}


def test_a_ready_document_counts_as_stored_and_no_longer_as_open() -> None:
    world = PromotionScenario()
    world.deliver(*a_good_file(world))
    assert world.repository.usage(OWNER, NOW) == Usage(len(PNG), 0, 1, len(PNG))


def test_bytes_of_another_type_are_rejected_and_deleted() -> None:
    world = PromotionScenario()
    world.expect(a_document(size=len(JPEG)))
    assert world.deliver(world.upload(JPEG)) is Outcome.REJECTED
    assert rejected(world.document, "type_mismatch")
    assert world.document.content_type == "image/jpeg"
    assert not world.objects.keys
    assert world.repository.usage(OWNER, NOW) == Usage(0, 0, 1, len(JPEG))


def test_bytes_of_another_size_are_rejected() -> None:
    world = PromotionScenario()
    world.expect(a_document(size=len(PNG) - 1))
    assert world.deliver(world.upload(PNG)) is Outcome.REJECTED
    assert rejected(world.document, "size_mismatch")
    assert not world.objects.keys


@pytest.mark.parametrize(
    "kinds",
    [
        Kinds({"photo": {"content_types": ["image/png"], "max_bytes": 1000}}),
        Kinds({"image": {"content_types": ["image/jpeg"], "max_bytes": 1000}}),
    ],
)
def test_a_removed_type_or_kind_is_rejected(kinds: Kinds) -> None:
    world = PromotionScenario(kinds=kinds)
    assert world.deliver(*a_good_file(world)) is Outcome.REJECTED
    assert rejected(world.document, "type_not_allowed")


def test_the_tail_is_read_where_the_head_is_ambiguous() -> None:
    spans: list[tuple[int, int]] = []

    class Watched(InMemoryObjectStore):
        def read(self, key: str, version: str, start: int, length: int) -> bytes:
            spans.append((start, length))
            return super().read(key, version, start, length)

    world = PromotionScenario(objects=Watched())
    [version] = an_archive(world)
    body = a_zip()
    assert needs_tail(body[:4096])
    assert world.deliver(version) is Outcome.READY
    [(start, tail)] = spans
    assert start + tail >= len(body)


def test_a_second_version_is_deleted_and_the_first_is_promoted() -> None:
    world = PromotionScenario()
    first, second = a_file_that_comes_twice(world)
    assert world.deliver(first) is Outcome.READY
    assert world.deliver(second) is Outcome.ORPHANED_VERSION
    assert world.document.staged_version == first
    assert set(world.objects.keys) == {STORED}


def test_bytes_that_arrive_after_an_abort_are_deleted() -> None:
    world = PromotionScenario()
    world.expect(a_document())
    version = world.upload(PNG)
    world.abort()
    assert world.deliver(version) is Outcome.ORPHANED_VERSION
    assert world.document.status is Status.ABORTED
    assert not world.objects.keys


def test_a_version_that_is_gone_changes_nothing() -> None:
    world = PromotionScenario()
    [version] = a_good_file(world)
    world.objects.delete(STAGED, version)
    assert world.deliver(version) is Outcome.OBJECT_GONE
    assert world.document.status is Status.PENDING


def test_a_repeated_event_changes_nothing() -> None:
    world = PromotionScenario()
    [version] = a_good_file(world)
    world.deliver(version)
    before = world.end()
    assert world.deliver(version) is Outcome.OBJECT_GONE
    assert world.end() == before


@pytest.mark.parametrize(
    "key",
    [
        "staging/x",
        "",
        STORED,
        f"{STAGED}/2",
        staging_key(owner_key("b"), an_id()),
        staging_key(OWNER, an_id(1)),
    ],
)
def test_an_event_for_an_unknown_key_is_foreign_and_its_bytes_stay(key: str) -> None:
    world = PromotionScenario()
    world.expect(a_document())
    version = world.objects.put(key, PNG)
    promotion = Promotion(world.repository, world.objects, KINDS, world.clock)
    assert promotion.promote(key, version) is Outcome.FOREIGN_EVENT
    assert world.objects.head(key, version) is not None
