"""Completing an upload in parts: once, twice, too late, with parts missing, with a crash."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from functions.domain.codes import Code
from functions.domain.document import Method, Status
from functions.domain.effects import COMPLETE_LEASE
from functions.domain.errors import Unavailable, WrongState
from functions.domain.events import AbortRequested, ObjectArrived
from functions.domain.storage import UploadedPart
from tests.examples import NOW
from tests.fake_multipart import InMemoryMultipartStore
from tests.interruptions import Interruption, ProcessKilled, kill_process, list_points
from tests.multipart_scenario import BODIES, STAGED, MultipartScenario, catch
from tests.repository_steps import a_completed_attempt, a_rejected_attempt


@pytest.fixture
def scenario() -> MultipartScenario:
    made = MultipartScenario()
    made.start()
    return made


def test_complete_assembles_the_file_from_all_parts(scenario: MultipartScenario) -> None:
    scenario.put(2, 3, 1)
    completion = scenario.complete()
    assert completion.done
    assert scenario.bodies() == [b"a" * 10 + b"b" * 10 + b"c" * 5]


def test_a_missing_part_is_named_and_can_still_be_uploaded(scenario: MultipartScenario) -> None:
    scenario.put(1, 3)
    error = catch(scenario.complete, WrongState)
    assert error.code == "parts_incomplete"
    assert "2" in error.detail
    assert (scenario.document.status, scenario.bodies()) == (Status.PENDING, [])
    scenario.put(2)
    assert scenario.complete().done


def test_a_part_of_another_size_than_planned_is_named(scenario: MultipartScenario) -> None:
    scenario.put(1, 2)
    scenario.s3.put_part(STAGED, scenario.document.upload_id or "", 3, b"too long for it")
    assert catch(scenario.complete, WrongState).code == "size_mismatch"
    assert (scenario.document.status, scenario.bodies()) == (Status.PENDING, [])


def test_a_part_outside_the_plan_is_a_size_mismatch(scenario: MultipartScenario) -> None:
    scenario.put(1, 2, 3)
    scenario.s3.put_part(STAGED, scenario.document.upload_id or "", 4, BODIES[3])
    assert catch(scenario.complete, WrongState).code == "size_mismatch"


def test_parts_that_s3_rejects_can_be_uploaded_again(scenario: MultipartScenario) -> None:
    class Changing(InMemoryMultipartStore):
        """Somebody sends a part again between the listing and the call."""

        def parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
            return [replace(part, etag='"before"') for part in super().parts(key, upload_id)]

    scenario.s3 = Changing(scenario.s3.objects, scenario.s3.open)
    scenario.put(1, 2, 3)
    assert catch(scenario.complete, WrongState).code == "part_mismatch"
    assert scenario.document.status is Status.PENDING


def test_the_second_of_two_concurrent_calls_gets_upload_in_progress(scenario: MultipartScenario) -> None:
    scenario.put(1, 2, 3)
    codes = []
    scenario.complete(Interruption(lambda: codes.append(catch(scenario.complete, WrongState).code), at=3))
    assert codes == ["upload_in_progress"]
    assert len(scenario.bodies()) == 1


def test_a_repeated_call_after_the_bytes_have_arrived_succeeds(scenario: MultipartScenario) -> None:
    scenario.put(1, 2, 3)
    scenario.complete()
    scenario.apply(ObjectArrived("v1"))
    assert scenario.complete().done
    scenario.apply(a_completed_attempt(scenario.document.attempt))
    completion = scenario.complete()
    assert (completion.done, completion.document.status) == (True, Status.READY)


def test_a_repeated_call_before_the_event_is_not_done_yet(scenario: MultipartScenario) -> None:
    scenario.put(1, 2, 3)
    scenario.complete()
    assert not scenario.complete().done
    scenario.clock.advance(COMPLETE_LEASE)
    assert not scenario.complete().done
    assert len(scenario.bodies()) == 1


def test_an_aborted_upload_cannot_be_completed(scenario: MultipartScenario) -> None:
    scenario.apply(AbortRequested())
    assert catch(scenario.complete, WrongState).code == "invalid_state"


def test_completing_a_rejected_document_is_a_repeat(scenario: MultipartScenario) -> None:
    scenario.apply(ObjectArrived("v1"))
    scenario.apply(a_rejected_attempt())
    assert scenario.complete().document.status is Status.REJECTED


def test_complete_after_the_deadline_is_expired(scenario: MultipartScenario) -> None:
    scenario.put(1, 2, 3)
    scenario.clock.now = scenario.document.upload_deadline
    assert scenario.clock() == NOW + scenario.lifetimes.upload
    assert catch(scenario.complete, WrongState).code == "upload_expired"
    assert scenario.bodies() == []


def test_complete_after_the_first_deadline_continues_an_upload_with_parts() -> None:
    scenario = MultipartScenario()
    scenario.start(upload_deadline=NOW + timedelta(hours=1))
    scenario.put(1, 2, 3)
    scenario.clock.now = NOW + timedelta(hours=23)
    assert scenario.complete().done
    assert len(scenario.bodies()) == 1


def test_complete_after_the_first_deadline_without_a_part_is_expired() -> None:
    scenario = MultipartScenario()
    scenario.start(upload_deadline=NOW + timedelta(hours=1))
    scenario.clock.now = NOW + timedelta(hours=1)
    assert catch(scenario.complete, WrongState).code == "upload_expired"


def test_an_unknown_outcome_of_complete_is_not_done_yet(
    scenario: MultipartScenario,
) -> None:
    class Silent(InMemoryMultipartStore):
        def complete(self, *args: Any, **named: Any) -> None:
            super().complete(*args, **named)
            raise Unavailable(Code.STORAGE_UNAVAILABLE, "No answer in time.")

    scenario.s3 = Silent(scenario.s3.objects, scenario.s3.open)
    scenario.put(1, 2, 3)
    assert not scenario.complete().done
    assert scenario.document.status is Status.COMPLETING


def test_nothing_changes_while_s3_cannot_list_the_parts(scenario: MultipartScenario) -> None:
    class Busy(InMemoryMultipartStore):
        def parts(self, key: str, upload_id: str) -> Sequence[UploadedPart]:
            raise Unavailable(Code.STORAGE_UNAVAILABLE, "SlowDown")

    scenario.s3 = Busy(scenario.s3.objects, scenario.s3.open)
    catch(scenario.complete, Unavailable)
    assert scenario.document.status is Status.PENDING


def test_a_crash_at_any_call_and_a_retry_after_the_lease_complete_the_object_once() -> None:
    counting = Interruption(kill_process)
    _start_and_put().complete(counting)
    for at, after in list_points(counting.calls):
        scenario = _start_and_put()
        with pytest.raises(ProcessKilled):
            scenario.complete(Interruption(kill_process, at, after))
        scenario.clock.advance(COMPLETE_LEASE)
        scenario.complete()
        assert scenario.bodies() == [b"".join(BODIES.values())], (at, after)
        assert scenario.document.status is Status.COMPLETING, (at, after)


def test_an_event_between_any_two_calls_is_not_undone_by_complete() -> None:
    counting = Interruption(kill_process)
    _start_and_put().complete(counting)
    for at, after in list_points(counting.calls):
        scenario = _start_and_put()
        scenario.complete(Interruption(partial(scenario.apply, ObjectArrived("v1")), at, after))
        assert scenario.document.status is Status.PROCESSING, (at, after)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.PENDING, "object_not_uploaded"),
        (Status.ABORTED, "invalid_state"),
        (Status.REJECTED, "invalid_state"),
    ],
)
def test_complete_of_a_single_put_reports_that_it_has_not_arrived(status: Status, code: str) -> None:
    scenario = MultipartScenario()
    scenario.start(method=Method.PUT, status=status)
    assert catch(scenario.complete, WrongState).code == code


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.READY])
def test_a_single_put_that_has_arrived_is_complete(status: Status) -> None:
    scenario = MultipartScenario()
    scenario.start(method=Method.PUT, status=status)
    assert scenario.complete().done


def test_a_single_put_that_has_expired_is_gone() -> None:
    scenario = MultipartScenario()
    scenario.start(method=Method.PUT, status=Status.EXPIRED)
    assert catch(scenario.complete, WrongState).code == "upload_expired"


def _start_and_put() -> MultipartScenario:
    scenario = MultipartScenario()
    scenario.start()
    scenario.put(1, 2, 3)
    return scenario
