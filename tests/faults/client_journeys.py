"""Journeys of a client with a file, from the first request until nothing changes any more."""

import hashlib
import io
from collections.abc import Callable
from typing import Any

from functions.domain.events import AttemptEnded, AttemptOutcome, ObjectArrived
from functions.domain.guards import MAX_ATTEMPTS
from tests.examples import PDF, PNG
from tests.faults.simulation import COPY_LIMIT, EIGHT_DAYS, Simulation, count_daily_bytes
from tests.faults.workers import reject_file, render_file
from tests.lambdas.history import record_event

Journey = Callable[[Simulation], None]
FILM = b"\0\0\0\x18ftypisom\0\0\x02\0isommp42".ljust(COPY_LIMIT + 1, b"\0")
"""A file whose copy has two parts of 5 MiB and 1 byte."""


def upload_by_put(simulation: Simulation) -> None:
    put(simulation, create(simulation, PNG)["upload"], PNG)
    simulation.deliver()


def upload_by_form(simulation: Simulation) -> None:
    post(simulation, create(simulation, PNG, method="POST", kind="form")["upload"], PNG)
    simulation.deliver()


def submit_a_form_twice(simulation: Simulation) -> None:
    """A form has no If-None-Match. One version becomes the document, the other is deleted and counted."""
    upload = create(simulation, PNG, method="POST", kind="form")["upload"]
    post(simulation, upload, PNG)
    post(simulation, upload, PNG)
    simulation.deliver()
    assert len(simulation.versions("staging/")) == 1
    assert count_daily_bytes(simulation.account) >= 2 * len(PNG)


def upload_in_parts(simulation: Simulation) -> None:
    document_id = put_part(simulation)
    assert simulation.request("POST", f"/documents/{document_id}/complete").status in (200, 202)
    simulation.deliver()


def upload_another_type(simulation: Simulation) -> None:
    data = PDF.ljust(len(PNG), b"\0")
    put(simulation, create(simulation, data)["upload"], data)
    simulation.deliver()


def abort(simulation: Simulation) -> None:
    document_id = create(simulation, PNG)["document"]["id"]
    assert simulation.request("POST", f"/documents/{document_id}/abort").status == 204


def abort_in_parts(simulation: Simulation) -> None:
    document_id = put_part(simulation)
    assert simulation.request("POST", f"/documents/{document_id}/abort").status == 204


def put_after_abort(simulation: Simulation) -> None:
    """The URL is valid after the abort, so bytes may arrive that belong to no document."""
    created = create(simulation, PNG)
    assert simulation.request("POST", f"/documents/{created['document']['id']}/abort").status == 204
    put(simulation, created["upload"], PNG)
    simulation.deliver()


def upload_a_large_file(simulation: Simulation) -> None:
    """The worker `large_copy` copies, and each delivery of its task has time for one part."""
    created = create(simulation, FILM, fileName="film.mp4", contentType="video/mp4")
    put(simulation, created["upload"], FILM)
    simulation.deliver()


def upload_with_steps(simulation: Simulation) -> None:
    """The workers of two steps answer. The second one makes a rendition."""
    put(simulation, create(simulation, PNG, kind="checked")["upload"], PNG)
    simulation.deliver()


def upload_in_parts_with_steps(simulation: Simulation) -> None:
    document_id = put_part(simulation, kind="checked")
    assert simulation.request("POST", f"/documents/{document_id}/complete").status in (200, 202)
    simulation.deliver()


def upload_a_file_that_a_worker_rejects(simulation: Simulation) -> None:
    simulation.workers["check"] = reject_file
    upload_with_steps(simulation)


def reject_a_file_with_a_rendition(simulation: Simulation) -> None:
    """The first step makes a rendition. The second one rejects the file, so the sweep deletes the rendition."""
    simulation.workers = {"check": render_file, "render": reject_file}
    upload_with_steps(simulation)


def let_uploads_expire(simulation: Simulation) -> None:
    """The bytes never arrive, so the sweep may crash."""
    create(simulation, PNG)
    put_part(simulation)
    simulation.age(EIGHT_DAYS)
    simulation.sweep()


def lose_the_event(simulation: Simulation) -> None:
    put(simulation, create(simulation, PNG)["upload"], PNG)
    simulation.lose_events()
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    simulation.deliver()


def redrive_a_failed_document(simulation: Simulation) -> None:
    """The operator's call may crash, or the attempt that it starts."""
    simulation.redrive(fail_all_attempts(simulation))
    simulation.deliver()


def redrive_a_document_whose_copy_was_purged(simulation: Simulation) -> None:
    """Every attempt has died after its copy. The sweep enqueues the purge of the copy, which ends before the redrive."""
    document_id = fail_all_attempts(simulation)
    copy(simulation)
    simulation.sweep_stored()
    simulation.deliver()
    assert simulation.versions("documents/") == []
    simulation.redrive(document_id)
    simulation.deliver()


def leave_a_copy_of_a_failed_document(simulation: Simulation) -> None:
    """The document stays failed. Its copy goes, its staged bytes stay."""
    fail_all_attempts(simulation)
    copy(simulation)
    simulation.sweep_stored()
    simulation.deliver()
    assert simulation.versions("documents/") == []


def delete(simulation: Simulation) -> None:
    """Includes the purge: the sweep enqueues it, and no byte is left."""
    delete_a_ready_document(simulation)
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    simulation.deliver()


def delete_a_document_with_a_rendition(simulation: Simulation) -> None:
    """Includes the purge, which deletes the rendition."""
    delete_a_ready_document(simulation, kind="checked")
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    simulation.deliver()


def delete_before_the_bytes_arrive(simulation: Simulation) -> None:
    """The URL is valid after the delete, so the bytes may arrive before the purge, or after it."""
    created = create(simulation, PNG)
    document_id = created["document"]["id"]
    assert simulation.request("POST", f"/documents/{document_id}/abort").status == 204
    assert simulation.request("DELETE", f"/documents/{document_id}").status == 204
    put(simulation, created["upload"], PNG)
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    simulation.deliver()


def restore(simulation: Simulation) -> None:
    document_id = delete_a_ready_document(simulation)
    assert simulation.request("POST", f"/documents/{document_id}/restore").json["status"] == "ready"


def report_a_duplicate(simulation: Simulation) -> None:
    """The second document names the first one. A delete and a restore of the first one make it a duplicate of nothing."""
    first, second = (upload(simulation, kind="reporting") for _ in range(2))
    assert simulation.request("GET", f"/documents/{second}").json["duplicateOf"] == first
    assert simulation.request("DELETE", f"/documents/{first}").status == 204
    assert simulation.request("POST", f"/documents/{first}/restore").status == 200


def reject_a_duplicate(simulation: Simulation) -> None:
    """The pipeline rejects the second document after its copy, which a purge deletes."""
    first, second = (upload(simulation, kind="unique") for _ in range(2))
    rejected = simulation.request("GET", f"/documents/{second}").json
    assert (rejected["reason"], rejected["duplicateOf"]) == ("duplicate", first)
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    simulation.deliver()
    assert len(simulation.versions("documents/")) == 1


def replace_a_deleted_original(simulation: Simulation) -> None:
    """Another upload of the same bytes becomes the original, and the first one is restored as its duplicate."""
    first = delete_a_ready_document(simulation, kind="unique")
    second = upload(simulation, kind="unique", sha256=hashlib.sha256(PNG).hexdigest())
    restored = simulation.request("POST", f"/documents/{first}/restore").json
    assert (restored["status"], restored["duplicateOf"]) == ("ready", second)
    assert simulation.request("DELETE", f"/documents/{second}").status == 204
    simulation.age(EIGHT_DAYS)
    simulation.sweep()
    simulation.deliver()


JOURNEYS: list[Journey] = [
    upload_by_put,
    upload_by_form,
    submit_a_form_twice,
    upload_in_parts,
    upload_another_type,
    abort,
    abort_in_parts,
    put_after_abort,
    upload_a_large_file,
    upload_with_steps,
    upload_in_parts_with_steps,
    upload_a_file_that_a_worker_rejects,
    reject_a_file_with_a_rendition,
    delete_a_document_with_a_rendition,
    let_uploads_expire,
    lose_the_event,
    redrive_a_failed_document,
    redrive_a_document_whose_copy_was_purged,
    leave_a_copy_of_a_failed_document,
    delete,
    delete_before_the_bytes_arrive,
    restore,
    report_a_duplicate,
    reject_a_duplicate,
    replace_a_deleted_original,
]


def fail_all_attempts(simulation: Simulation) -> str:
    """Returns the id of a new document that has failed."""
    created = create(simulation, PNG)
    document_id = str(created["document"]["id"])
    put(simulation, created["upload"], PNG)
    simulation.lose_events()
    [version] = simulation.account.staged_versions("ada", document_id)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        record_event(simulation.account, document_id, ObjectArrived(version))
        ended = AttemptEnded(attempt=attempt, outcome=AttemptOutcome.CRASHED)
        record_event(simulation.account, document_id, ended)
    return document_id


def copy(simulation: Simulation) -> None:
    """Copies the only staged version as an attempt does that dies right afterwards."""
    [(key, version)] = simulation.versions("staging/")
    simulation.account.s3.copy_object(
        Bucket=simulation.account.bucket,
        Key=key.replace("staging/", "documents/"),
        CopySource={"Bucket": simulation.account.bucket, "Key": key, "VersionId": version},
        Metadata={"source-version": version},
        MetadataDirective="REPLACE",
    )


def create(simulation: Simulation, data: bytes, **changes: object) -> Any:
    """Returns the response of a create with an idempotency key, which is safe to repeat. `changes` are of the request."""
    request = {"fileName": "cat.png", "size": len(data), "contentType": "image/png"} | changes
    key = f"create-{len(simulation.documents())}"
    response = simulation.request("POST", "/documents", request, **{"idempotency-key": key})
    assert response.status == 201, response.text
    return response.json


def upload(simulation: Simulation, **changes: object) -> str:
    """Returns the id of a document that is processed."""
    created = create(simulation, PNG, **changes)
    put(simulation, created["upload"], PNG)
    simulation.deliver()
    return str(created["document"]["id"])


def put_part(simulation: Simulation, **changes: object) -> str:
    """Returns the id of a multipart upload whose only part is stored and which is not completed."""
    created = create(simulation, PNG, method="MULTIPART", **changes)
    [part] = created["upload"]["parts"]
    put(simulation, part, PNG)
    return str(created["document"]["id"])


def delete_a_ready_document(simulation: Simulation, **changes: object) -> str:
    """Returns the id of the deleted document."""
    document_id = upload(simulation, **changes)
    assert simulation.request("DELETE", f"/documents/{document_id}").status == 204
    return document_id


def put(simulation: Simulation, upload: Any, data: bytes) -> None:
    response = simulation.s3.put(upload["url"], content=data, headers=upload["headers"])
    assert response.status_code == 200, response.text


def post(simulation: Simulation, upload: Any, data: bytes) -> None:
    files = {"file": ("cat.png", io.BytesIO(data), "image/png")}
    response = simulation.s3.post(upload["url"], data=upload["fields"], files=files)
    assert response.status_code == 201, response.text
