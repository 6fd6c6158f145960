"""What becomes of bytes that arrive, when nothing goes wrong but the bytes themselves."""

import hashlib
from dataclasses import replace

import pytest

from functions.core.document import Document, Status
from functions.core.errors import IntegrityError, Unavailable
from functions.core.keys import documents_key, owner_key, staging_key
from functions.core.kinds import Kinds
from functions.core.lifecycle import LEASE, MAX_ATTEMPTS
from functions.core.ports import Copy, StoredObject
from functions.core.promotion import Outcome, Promotion
from functions.core.quota import Usage
from functions.core.sniff import wants_tail
from tests.examples import JPEG, KINDS, NOW, OWNER, PNG, a_document, an_id
from tests.fakes import InMemoryObjects
from tests.interruption import Interruption, Killed, die
from tests.promotions import (
    STAGED,
    World,
    a_file_that_comes_twice,
    a_good_file,
    a_large_file,
    a_large_file_and_little_time,
    a_zip,
    an_archive,
)

STORED = documents_key(OWNER, an_id())


def rejected(document: Document, reason: str) -> bool:
    return (document.status, document.reason, document.charged) == (Status.REJECTED, reason, 0)


def test_good_bytes_become_a_document_with_what_was_detected() -> None:
    world = World()
    [version] = a_good_file(world)
    assert world.deliver(version) is Outcome.READY
    assert world.document.status is Status.READY
    assert world.document.content_type == "image/png"
    assert world.document.sha256 == hashlib.sha256(PNG).hexdigest()


def test_the_promoted_version_is_the_one_in_the_record_with_the_detected_content_type() -> None:
    world = World()
    world.deliver(*a_good_file(world))
    [(version, held)] = world.objects.keys[STORED].items()
    assert version == world.document.stored_version
    assert (held.body, held.content_type) == (PNG, "image/png")


def test_nothing_is_left_in_staging() -> None:
    world = World()
    world.deliver(*a_good_file(world))
    assert set(world.objects.keys) == {STORED}


def test_a_ready_document_counts_as_stored_and_no_longer_as_open() -> None:
    world = World()
    world.deliver(*a_good_file(world))
    assert world.records.usage(OWNER, NOW) == Usage(len(PNG), 0, 1, len(PNG))


def test_bytes_of_another_type_are_rejected_and_deleted() -> None:
    world = World()
    world.expect(a_document(size=len(JPEG)))
    assert world.deliver(world.upload(JPEG)) is Outcome.REJECTED
    assert rejected(world.document, "type_mismatch")
    assert world.document.content_type == "image/jpeg"
    assert not world.objects.keys
    assert world.records.usage(OWNER, NOW) == Usage(0, 0, 1, len(JPEG))


def test_another_size_is_rejected_without_reading_a_byte() -> None:
    class Unreadable(InMemoryObjects):
        def read(self, key: str, version: str, start: int, length: int) -> bytes:
            raise AssertionError("read")

    world = World(objects=Unreadable())
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
def test_a_type_or_a_kind_that_the_deployment_has_dropped_is_rejected(kinds: Kinds) -> None:
    world = World(kinds=kinds)
    assert world.deliver(*a_good_file(world)) is Outcome.REJECTED
    assert rejected(world.document, "type_not_allowed")


def test_the_tail_is_read_where_the_head_does_not_tell() -> None:
    spans: list[tuple[int, int]] = []

    class Watched(InMemoryObjects):
        def read(self, key: str, version: str, start: int, length: int) -> bytes:
            spans.append((start, length))
            return super().read(key, version, start, length)

    world = World(objects=Watched())
    [version] = an_archive(world)
    body = a_zip()
    assert wants_tail(body[:4096])
    assert world.deliver(version) is Outcome.READY
    (_, head), (start, tail) = spans
    assert (spans[0][0], head) == (0, 4096)
    assert start + tail >= len(body)


def test_a_second_version_is_deleted_and_the_first_is_promoted() -> None:
    world = World()
    first, second = a_file_that_comes_twice(world)
    assert world.deliver(first) is Outcome.READY
    assert world.deliver(second) is Outcome.LATE_OBJECT
    assert world.document.staged_version == first
    assert set(world.objects.keys) == {STORED}


def test_bytes_that_come_after_an_abort_are_deleted() -> None:
    world = World()
    world.expect(a_document())
    version = world.upload(PNG)
    world.abort()
    assert world.deliver(version) is Outcome.LATE_OBJECT
    assert world.document.status is Status.ABORTED
    assert not world.objects.keys


def test_a_version_that_is_gone_changes_nothing() -> None:
    world = World()
    [version] = a_good_file(world)
    world.objects.delete(STAGED, version)
    assert world.deliver(version) is Outcome.OBJECT_GONE
    assert world.document.status is Status.PENDING


def test_a_repeated_event_finds_nothing_more_to_do() -> None:
    world = World()
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
def test_a_key_that_no_record_waits_for_is_foreign_and_its_bytes_stay(key: str) -> None:
    world = World()
    world.expect(a_document())
    version = world.objects.put(key, PNG)
    promotion = Promotion(world.records, world.objects, KINDS, world.clock)
    assert promotion.object_created(key, version) is Outcome.EVENT_FOREIGN
    assert world.objects.head(key, version) is not None


def test_while_a_worker_holds_the_lease_the_event_has_to_come_again() -> None:
    world = World()
    [version] = a_good_file(world)
    with pytest.raises(Killed):
        world.deliver(version, by=Interruption(die, at=4))
    assert world.deliver(version) is Outcome.LEASED
    world.clock.advance(LEASE)
    assert world.deliver(version) is Outcome.READY


def test_an_error_gives_the_lease_back_at_once() -> None:
    world = World()
    [version] = a_good_file(world)
    with pytest.raises(Unavailable):
        world.deliver(version, by=Interruption(_unavailable, at=4))
    assert world.deliver(version) is Outcome.READY
    assert world.document.attempt == 2


def test_after_the_last_attempt_it_has_failed_and_the_bytes_stay() -> None:
    world = World()
    [version] = a_good_file(world)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Unavailable):
            world.deliver(version, by=Interruption(_unavailable, at=4))
    assert (world.document.status, world.document.reason) == (Status.FAILED, "attempts_exhausted")
    assert world.deliver(version) is Outcome.FAILED
    assert world.objects.head(STAGED, version) is not None
    assert world.records.usage(OWNER, NOW) == Usage(len(PNG), 0, 1, len(PNG))


class Careless(InMemoryObjects):
    """A store whose copies are not what was ordered."""

    def __init__(self, source: dict[str, object], copied: dict[str, object]) -> None:
        super().__init__()
        self.source = source
        self.copied = copied

    def head(self, key: str, version: str) -> StoredObject | None:
        found = super().head(key, version)
        return replace(found, **self.source) if found else None  # type: ignore[arg-type]

    def copy(self, order: Copy) -> StoredObject:
        return replace(super().copy(order), **self.copied)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("source", "copied"), [({}, {"size": 1}), ({"crc64nvme": "AAAA"}, {"crc64nvme": "BBBB"})]
)
def test_a_copy_that_is_not_what_was_staged_never_becomes_a_document(
    source: dict[str, object], copied: dict[str, object]
) -> None:
    world = World(objects=Careless(source, copied))
    [version] = a_good_file(world)
    with pytest.raises(IntegrityError):
        world.deliver(version)
    assert world.document.status is Status.PROCESSING
    assert world.objects.head(STAGED, version) is not None


@pytest.mark.parametrize("checksum", ["AAAA", None])
def test_a_checksum_that_s3_has_of_one_side_only_says_nothing(checksum: str | None) -> None:
    world = World(objects=Careless({"crc64nvme": "AAAA"}, {"crc64nvme": checksum}))
    assert world.deliver(*a_good_file(world)) is Outcome.READY


def test_a_copy_with_another_hash_than_declared_never_becomes_a_document() -> None:
    world = World()
    world.expect(a_document(declared_sha256="00" * 32))
    with pytest.raises(IntegrityError):
        world.deliver(world.upload(PNG))
    assert world.document.status is Status.PROCESSING


def test_a_copy_with_the_declared_hash_becomes_a_document() -> None:
    world = World()
    world.expect(a_document(declared_sha256=hashlib.sha256(PNG).hexdigest()))
    assert world.deliver(world.upload(PNG)) is Outcome.READY


def test_a_large_file_is_copied_in_parts_and_then_has_no_sha256() -> None:
    world = World()
    assert world.deliver(*a_large_file(world)) is Outcome.READY
    assert (world.document.sha256, world.document.copy_upload_id) == (None, None)
    assert [held.body for held in world.objects.keys[STORED].values()] == [PNG]


def test_a_file_of_exactly_the_limit_is_copied_at_once() -> None:
    world = World(single_copy_limit=len(PNG))
    assert world.deliver(*a_good_file(world)) is Outcome.READY
    assert world.document.sha256 == hashlib.sha256(PNG).hexdigest()


def test_a_copy_that_runs_out_of_time_pauses_and_the_next_delivery_goes_on_with_it() -> None:
    world = World()
    [version] = a_large_file_and_little_time(world)
    assert world.deliver(version) is Outcome.PAUSED
    upload_id = world.document.copy_upload_id
    assert world.objects.copies == {upload_id: 1}
    assert world.deliver(version) is Outcome.PAUSED
    assert world.objects.copies == {upload_id: 2}
    world.redeliver(version)
    assert world.document.status is Status.READY
    assert world.document.attempt > MAX_ATTEMPTS


def test_a_copy_that_somebody_aborted_meanwhile_begins_again() -> None:
    world = World()
    [version] = a_large_file_and_little_time(world)
    world.deliver(version)
    world.objects.copies.clear()
    assert world.deliver(version) is Outcome.PAUSED
    assert list(world.objects.copies) == [world.document.copy_upload_id]
    world.redeliver(version)
    assert world.document.status is Status.READY


def test_bytes_that_were_completed_from_parts_are_promoted_while_the_call_to_complete_still_waits() -> None:
    world = World()
    world.expect(a_document(status=Status.COMPLETING, attempt=1, lease_until=NOW + LEASE))
    assert world.deliver(world.upload(PNG)) is Outcome.READY


def test_a_target_that_holds_something_else_is_never_taken_for_the_copy() -> None:
    world = World()
    [version] = a_good_file(world)
    world.objects.put(STORED, b"something else")
    with pytest.raises(IntegrityError):
        world.deliver(version)
    assert world.document.status is Status.PROCESSING


def _unavailable() -> None:
    raise Unavailable("storage_unavailable", "Not now.")
