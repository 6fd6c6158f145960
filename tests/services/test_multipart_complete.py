"""Completing an upload in parts: once, twice, too late, with parts missing, with a crash."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.document import Method, Status
from functions.domain.effects import COMPLETE_LEASE
from functions.domain.errors import Unavailable, WrongState
from functions.domain.events import AbortRequested, InspectionFailed, ObjectArrived, Promoted
from functions.domain.storage import UploadedPart
from tests.fake_multipart import InMemoryMultipartStore
from tests.interruption import Interruption, Killed, die, every_point
from tests.multiparts import BODIES, STAGED, MultipartScenario, refused


@pytest.fixture
def world() -> MultipartScenario:
    made = MultipartScenario()
    made.begin()
    return made


def test_complete_assembles_the_file_from_all_parts(world: MultipartScenario) -> None:
    world.put(2, 3, 1)
    completion = world.complete()
    assert completion.done
    assert world.bodies() == [b"a" * 10 + b"b" * 10 + b"c" * 5]


def test_a_missing_part_is_named_and_can_still_be_uploaded(world: MultipartScenario) -> None:
    world.put(1, 3)
    error = refused(world.complete, WrongState)
    assert error.code == "parts_incomplete"
    assert "2" in error.detail
    assert (world.document.status, world.bodies()) == (Status.PENDING, [])
    world.put(2)
    assert world.complete().done


def test_a_part_of_another_size_than_planned_is_named(world: MultipartScenario) -> None:
    world.put(1, 2)
    world.s3.put_part(STAGED, world.document.upload_id or "", 3, b"too long for it")
    assert refused(world.complete, WrongState).code == "size_mismatch"
    assert (world.document.status, world.bodies()) == (Status.PENDING, [])


def test_a_part_outside_the_plan_is_a_size_mismatch(world: MultipartScenario) -> None:
    world.put(1, 2, 3)
    world.s3.put_part(STAGED, world.document.upload_id or "", 4, BODIES[3])
    assert refused(world.complete, WrongState).code == "size_mismatch"


def test_parts_that_s3_rejects_can_be_uploaded_again(world: MultipartScenario) -> None:
    class Changing(InMemoryMultipartStore):
        """Somebody sends a part again between the listing and the call."""

        def parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
            return [replace(part, etag='"before"') for part in super().parts(key, upload_id)]

    world.s3 = Changing(world.s3.objects, world.s3.open)
    world.put(1, 2, 3)
    assert refused(world.complete, WrongState).code == "part_mismatch"
    assert world.document.status is Status.PENDING


def test_the_second_of_two_concurrent_calls_gets_upload_in_progress(world: MultipartScenario) -> None:
    world.put(1, 2, 3)
    codes = []
    world.complete(Interruption(lambda: codes.append(refused(world.complete, WrongState).code), at=3))
    assert codes == ["upload_in_progress"]
    assert len(world.bodies()) == 1


def test_a_repeated_call_after_the_bytes_have_arrived_succeeds(world: MultipartScenario) -> None:
    world.put(1, 2, 3)
    world.complete()
    world.see(ObjectArrived("v1"))
    assert world.complete().done
    world.see(Promoted(world.document.attempt, "image/png", None, "d1"))
    completion = world.complete()
    assert (completion.done, completion.document.status) == (True, Status.READY)


def test_a_repeated_call_before_the_event_is_not_done_yet(world: MultipartScenario) -> None:
    world.put(1, 2, 3)
    world.complete()
    assert not world.complete().done
    world.clock.advance(COMPLETE_LEASE)
    assert not world.complete().done
    assert len(world.bodies()) == 1


def test_an_aborted_upload_cannot_be_completed(world: MultipartScenario) -> None:
    world.see(AbortRequested())
    assert refused(world.complete, WrongState).code == "invalid_state"


def test_completing_a_rejected_document_is_a_repeat(world: MultipartScenario) -> None:
    world.see(ObjectArrived("v1"))
    world.see(InspectionFailed(1, Code.TYPE_MISMATCH))
    assert world.complete().document.status is Status.REJECTED


def test_complete_after_the_deadline_is_expired(world: MultipartScenario) -> None:
    world.put(1, 2, 3)
    world.clock.now = world.document.upload_deadline
    assert refused(world.complete, WrongState).code == "upload_expired"
    assert world.bodies() == []


def test_an_unknown_outcome_of_complete_is_not_done_yet(
    world: MultipartScenario,
) -> None:
    class Silent(InMemoryMultipartStore):
        def complete(self, *args: Any, **named: Any) -> None:
            super().complete(*args, **named)
            raise Unavailable(Code.STORAGE_UNAVAILABLE, "No answer in time.")

    world.s3 = Silent(world.s3.objects, world.s3.open)
    world.put(1, 2, 3)
    assert not world.complete().done
    assert world.document.status is Status.COMPLETING


def test_nothing_changes_while_s3_cannot_list_the_parts(world: MultipartScenario) -> None:
    class Busy(InMemoryMultipartStore):
        def parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
            raise Unavailable(Code.STORAGE_UNAVAILABLE, "SlowDown")

    world.s3 = Busy(world.s3.objects, world.s3.open)
    refused(world.complete, Unavailable)
    assert world.document.status is Status.PENDING


def test_a_crash_at_any_call_and_a_retry_after_the_lease_complete_the_object_once() -> None:
    counting = Interruption(die)
    _begun().complete(counting)
    for at, after in every_point(counting.calls):
        world = _begun()
        with pytest.raises(Killed):
            world.complete(Interruption(die, at, after))
        world.clock.advance(COMPLETE_LEASE)
        world.complete()
        assert world.bodies() == [b"".join(BODIES.values())], (at, after)
        assert world.document.status is Status.COMPLETING, (at, after)


def test_an_event_between_any_two_calls_is_not_undone_by_complete() -> None:
    counting = Interruption(die)
    _begun().complete(counting)
    for at, after in every_point(counting.calls):
        world = _begun()
        world.complete(Interruption(partial(world.see, ObjectArrived("v1")), at, after))
        assert world.document.status is Status.PROCESSING, (at, after)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.PENDING, "object_not_uploaded"),
        (Status.ABORTED, "invalid_state"),
        (Status.REJECTED, "invalid_state"),
    ],
)
def test_complete_of_a_single_put_reports_that_it_has_not_arrived(status: Status, code: str) -> None:
    world = MultipartScenario()
    world.begin(method=Method.PUT, status=status)
    assert refused(world.complete, WrongState).code == code


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.READY])
def test_a_single_put_that_has_arrived_is_complete(status: Status) -> None:
    world = MultipartScenario()
    world.begin(method=Method.PUT, status=status)
    assert world.complete().done


def test_a_single_put_that_has_expired_is_gone() -> None:
    world = MultipartScenario()
    world.begin(method=Method.PUT, status=Status.EXPIRED)
    assert refused(world.complete, WrongState).code == "upload_expired"


def _begun() -> MultipartScenario:
    world = MultipartScenario()
    world.begin()
    world.put(1, 2, 3)
    return world
