"""An upload in parts: what is held, what is signed, and completing it: once, twice, too late, or with a crash."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from functions.core.document import Document, Method, Status
from functions.core.errors import AirlockError, Gone, InvalidInput, NotFound, Unavailable, WrongState
from functions.core.events import AbortRequested, Arrived, Event, Promoted, Refused, Transition
from functions.core.keys import owner_key, staging_key
from functions.core.lifecycle import COMPLETE_LEASE, decide
from functions.core.multipart import MAX_UPLOAD_AGE, MAX_URLS, Completion, MultipartUploads
from functions.core.ports import HeldPart, Multipart, Records
from tests.examples import NOW, OWNER, PLENTY, SIGNER, Clock, a_document, an_id
from tests.fake_multipart import InMemoryMultipart
from tests.fakes import InMemoryRecords
from tests.interruption import Interruption, Killed, die, every_point, interrupted

STAGED = staging_key(OWNER, an_id())
BODIES = {1: b"a" * 10, 2: b"b" * 10, 3: b"c" * 5}
SHA256 = {1: "11" * 32, 2: "22" * 32}


@dataclass
class World:
    """One document of 25 bytes in parts of 10."""

    records: InMemoryRecords = field(default_factory=InMemoryRecords)
    s3: InMemoryMultipart = field(default_factory=InMemoryMultipart)
    clock: Clock = field(default_factory=Clock)
    upload_lifetime: int = 86_400

    def uploads(self, by: Interruption | None = None) -> MultipartUploads:
        records: Records = self.records
        s3: Multipart = self.s3
        if by is not None:
            records, s3 = interrupted(records, by), interrupted(s3, by)
        return MultipartUploads(
            records=records,
            signer=lambda: SIGNER,
            multipart=lambda: s3,
            url_lifetime=900,
            upload_lifetime=self.upload_lifetime,
        )

    def begin(self, **changes: Any) -> None:
        upload_id = self.s3.create(STAGED, "image/png", part_checksums=False)
        values = {"method": Method.MULTIPART, "size": 25, "part_size": 10, "upload_id": upload_id} | changes
        self.records.create(a_document(**values), PLENTY, None, NOW)

    def put(self, *numbers: int) -> None:
        for number in numbers:
            self.s3.put_part(STAGED, self.document.upload_id or "", number, BODIES[number])

    def complete(self, by: Interruption | None = None) -> Completion:
        return self.uploads(by).complete(OWNER, an_id(), crc64nvme=None, clock=self.clock)

    def sign(self, numbers: Sequence[int], checksums: Mapping[int, str] | None = None) -> Any:
        return self.uploads().sign(OWNER, an_id(), numbers, checksums or {}, self.clock())

    def see(self, event: Event) -> None:
        decision = decide(self.document, event, self.clock())
        assert isinstance(decision, Transition)
        self.records.apply(decision)

    @property
    def document(self) -> Document:
        document = self.records.get(OWNER, an_id())
        assert document is not None
        return document

    def bodies(self) -> list[bytes]:
        return [held.body for held in self.s3.objects.keys.get(STAGED, {}).values()]


@pytest.fixture
def world() -> World:
    made = World()
    made.begin()
    return made


def refused(call: Callable[[], object], kind: type[AirlockError]) -> AirlockError:
    with pytest.raises(kind) as error:
        call()
    return error.value


def signed_headers(url: str) -> str:
    return parse_qs(urlsplit(url).query)["X-Amz-SignedHeaders"][0]


def test_what_is_held_and_what_is_missing_is_what_s3_lists(world: World) -> None:
    world.put(3, 1)
    held = world.uploads().held(OWNER, an_id())
    assert [(part.part_number, part.size) for part in held.uploaded] == [(1, 10), (3, 5)]
    assert held.missing == [2]
    assert (held.plan.part_size, held.plan.part_count) == (10, 3)


def test_an_upload_that_s3_no_longer_has_holds_nothing_to_go_on_with(world: World) -> None:
    world.s3.open.clear()
    assert refused(lambda: world.uploads().held(OWNER, an_id()), WrongState).code == "invalid_state"


def test_each_part_is_signed_with_its_own_number_and_length(world: World) -> None:
    window = world.sign([3, 1])
    assert [(part.part_number, part.size) for part in window.parts] == [(3, 5), (1, 10)]
    query = parse_qs(urlsplit(window.parts[0].url).query)
    assert (query["partNumber"], query["uploadId"]) == (["3"], [world.document.upload_id])
    assert signed_headers(window.parts[0].url) == "content-length;host"
    assert urlsplit(window.parts[0].url).path == f"/{STAGED}"
    assert window.expires_at == NOW + timedelta(seconds=900)


def test_checksums_of_parts_are_signed_and_told() -> None:
    world = World()
    world.begin(part_checksums=True)
    window = world.sign([1, 2], SHA256)
    assert all(
        signed_headers(part.url) == "content-length;host;x-amz-checksum-sha256" for part in window.parts
    )
    assert set(window.parts[0].headers) == {"x-amz-checksum-sha256"}
    assert window.parts[0].headers != window.parts[1].headers


@pytest.mark.parametrize(
    ("said", "numbers", "given"),
    [(True, [1], {}), (True, [1, 2], {1: "11" * 32}), (True, [1], SHA256), (False, [1], {1: "11" * 32})],
)
def test_checksums_are_for_all_parts_of_a_window_or_for_none_as_create_has_said(
    said: bool, numbers: list[int], given: dict[int, str]
) -> None:
    world = World()
    world.begin(part_checksums=said)
    assert refused(lambda: world.sign(numbers, given), InvalidInput).code == "checksum_invalid"


def test_compact_signatures_make_the_same_urls(world: World) -> None:
    full = world.sign([1, 3])
    compact = world.uploads().sign_compact(OWNER, an_id(), [1, 3], NOW)
    for part in full.parts:
        url = compact.url_template.replace("{partNumber}", str(part.part_number))
        assert url.replace("{signature}", compact.signatures[part.part_number]) == part.url
    assert compact.expires_at == full.expires_at


@pytest.mark.parametrize(("numbers", "code"), [([0], "part_number_invalid"), ([4], "part_number_invalid")])
def test_only_parts_of_the_plan_are_signed(world: World, numbers: list[int], code: str) -> None:
    assert refused(lambda: world.sign(numbers), InvalidInput).code == code


def test_a_window_has_at_least_one_part_and_at_most_a_thousand() -> None:
    world = World()
    world.begin(size=MAX_URLS + 1, part_size=1)
    assert len(world.sign(range(1, MAX_URLS + 1)).parts) == MAX_URLS
    too_few_or_many: list[Sequence[int]] = [[], range(1, MAX_URLS + 2)]
    for numbers in too_few_or_many:
        error = refused(partial(world.sign, numbers), InvalidInput)
        assert error.code == "too_many_parts_requested"
    compact = world.uploads().sign_compact(OWNER, an_id(), range(1, MAX_URLS + 2), NOW)
    assert len(compact.signatures) == MAX_URLS + 1


def test_a_client_that_is_still_at_it_gets_more_time(world: World) -> None:
    before = world.document.deadline
    world.clock.advance(timedelta(minutes=30))
    world.sign([1])
    assert world.document.deadline == before
    world.clock.advance(timedelta(hours=1))
    world.sign([1])
    assert world.document.deadline == world.clock() + timedelta(seconds=86_400)


def test_however_long_a_client_is_at_it_an_upload_ends_after_a_week(world: World) -> None:
    for _ in range(20):
        world.clock.advance(timedelta(hours=12))
        if world.clock() < world.document.deadline:
            world.sign([1])
    assert world.document.deadline == NOW + MAX_UPLOAD_AGE
    assert refused(lambda: world.sign([1]), Gone).code == "upload_expired"


@pytest.mark.parametrize("event", [Arrived("v1"), AbortRequested()])
def test_nothing_is_signed_or_listed_for_a_document_that_takes_no_parts_any_more(
    world: World, event: Event
) -> None:
    world.see(event)
    assert refused(lambda: world.sign([1]), WrongState).code == "invalid_state"
    assert refused(lambda: world.uploads().held(OWNER, an_id()), WrongState).code == "invalid_state"


def test_a_document_of_one_request_has_no_parts() -> None:
    world = World()
    world.begin(method=Method.PUT)
    assert refused(lambda: world.sign([1]), WrongState).code == "not_multipart"
    assert refused(lambda: world.uploads().held(OWNER, an_id()), WrongState).code == "not_multipart"


def test_somebody_elses_upload_is_not_found(world: World) -> None:
    stranger = owner_key("somebody-else")
    refused(lambda: world.uploads().held(stranger, an_id()), NotFound)
    refused(lambda: world.uploads().sign(stranger, an_id(), [1], {}, NOW), NotFound)
    refused(lambda: world.uploads().complete(stranger, an_id(), crc64nvme=None, clock=world.clock), NotFound)


def test_all_parts_together_are_the_file(world: World) -> None:
    world.put(2, 3, 1)
    completion = world.complete()
    assert completion.done
    assert world.bodies() == [b"a" * 10 + b"b" * 10 + b"c" * 5]


def test_a_missing_part_is_named_and_can_still_be_sent(world: World) -> None:
    world.put(1, 3)
    error = refused(world.complete, WrongState)
    assert error.code == "parts_incomplete"
    assert "2" in error.detail
    assert (world.document.status, world.bodies()) == (Status.PENDING, [])
    world.put(2)
    assert world.complete().done


def test_a_part_of_another_size_than_planned_is_named(world: World) -> None:
    world.put(1, 2)
    world.s3.put_part(STAGED, world.document.upload_id or "", 3, b"too long for it")
    assert refused(world.complete, WrongState).code == "size_mismatch"
    assert (world.document.status, world.bodies()) == (Status.PENDING, [])


def test_a_part_outside_the_plan_is_no_part_of_the_file(world: World) -> None:
    world.put(1, 2, 3)
    world.s3.put_part(STAGED, world.document.upload_id or "", 4, BODIES[3])
    assert refused(world.complete, WrongState).code == "size_mismatch"


def test_parts_that_s3_refuses_can_be_sent_again(world: World) -> None:
    class Changing(InMemoryMultipart):
        """Somebody sends a part again between the listing and the call."""

        def parts(self, key: str, upload_id: str) -> Sequence[HeldPart]:
            return [replace(part, etag='"before"') for part in super().parts(key, upload_id)]

    world.s3 = Changing(world.s3.objects, world.s3.open)
    world.put(1, 2, 3)
    assert refused(world.complete, WrongState).code == "part_mismatch"
    assert world.document.status is Status.PENDING


def test_of_two_calls_at_once_the_second_is_told_to_wait(world: World) -> None:
    world.put(1, 2, 3)
    codes = []
    world.complete(Interruption(lambda: codes.append(refused(world.complete, WrongState).code), at=3))
    assert codes == ["upload_in_progress"]
    assert len(world.bodies()) == 1


def test_a_repeated_call_after_the_bytes_have_arrived_is_done(world: World) -> None:
    world.put(1, 2, 3)
    world.complete()
    world.see(Arrived("v1"))
    assert world.complete().done
    world.see(Promoted(world.document.attempt, "image/png", None, "d1"))
    completion = world.complete()
    assert (completion.done, completion.document.status) == (True, Status.READY)


def test_a_repeated_call_before_the_bytes_have_been_seen_has_to_wait(world: World) -> None:
    world.put(1, 2, 3)
    world.complete()
    assert not world.complete().done
    world.clock.advance(COMPLETE_LEASE)
    assert not world.complete().done
    assert len(world.bodies()) == 1


@pytest.mark.parametrize("event", [AbortRequested(), Refused(1, "type_mismatch")])
def test_what_has_ended_cannot_be_completed(world: World, event: Event) -> None:
    if isinstance(event, Refused):
        world.see(Arrived("v1"))
    world.see(event)
    assert refused(world.complete, WrongState).code == "invalid_state"


def test_after_the_deadline_it_is_too_late_to_complete(world: World) -> None:
    world.put(1, 2, 3)
    world.clock.now = world.document.deadline
    assert refused(world.complete, Gone).code == "upload_expired"
    assert world.bodies() == []


def test_while_s3_does_not_say_whether_it_completed_the_client_is_told_to_look_again_later(
    world: World,
) -> None:
    class Silent(InMemoryMultipart):
        def complete(self, *args: Any, **named: Any) -> None:
            super().complete(*args, **named)
            raise Unavailable("storage_unavailable", "No answer in time.")

    world.s3 = Silent(world.s3.objects, world.s3.open)
    world.put(1, 2, 3)
    assert not world.complete().done
    assert world.document.status is Status.COMPLETING


def test_while_s3_cannot_even_list_the_parts_nothing_has_changed(world: World) -> None:
    class Busy(InMemoryMultipart):
        def parts(self, key: str, upload_id: str) -> Sequence[HeldPart]:
            raise Unavailable("storage_unavailable", "SlowDown")

    world.s3 = Busy(world.s3.objects, world.s3.open)
    refused(world.complete, Unavailable)
    assert world.document.status is Status.PENDING


def test_a_crash_at_any_call_and_another_try_after_the_lease_make_the_object_once() -> None:
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


def test_an_arrival_between_any_two_calls_is_not_undone_by_the_call_to_complete() -> None:
    counting = Interruption(die)
    _begun().complete(counting)
    for at, after in every_point(counting.calls):
        world = _begun()
        world.complete(Interruption(partial(world.see, Arrived("v1")), at, after))
        assert world.document.status is Status.PROCESSING, (at, after)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.PENDING, "object_not_uploaded"),
        (Status.ABORTED, "invalid_state"),
        (Status.REJECTED, "invalid_state"),
    ],
)
def test_one_put_completes_itself_and_this_only_tells_that_it_has_not(status: Status, code: str) -> None:
    world = World()
    world.begin(method=Method.PUT, status=status)
    assert refused(world.complete, WrongState).code == code


@pytest.mark.parametrize("status", [Status.PROCESSING, Status.READY])
def test_one_put_that_has_arrived_is_complete(status: Status) -> None:
    world = World()
    world.begin(method=Method.PUT, status=status)
    assert world.complete().done


def test_one_put_that_has_expired_is_gone() -> None:
    world = World()
    world.begin(method=Method.PUT, status=Status.EXPIRED)
    assert refused(world.complete, Gone).code == "upload_expired"


def _begun() -> World:
    world = World()
    world.begin()
    world.put(1, 2, 3)
    return world
