"""Two or three concurrent parties in every order of their calls to AWS with up to two preemptions: record and bytes agree."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import factorial
from typing import Any

import pytest

from functions import wiring
from functions.domain.callers import Caller
from functions.domain.document import Document, Method, Status
from functions.domain.errors import TooMany, WrongState
from functions.domain.events import CompleteRequested, PartsFound
from functions.domain.keys import owner_key
from functions.domain.validation import UploadRequest
from functions.lambdas import sweeps
from functions.services.documents import Download
from functions.services.multipart import Completion
from functions.services.uploads import CreateResult, PresignedParts
from functions.signing.presigning import PresignedPut
from functions.signing.sigv4 import SignedForm
from functions.wiring.documents import document_service
from functions.wiring.sweeps import sweep_service
from functions.wiring.uploads import multipart_service, upload_service
from tests.deep import WithinTime
from tests.examples import PLENTY, PNG, an_id
from tests.faults.client_journeys import post, put
from tests.faults.invariants import find_leftovers, find_skipped_gates, find_violations
from tests.faults.schedules import Request, Scheduler, Turn, explore
from tests.faults.simulation import EIGHT_DAYS, Simulation, WiredFunctions, count_daily_bytes, handle_event
from tests.faults.step_checks import check_ready_documents
from tests.faults.workers import send_result
from tests.lambdas.events import Context
from tests.lambdas.history import HOUR, record_event

PREEMPTIONS = 2
AFTER_TIMEOUT = timedelta(minutes=31)
"""Longer than the timeout of every step of the examples."""
ADA = owner_key("ada")
Results = dict[int, Any]


@dataclass(frozen=True)
class Race:
    """`prepare` returns the concurrent requests. `check` asserts what they returned and what they left behind."""

    prepare: Callable[[Simulation], list[Request]]
    check: Callable[[Simulation, Results], None]
    settings: dict[str, int] = field(default_factory=dict)


def create(number: int = 0, key: str | None = None, **changes: Any) -> Callable[[], CreateResult]:
    """Returns a create with the same id in every schedule, because the shard of the index depends on the id."""
    request = UploadRequest(file_name="cat.png", size=len(PNG), content_type="image/png", **changes)
    return lambda: upload_service().create(
        request, caller=Caller(ADA), document_id=an_id(number), idempotency_key=key, now=wiring.now()
    )


def put_all_bytes(simulation: Simulation, **changes: Any) -> str:
    """Returns the id of a document whose bytes have arrived."""
    created = create(**changes)()
    assert isinstance(created.upload, PresignedPut)
    put(simulation, {"url": created.upload.url, "headers": created.upload.headers}, PNG)
    return created.document.id


def put_part(simulation: Simulation) -> str:
    """Returns the id of a document whose only part is stored."""
    created = create(method=Method.MULTIPART)()
    assert isinstance(created.upload, PresignedParts)
    [part] = created.upload.first_batch.parts
    put(simulation, {"url": part.url, "headers": part.headers}, PNG)
    return created.document.id


def post_twice(simulation: Simulation) -> None:
    form = create(method=Method.POST, kind="form")().upload
    assert isinstance(form, SignedForm)
    for _ in range(2):
        post(simulation, {"url": form.url, "fields": form.fields}, PNG)


def complete(document_id: str) -> Request:
    return lambda: multipart_service().complete(ADA, document_id, crc64nvme=None, clock=wiring.now)


def abort(document_id: str) -> Request:
    return lambda: upload_service().abort(ADA, document_id, wiring.now())


def delivery(simulation: Simulation, number: int = 0) -> Request:
    """Returns the delivery of one message. A message that is not done is delivered again."""
    simulation.collect()
    handler, body = simulation.messages[number]

    def deliver() -> bool:
        is_done = handler(body)
        if not is_done:
            simulation.messages.append((handler, body))
        return is_done

    return deliver


def sweep() -> dict[str, int]:
    return sweeps.lambda_handler({}, Context())


def two_creates(simulation: Simulation) -> list[Request]:
    return [create(1), create(2)]


def check_one_create_succeeded(simulation: Simulation, results: Results) -> None:
    kinds = {type(result) for result in results.values()}
    assert kinds == {CreateResult, TooMany}, results
    [document] = simulation.documents()
    assert document.status is Status.PENDING


def two_creates_with_one_key(simulation: Simulation) -> list[Request]:
    return [create(1, "a-key"), create(2, "a-key")]


def check_one_document(simulation: Simulation, results: Results) -> None:
    [document] = simulation.documents()
    assert [result.document.id for result in results.values()] == [document.id] * 2


def two_completes(simulation: Simulation) -> list[Request]:
    document_id = put_part(simulation)
    return [complete(document_id), complete(document_id)]


def check_completed(simulation: Simulation, results: Results) -> None:
    outcomes = [result for result in results.values() if isinstance(result, Completion)]
    assert outcomes, results
    assert all(
        isinstance(result, Completion) or code_of(result) == "upload_in_progress"
        for result in results.values()
    )
    drain(simulation)
    assert only_document(simulation).status is Status.READY


def check_completed_after_the_sweep(simulation: Simulation, results: Results) -> None:
    check_completed(simulation, {1: results[1]})


def complete_and_abort(simulation: Simulation) -> list[Request]:
    document_id = put_part(simulation)
    return [complete(document_id), abort(document_id)]


def check_completed_or_aborted(simulation: Simulation, results: Results) -> None:
    aborted = results[1] is None
    assert aborted or code_of(results[1]) == "invalid_state", results
    assert isinstance(results[0], WrongState if aborted else Completion), results
    drain(simulation)
    assert only_document(simulation).status is (Status.ABORTED if aborted else Status.READY)


def event_and_complete(simulation: Simulation) -> list[Request]:
    document_id = put_part(simulation)
    complete(document_id)()
    return [delivery(simulation), complete(document_id)]


def event_and_abort(simulation: Simulation) -> list[Request]:
    document_id = put_all_bytes(simulation)
    return [delivery(simulation), abort(document_id)]


def check_ready_or_aborted(simulation: Simulation, results: Results) -> None:
    aborted = results[1] is None
    assert aborted or code_of(results[1]) == "invalid_state", results
    drain(simulation)
    assert only_document(simulation).status is (Status.ABORTED if aborted else Status.READY)


def one_event_twice(simulation: Simulation) -> list[Request]:
    put_all_bytes(simulation)
    return [delivery(simulation), delivery(simulation)]


def two_versions(simulation: Simulation) -> list[Request]:
    post_twice(simulation)
    return [delivery(simulation, 0), delivery(simulation, 1)]


def check_ready(simulation: Simulation, results: Results) -> None:
    drain(simulation)
    assert only_document(simulation).status is Status.READY


def check_ready_and_counted(simulation: Simulation, results: Results) -> None:
    """The version that is not the document's counts against the day."""
    assert count_daily_bytes(simulation.account) == 2 * len(PNG), results
    check_ready(simulation, results)


def sweep_and_complete(simulation: Simulation) -> list[Request]:
    """An earlier complete has crashed, and its lease is over."""
    document_id = put_part(simulation)
    record_event(simulation.account, document_id, CompleteRequested(), ago=HOUR)
    return [sweep, complete(document_id)]


def sweep_at_the_deadline_and_complete(simulation: Simulation) -> list[Request]:
    """The last deadline passes while S3 completes the upload."""
    put_part(simulation)
    [document] = simulation.documents()
    last = document.created_at + timedelta(seconds=simulation.account.settings.upload_lifetime)
    record_event(simulation.account, document.id, PartsFound(last))
    return _sweep_and_complete_at_the_deadline(simulation)


def sweep_at_the_first_deadline_and_complete(simulation: Simulation) -> list[Request]:
    """The deadline for the first part passes, and S3 lists the part."""
    put_part(simulation)
    return _sweep_and_complete_at_the_deadline(simulation)


def _sweep_and_complete_at_the_deadline(simulation: Simulation) -> list[Request]:
    [document] = simulation.documents()
    simulation.age(document.upload_deadline - wiring.now() - timedelta(seconds=30))
    late = replace(sweep_service(), clock=lambda: wiring.now() + timedelta(seconds=40))
    return [lambda: late.sweep(lambda: False), complete(document.id)]


def check_completed_or_expired(simulation: Simulation, results: Results) -> None:
    drain(simulation)
    done = isinstance(results[1], Completion)
    assert only_document(simulation).status is (Status.READY if done else Status.EXPIRED), results


def recount_and_create(simulation: Simulation) -> list[Request]:
    create(1)()
    simulation.account.expedite_recounts()
    return [sweep, create(2)]


def check_both_open(simulation: Simulation, results: Results) -> None:
    """Both are open, and both expire later, because the owner is recounted again."""
    assert isinstance(results[1], CreateResult)
    assert simulation.account.usage("ada") == (2 * len(PNG), 2)
    simulation.age(EIGHT_DAYS)
    drain(simulation)
    assert [document.status for document in simulation.documents()] == [Status.EXPIRED] * 2


def recount_and_event(simulation: Simulation) -> list[Request]:
    put_all_bytes(simulation)
    simulation.account.expedite_recounts()
    return [sweep, delivery(simulation)]


def create_ready_document(simulation: Simulation) -> str:
    document_id = put_all_bytes(simulation)
    simulation.deliver()
    return document_id


def delete(document_id: str) -> Request:
    return lambda: document_service().delete(ADA, document_id, wiring.now())


def delete_and_download(simulation: Simulation) -> list[Request]:
    document_id = create_ready_document(simulation)
    return [
        delete(document_id),
        lambda: document_service().download(ADA, document_id, inline=False, now=wiring.now()),
    ]


def check_downloaded_or_gone(simulation: Simulation, results: Results) -> None:
    """A URL that was returned is valid, because the bytes stay until the purge."""
    assert results[0] is None, results
    assert only_document(simulation).status is Status.DELETED
    if isinstance(results[1], Download):
        assert simulation.s3.get(results[1].signed.url).content == PNG
    else:
        assert code_of(results[1]) == "document_not_found", results


def delete_and_restore(simulation: Simulation) -> list[Request]:
    document_id = create_ready_document(simulation)
    return [delete(document_id), lambda: document_service().restore(ADA, document_id, wiring.now())]


def check_deleted_or_restored(simulation: Simulation, results: Results) -> None:
    assert results[0] is None, results
    assert only_document(simulation).status in (Status.DELETED, Status.READY)
    drain(simulation)
    simulation.age(EIGHT_DAYS)
    drain(simulation)
    assert only_document(simulation).status in (Status.PURGED, Status.READY)


def two_purges(simulation: Simulation) -> list[Request]:
    """One task that is delivered twice."""
    delete(create_ready_document(simulation))()
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    return [delivery(simulation), delivery(simulation)]


def purge_and_restore(simulation: Simulation) -> list[Request]:
    """By its own clock, the restore is within the restore window."""
    document_id = create_ready_document(simulation)
    delete(document_id)()
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    has_time = wiring.now() - EIGHT_DAYS
    return [delivery(simulation), lambda: document_service().restore(ADA, document_id, has_time)]


def check_purged_or_restored(simulation: Simulation, results: Results) -> None:
    drain(simulation)
    restored = isinstance(results[1], Document)
    assert restored or code_of(results[1]) == "document_not_found", results
    assert only_document(simulation).status is (Status.READY if restored else Status.PURGED)


def check_purged(simulation: Simulation, results: Results) -> None:
    drain(simulation)
    assert only_document(simulation).status is Status.PURGED


def take_message(simulation: Simulation) -> Request:
    """Takes the next message from the queues. Returns its delivery."""
    deliver = delivery(simulation)
    simulation.messages.pop(0)
    return deliver


def wait_for_step(simulation: Simulation, step: str) -> str:
    """Returns the id of a document that waits for the worker of this step. The task is the next message."""
    document_id = put_all_bytes(simulation, kind="checked")
    take_message(simulation)()
    while only_document(simulation).steps[-1].name != step:
        take_message(simulation)()
    return document_id


def take_result(simulation: Simulation) -> Request:
    """Lets the worker do the task that is the next message. Returns the delivery of its result."""
    take_message(simulation)()
    return take_message(simulation)


def early_result(simulation: Simulation, outcome: str = "passed") -> Request:
    """Returns the delivery of a verdict on the bytes alone that comes before S3's event."""
    document = only_document(simulation)
    [version] = simulation.account.staged_versions("ada", document.id)
    task = {"documentId": document.id, "owner": ADA, "step": "check", "attempt": 1, "versionId": version}
    send_result(task, outcome)
    return take_message(simulation)


def sweep_and_deliver(simulation: Simulation) -> Request:
    """Returns a sweep, and the delivery of the event that it republishes."""

    def run() -> None:
        sweep()
        for body in simulation.account.drain_upload_events():
            if not handle_event(body):
                simulation.messages.append((handle_event, body))

    return run


def result_and_sweep_at_its_deadline(simulation: Simulation, step: str = "check") -> list[Request]:
    """The sweep takes the task for lost and runs the step again, while the result arrives."""
    wait_for_step(simulation, step)
    result = take_result(simulation)
    simulation.age(AFTER_TIMEOUT)
    return [result, sweep_and_deliver(simulation)]


def result_with_facts_and_sweep_at_its_deadline(simulation: Simulation) -> list[Request]:
    """The result is applied, or the task of the later attempt makes another rendition."""
    return result_and_sweep_at_its_deadline(simulation, "render")


def check_ready_with_a_rendition(simulation: Simulation, results: Results) -> None:
    drain(simulation)
    document = only_document(simulation)
    assert document.status is Status.READY, results
    assert [each.name for each in document.renditions] == ["small"]
    assert len(simulation.versions("renditions/")) == 1


def one_result_twice(simulation: Simulation) -> list[Request]:
    wait_for_step(simulation, "render")
    result = take_result(simulation)
    return [result, result]


def passed_and_rejected(simulation: Simulation) -> list[Request]:
    """A worker contradicts itself. The first result counts."""
    wait_for_step(simulation, "check")
    simulation.collect()
    task = json.loads(simulation.messages.pop(0)[1])
    send_result(task, "passed")
    passed = take_message(simulation)
    send_result(task, "rejected")
    return [passed, take_message(simulation)]


def check_ready_or_rejected(simulation: Simulation, results: Results) -> None:
    drain(simulation)
    document = only_document(simulation)
    checked = document.steps[0].status.value
    assert (document.status.value, checked) in {("ready", "passed"), ("rejected", "rejected")}, results


def result_and_delete(simulation: Simulation) -> list[Request]:
    document_id = wait_for_step(simulation, "render")
    return [take_result(simulation), delete(document_id)]


def check_ready_or_deleted(simulation: Simulation, results: Results) -> None:
    deleted = results[1] is None
    assert deleted or code_of(results[1]) == "invalid_state", results
    drain(simulation)
    assert only_document(simulation).status is (Status.DELETED if deleted else Status.READY)


def late_worker_and_purge(simulation: Simulation) -> list[Request]:
    """A task is delivered again, so that its worker makes a rendition while the document is purged."""
    document_id = wait_for_step(simulation, "render")
    late = delivery(simulation)
    simulation.deliver()
    delete(document_id)()
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    return [late, take_message(simulation)]


def late_result_and_purge(simulation: Simulation) -> list[Request]:
    document_id = wait_for_step(simulation, "render")
    result = take_result(simulation)
    result()
    delete(document_id)()
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    return [result, take_message(simulation)]


def check_purged_with_renditions(simulation: Simulation, results: Results) -> None:
    check_purged(simulation, results)
    assert simulation.versions() == []


def event_and_early_result(simulation: Simulation) -> list[Request]:
    put_all_bytes(simulation, kind="checked")
    event = take_message(simulation)
    return [event, early_result(simulation)]


def abort_and_early_result(simulation: Simulation) -> list[Request]:
    document_id = put_all_bytes(simulation, kind="checked")
    simulation.lose_events()
    return [early_result(simulation), abort(document_id)]


def event_early_result_and_abort(simulation: Simulation) -> list[Request]:
    document_id = put_all_bytes(simulation, kind="checked")
    event = take_message(simulation)
    return [event, abort(document_id), early_result(simulation)]


def event_early_rejection_and_sweep(simulation: Simulation) -> list[Request]:
    """The sweep takes the event for lost."""
    put_all_bytes(simulation, kind="checked")
    event = take_message(simulation)
    rejection = early_result(simulation, "rejected")
    simulation.age(EIGHT_DAYS)
    return [event, rejection, sweep_and_deliver(simulation)]


def check_rejected(simulation: Simulation, results: Results) -> None:
    drain(simulation)
    assert only_document(simulation).status is Status.REJECTED, results


def two_results_and_sweep(simulation: Simulation) -> list[Request]:
    """The result comes twice at its deadline."""
    result, sweep_at_deadline = result_and_sweep_at_its_deadline(simulation)
    return [result, sweep_at_deadline, result]


RACES: dict[str, Race] = {
    "two creates at the limit of open uploads": Race(
        two_creates, check_one_create_succeeded, {"open_uploads_limit": 1}
    ),
    "two creates at the limit of daily files": Race(
        two_creates, check_one_create_succeeded, {"daily_files_limit": 1}
    ),
    "two creates with one key": Race(two_creates_with_one_key, check_one_document),
    "complete and complete": Race(two_completes, check_completed),
    "complete and abort": Race(complete_and_abort, check_completed_or_aborted),
    "event and complete": Race(event_and_complete, check_ready),
    "event and abort": Race(event_and_abort, check_ready_or_aborted),
    "promote and promote": Race(one_event_twice, check_ready),
    "promote and promote another version": Race(two_versions, check_ready_and_counted),
    "sweep and complete": Race(sweep_and_complete, check_completed_after_the_sweep),
    "sweep at the deadline and complete": Race(
        sweep_at_the_deadline_and_complete, check_completed_or_expired
    ),
    "sweep at the first deadline and complete": Race(
        sweep_at_the_first_deadline_and_complete, check_completed_after_the_sweep
    ),
    "recount and create": Race(recount_and_create, check_both_open),
    "recount and event": Race(recount_and_event, check_ready),
    "delete and download": Race(delete_and_download, check_downloaded_or_gone),
    "delete and restore": Race(delete_and_restore, check_deleted_or_restored),
    "purge and purge": Race(two_purges, check_purged),
    "purge and restore": Race(purge_and_restore, check_purged_or_restored),
    "result and sweep at its deadline": Race(result_and_sweep_at_its_deadline, check_ready_with_a_rendition),
    "result with facts and sweep at its deadline": Race(
        result_with_facts_and_sweep_at_its_deadline, check_ready_with_a_rendition
    ),
    "result and result": Race(one_result_twice, check_ready_with_a_rendition),
    "passed and rejected": Race(passed_and_rejected, check_ready_or_rejected),
    "result and delete": Race(result_and_delete, check_ready_or_deleted),
    "late result and purge": Race(late_result_and_purge, check_purged_with_renditions),
    "late worker and purge": Race(late_worker_and_purge, check_purged_with_renditions),
    "event and early result": Race(event_and_early_result, check_ready_with_a_rendition),
    "early result and abort": Race(abort_and_early_result, check_ready_or_aborted),
    "event, early result and abort": Race(event_early_result_and_abort, check_ready_or_aborted),
    "event, early rejection and sweep": Race(event_early_rejection_and_sweep, check_rejected),
    "result, sweep at its deadline and result": Race(two_results_and_sweep, check_ready_with_a_rendition),
}
each_race = pytest.mark.parametrize("race", RACES.values(), ids=RACES)


def run_schedule(functions: WiredFunctions, race: Race, choices: list[int]) -> list[Turn]:
    """Runs one schedule, checks what it leads to, and returns its turns."""
    with functions.simulate(None, **race.settings) as simulation:
        requests, scheduler = race.prepare(simulation), Scheduler(choices)
        with simulation.calls.notify(scheduler):
            scheduler.run(requests)
        schedule = [(turn.actor, turn.operation) for turn in scheduler.turns]
        assert find_violations(simulation.snapshot(), PLENTY) == [], schedule
        try:
            race.check(simulation, scheduler.results)
        except Exception as error:
            error.add_note(f"in the schedule {schedule} with {scheduler.results}")
            raise
        return scheduler.turns


@each_race
def test_parties_one_after_the_other_agree_in_every_order(functions: WiredFunctions, race: Race) -> None:
    schedules = list(explore(lambda choices: run_schedule(functions, race, choices), preemptions=0))
    parties = {party for schedule in schedules for party in schedule}
    assert len(schedules) == factorial(len(parties))


@pytest.mark.deep
@each_race
def test_concurrent_parties_agree_in_every_order_of_their_calls(
    functions: WiredFunctions, race: Race, within_time: WithinTime[list[int]]
) -> None:
    schedules = explore(lambda choices: run_schedule(functions, race, choices), PREEMPTIONS)
    found = list(within_time("schedules of two or three parties", schedules))
    assert len({tuple(schedule) for schedule in found}) == len(found)


def drain(simulation: Simulation) -> None:
    simulation.drain()
    snapshot = simulation.snapshot()
    assert find_violations(snapshot, PLENTY) + find_leftovers(snapshot) == []
    assert find_skipped_gates(snapshot, wiring.kinds()) == []
    check_ready_documents(simulation)


def only_document(simulation: Simulation) -> Document:
    [document] = simulation.documents()
    return document


def code_of(error: Any) -> str:
    return str(getattr(error, "code", error))
