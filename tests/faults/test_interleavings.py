"""Two requests at once, in every order of their calls to AWS with up to two changes from one to the other and back."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from functions import wiring
from functions.domain.document import Document, Method, Status
from functions.domain.errors import TooMany, WrongState
from functions.domain.events import CompleteRequested
from functions.domain.keys import owner_key
from functions.domain.validation import UploadRequest
from functions.lambdas import sweeps
from functions.services.documents import Download
from functions.services.multipart import Completion
from functions.services.uploads import CreateResult, PresignedParts
from functions.signing.presigning import PresignedPut
from functions.signing.sigv4 import SignedForm
from tests.counted import Counted
from tests.examples import PLENTY, PNG, an_id
from tests.faults.invariants import broken, broken_at_rest
from tests.faults.journeys import post, put
from tests.faults.schedules import Request, Turn, Turns, explore
from tests.faults.world import LONG, Functions, World
from tests.lambdas.events import Context
from tests.lambdas.history import HOUR, record_event

PREEMPTIONS = 2
ADA = owner_key("ada")
Results = dict[int, Any]


@dataclass(frozen=True)
class Race:
    """`begin` prepares a world and gives the two requests; `check` judges what they gave and what they left."""

    begin: Callable[[World], list[Request]]
    check: Callable[[World, Results], None]
    settings: dict[str, int] = field(default_factory=dict)


def create(number: int = 0, key: str | None = None, **changes: Any) -> Callable[[], CreateResult]:
    """With an id that is the same in every schedule: which shard of the index a record is in depends on it."""
    request = UploadRequest(file_name="cat.png", size=len(PNG), content_type="image/png", **changes)
    return lambda: wiring.upload_service().create(
        request, owner=ADA, document_id=an_id(number), idempotency_key=key, now=wiring.now()
    )


def put_whole(world: World) -> str:
    """The id of a document whose bytes are there."""
    answer = create()()
    assert isinstance(answer.upload, PresignedPut)
    put(world, {"url": answer.upload.url, "headers": answer.upload.headers}, PNG)
    return answer.document.id


def put_part(world: World) -> str:
    """The id of a document whose one part is there."""
    answer = create(method=Method.MULTIPART)()
    assert isinstance(answer.upload, PresignedParts)
    [part] = answer.upload.first_batch.parts
    put(world, {"url": part.url, "headers": part.headers}, PNG)
    return answer.document.id


def post_twice(world: World) -> None:
    grant = create(method=Method.POST)().upload
    assert isinstance(grant, SignedForm)
    for _ in range(2):
        post(world, {"url": grant.url, "fields": grant.fields}, PNG)


def complete(document_id: str) -> Request:
    return lambda: wiring.multipart_service().complete(ADA, document_id, crc64nvme=None, clock=wiring.now)


def abort(document_id: str) -> Request:
    return lambda: wiring.upload_service().abort(ADA, document_id, wiring.now())


def delivery(world: World, number: int = 0) -> Request:
    """Of the event of one staged version; it comes again if it is not done."""
    world.collect()
    handle, body = world.messages[number]

    def deliver() -> bool:
        done = handle(body)
        if not done:
            world.messages.append((handle, body))
        return done

    return deliver


def sweep() -> dict[str, int]:
    return sweeps.lambda_handler({}, Context())


def two_creates(world: World) -> list[Request]:
    return [create(1), create(2)]


def one_got_in(world: World, results: Results) -> None:
    kinds = {type(result) for result in results.values()}
    assert kinds == {CreateResult, TooMany}, results
    [document] = world.documents()
    assert document.status is Status.PENDING


def two_creates_with_one_key(world: World) -> list[Request]:
    return [create(1, "a-key"), create(2, "a-key")]


def one_document(world: World, results: Results) -> None:
    [document] = world.documents()
    assert [result.document.id for result in results.values()] == [document.id] * 2


def two_completes(world: World) -> list[Request]:
    document_id = put_part(world)
    return [complete(document_id), complete(document_id)]


def completed(world: World, results: Results) -> None:
    outcomes = [result for result in results.values() if isinstance(result, Completion)]
    assert outcomes, results
    assert all(
        isinstance(result, Completion) or code(result) == "upload_in_progress" for result in results.values()
    )
    write_recount(world)
    assert only(world).status is Status.READY


def completed_after_the_janitor(world: World, results: Results) -> None:
    completed(world, {1: results[1]})


def complete_and_abort(world: World) -> list[Request]:
    document_id = put_part(world)
    return [complete(document_id), abort(document_id)]


def completed_or_aborted(world: World, results: Results) -> None:
    aborted = results[1] is None
    assert aborted or code(results[1]) == "invalid_state", results
    assert isinstance(results[0], WrongState if aborted else Completion), results
    write_recount(world)
    assert only(world).status is (Status.ABORTED if aborted else Status.READY)


def event_and_complete(world: World) -> list[Request]:
    document_id = put_part(world)
    complete(document_id)()
    return [delivery(world), complete(document_id)]


def event_and_abort(world: World) -> list[Request]:
    document_id = put_whole(world)
    return [delivery(world), abort(document_id)]


def ready_or_aborted(world: World, results: Results) -> None:
    aborted = results[1] is None
    assert aborted or code(results[1]) == "invalid_state", results
    write_recount(world)
    assert only(world).status is (Status.ABORTED if aborted else Status.READY)


def one_event_twice(world: World) -> list[Request]:
    put_whole(world)
    return [delivery(world), delivery(world)]


def two_versions(world: World) -> list[Request]:
    post_twice(world)
    return [delivery(world, 0), delivery(world, 1)]


def ready(world: World, results: Results) -> None:
    write_recount(world)
    assert only(world).status is Status.READY


def janitor_and_complete(world: World) -> list[Request]:
    """The call before this one has died, and its lease is over."""
    document_id = put_part(world)
    record_event(world.account, document_id, CompleteRequested(), ago=HOUR)
    return [sweep, complete(document_id)]


def janitor_at_the_deadline_and_complete(world: World) -> list[Request]:
    """The deadline passes while S3 is completing."""
    document_id = put_part(world)
    [document] = world.documents()
    world.age(document.upload_deadline - wiring.now() - timedelta(seconds=30))
    late = replace(wiring.sweep_service(), clock=lambda: wiring.now() + timedelta(seconds=40))
    return [lambda: late.sweep(lambda: False), complete(document_id)]


def completed_or_expired(world: World, results: Results) -> None:
    write_recount(world)
    done = isinstance(results[1], Completion)
    assert only(world).status is (Status.READY if done else Status.EXPIRED), results


def visit_and_create(world: World) -> list[Request]:
    create(1)()
    world.account.expedite_recounts()
    return [sweep, create(2)]


def both_open(world: World, results: Results) -> None:
    """And visited again, when their time is over."""
    assert isinstance(results[1], CreateResult)
    assert world.account.usage("ada") == (2 * len(PNG), 2)
    world.age(LONG)
    write_recount(world)
    assert [document.status for document in world.documents()] == [Status.EXPIRED] * 2


def visit_and_event(world: World) -> list[Request]:
    put_whole(world)
    world.account.expedite_recounts()
    return [sweep, delivery(world)]


def ready_document(world: World) -> str:
    document_id = put_whole(world)
    world.deliver()
    return document_id


def delete(document_id: str) -> Request:
    return lambda: wiring.document_service().delete(ADA, document_id, wiring.now())


def delete_and_download(world: World) -> list[Request]:
    document_id = ready_document(world)
    return [
        delete(document_id),
        lambda: wiring.document_service().download(ADA, document_id, inline=False, now=wiring.now()),
    ]


def downloaded_or_gone(world: World, results: Results) -> None:
    """A URL that was given is one that works: the bytes stay until they are purged."""
    assert results[0] is None, results
    assert only(world).status is Status.DELETED
    if isinstance(results[1], Download):
        assert world.s3.get(results[1].signed.url).content == PNG
    else:
        assert code(results[1]) == "document_not_found", results


def delete_and_restore(world: World) -> list[Request]:
    document_id = ready_document(world)
    return [delete(document_id), lambda: wiring.document_service().restore(ADA, document_id, wiring.now())]


def deleted_or_restored(world: World, results: Results) -> None:
    assert results[0] is None, results
    assert only(world).status in (Status.DELETED, Status.READY)
    write_recount(world)
    world.age(LONG)
    write_recount(world)
    assert only(world).status in (Status.PURGED, Status.READY)


def two_purges(world: World) -> list[Request]:
    """Of one order that came twice."""
    delete(ready_document(world))()
    world.age(LONG)
    world.sweep()
    return [delivery(world), delivery(world)]


def purge_and_restore(world: World) -> list[Request]:
    """The restore is just in time, by its own clock."""
    document_id = ready_document(world)
    delete(document_id)()
    world.age(LONG)
    world.sweep()
    has_time = wiring.now() - LONG
    return [delivery(world), lambda: wiring.document_service().restore(ADA, document_id, has_time)]


def purged_or_restored(world: World, results: Results) -> None:
    write_recount(world)
    restored = isinstance(results[1], Document)
    assert restored or code(results[1]) == "document_not_found", results
    assert only(world).status is (Status.READY if restored else Status.PURGED)


def purged(world: World, results: Results) -> None:
    write_recount(world)
    assert only(world).status is Status.PURGED


RACES: dict[str, Race] = {
    "two creates at the edge of the open uploads": Race(two_creates, one_got_in, {"open_uploads_limit": 1}),
    "two creates at the edge of the day's files": Race(two_creates, one_got_in, {"daily_files_limit": 1}),
    "two creates with one key": Race(two_creates_with_one_key, one_document),
    "complete and complete": Race(two_completes, completed),
    "complete and abort": Race(complete_and_abort, completed_or_aborted),
    "event and complete": Race(event_and_complete, ready),
    "event and abort": Race(event_and_abort, ready_or_aborted),
    "promote and promote": Race(one_event_twice, ready),
    "promote and promote another version": Race(two_versions, ready),
    "janitor and complete": Race(janitor_and_complete, completed_after_the_janitor),
    "janitor at the deadline and complete": Race(janitor_at_the_deadline_and_complete, completed_or_expired),
    "a visit to the owner and create": Race(visit_and_create, both_open),
    "a visit to the owner and event": Race(visit_and_event, ready),
    "delete and download": Race(delete_and_download, downloaded_or_gone),
    "delete and restore": Race(delete_and_restore, deleted_or_restored),
    "purge and purge": Race(two_purges, purged),
    "purge and restore": Race(purge_and_restore, purged_or_restored),
}


@pytest.mark.parametrize("race", RACES.values(), ids=RACES)
def test_in_every_order_the_record_and_the_bytes_agree(
    functions: Functions, race: Race, counted: Counted
) -> None:
    def run(choices: list[int]) -> list[Turn]:
        with functions.world(None, **race.settings) as world:
            requests, turns = race.begin(world), Turns(choices)
            with world.calls.seen_by(turns):
                turns.run(requests)
            story = [(turn.actor, turn.operation) for turn in turns.taken]
            assert broken(world.snapshot(), PLENTY) == [], story
            try:
                race.check(world, turns.results)
            except Exception as error:
                error.add_note(f"in the schedule {story} with {turns.results}")
                raise
            return turns.taken

    schedules = list(explore(run, PREEMPTIONS))
    assert len({tuple(schedule) for schedule in schedules}) == len(schedules) > 1
    counted("schedules of two requests", len(schedules))


def write_recount(world: World) -> None:
    world.write_recount()
    now = world.snapshot()
    assert broken(now, PLENTY) + broken_at_rest(now) == []


def only(world: World) -> Document:
    [document] = world.documents()
    return document


def code(error: Any) -> str:
    return str(getattr(error, "code", error))
