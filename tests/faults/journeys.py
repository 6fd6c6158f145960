"""What clients do with a file, from their first call until nothing moves any more."""

import io
from collections.abc import Callable
from typing import Any

from functions.domain.events import AttemptFailed, ObjectArrived
from functions.domain.guards import MAX_ATTEMPTS
from functions.domain.parts import MIB
from tests.examples import JPEG, PNG
from tests.faults.world import LONG, World, through_part_copies
from tests.lambdas.history import record_event

Journey = Callable[[World], None]
FILM = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".ljust(5 * MIB + 1, b"\0")
"""Two parts of a copy, whose first S3 wants to have 5 MiB."""


def single_put(world: World) -> None:
    put(world, created(world, PNG)["upload"], PNG)
    world.deliver()


def form(world: World) -> None:
    post(world, created(world, PNG, method="POST")["upload"], PNG)
    world.deliver()


def form_sent_twice(world: World) -> None:
    """A form has no If-None-Match: one version becomes the document, the other goes."""
    upload = created(world, PNG, method="POST")["upload"]
    post(world, upload, PNG)
    post(world, upload, PNG)
    world.deliver()


def multipart(world: World) -> None:
    document_id = in_parts(world)
    assert world.ask("POST", f"/documents/{document_id}/complete").status in (200, 202)
    world.deliver()


def rejected(world: World) -> None:
    data = JPEG.ljust(len(PNG), b"\0")
    put(world, created(world, data)["upload"], data)
    world.deliver()


def aborted(world: World) -> None:
    document_id = created(world, PNG)["document"]["id"]
    assert world.ask("POST", f"/documents/{document_id}/abort").status == 204


def aborted_in_parts(world: World) -> None:
    document_id = in_parts(world)
    assert world.ask("POST", f"/documents/{document_id}/abort").status == 204


def aborted_and_sent(world: World) -> None:
    """The URL outlives the abort, so bytes may come for which nobody waits."""
    answer = created(world, PNG)
    assert world.ask("POST", f"/documents/{answer['document']['id']}/abort").status == 204
    put(world, answer["upload"], PNG)
    world.deliver()


def large_copy(world: World) -> None:
    """Each delivery has time for one part, and announces the rest."""
    world.promote = through_part_copies(parts_in_time=1)
    put(world, created(world, FILM, fileName="film.mp4", contentType="video/mp4")["upload"], FILM)
    world.deliver()


def expired(world: World) -> None:
    """Nothing ever comes, so here it is the janitor that may die."""
    created(world, PNG)
    in_parts(world)
    world.age(LONG)
    world.sweep()


def event_lost(world: World) -> None:
    put(world, created(world, PNG)["upload"], PNG)
    world.lose_events()
    world.age(LONG)
    world.sweep()
    world.deliver()


def tried_again(world: World) -> None:
    """Here it is an operator's order that may die, or the work that was ordered."""
    answer = created(world, PNG)
    document_id = answer["document"]["id"]
    put(world, answer["upload"], PNG)
    world.lose_events()
    [version] = world.account.staged_versions("ada", document_id)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        record_event(world.account, document_id, ObjectArrived(version))
        record_event(world.account, document_id, AttemptFailed(attempt))
    world.redrive(document_id)
    world.deliver()


def deleted(world: World) -> None:
    """With all that follows: the janitor orders the purge, and not a byte is left."""
    _deleted(world)
    world.age(LONG)
    world.sweep()
    world.deliver()


def deleted_before_it_ever_came(world: World) -> None:
    """The URL outlives the delete, so the bytes may still come: before the purge, or after it."""
    answer = created(world, PNG)
    document_id = answer["document"]["id"]
    assert world.ask("POST", f"/documents/{document_id}/abort").status == 204
    assert world.ask("DELETE", f"/documents/{document_id}").status == 204
    put(world, answer["upload"], PNG)
    world.age(LONG)
    world.sweep()
    world.deliver()


def restored(world: World) -> None:
    document_id = _deleted(world)
    assert world.ask("POST", f"/documents/{document_id}/restore").json["status"] == "ready"


def _deleted(world: World) -> str:
    """The id of a document that was ready."""
    answer = created(world, PNG)
    put(world, answer["upload"], PNG)
    world.deliver()
    assert world.ask("DELETE", f"/documents/{answer['document']['id']}").status == 204
    return str(answer["document"]["id"])


JOURNEYS: list[Journey] = [
    single_put,
    form,
    form_sent_twice,
    multipart,
    rejected,
    aborted,
    aborted_in_parts,
    aborted_and_sent,
    large_copy,
    expired,
    event_lost,
    tried_again,
    deleted,
    deleted_before_it_ever_came,
    restored,
]


def created(world: World, data: bytes, **more: object) -> Any:
    """The answer to a create that is safe to repeat; `more` changes the request."""
    request = {"fileName": "cat.png", "size": len(data), "contentType": "image/png"} | more
    answer = world.ask(
        "POST", "/documents", request, **{"idempotency-key": f"create-{len(world.documents())}"}
    )
    assert answer.status == 201, answer.text
    return answer.json


def in_parts(world: World) -> str:
    """The id of a document whose one part is there, not yet completed."""
    answer = created(world, PNG, method="MULTIPART")
    [part] = answer["upload"]["parts"]
    put(world, part, PNG)
    return str(answer["document"]["id"])


def put(world: World, upload: Any, data: bytes) -> None:
    answer = world.s3.put(upload["url"], content=data, headers=upload["headers"])
    assert answer.status_code == 200, answer.text


def post(world: World, upload: Any, data: bytes) -> None:
    files = {"file": ("cat.png", io.BytesIO(data), "image/png")}
    answer = world.s3.post(upload["url"], data=upload["fields"], files=files)
    assert answer.status_code == 201, answer.text
