"""Delivers thousands of S3 events to the handler in a process of its own; started by test_many_events.

    python -m tests.faults.many_events FIRST LAST      windows of twenty events, from FIRST to before LAST

It prints to stderr by how many bytes the process has grown since its first tenth.
moto copies its whole table for each transaction and keeps the copies. So each window is deleted once it is checked, and moto
is reset after a few windows.
"""

import gc
import hashlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.dynamodb.attributes import to_item
from functions.adapters.dynamodb.items import build_item, document_to_item
from functions.domain.document import Method, Status
from functions.domain.keys import documents_key, owner_key, staging_key
from functions.lambdas import pipeline
from tests.examples import PNG, a_document, an_id
from tests.faults.aws_calls import SerialCalls, observe_aws_calls
from tests.faults.simulation import Simulation, WiredFunctions
from tests.lambdas.events import Context, notification, s3_record, sqs_event, sqs_message

WINDOW, BATCH = 20, 10
FORM = 5
"""Place of the document that a form uploads."""
WINDOWS_PER_RESET = 5
ADA = owner_key("ada")
STATM = Path("/proc/self/statm")


@dataclass(frozen=True)
class Window:
    """`expected` maps document ids to the SHA-256 of their bytes. `events` are in the order of delivery."""

    expected: dict[str, str]
    events: Sequence[str]


def prepare(simulation: Simulation, number: int) -> Window:
    """Prepares twenty events. One is a duplicate, and two are of one form, the later version before the earlier one."""
    ids = [an_id(number * WINDOW + place) for place in range(WINDOW - 2)]
    _write(simulation, [{"PutRequest": {"Item": item}} for item in _items(ids)])
    events = [_put(simulation, document_id, _body(document_id)) for document_id in ids]
    late = _body(f"{ids[FORM]} again")
    events.insert(FORM, _put(simulation, ids[FORM], late))
    events.append(events[number % len(events)])
    assert len(events) == WINDOW
    expected = {document_id: _sha256(_body(document_id)) for document_id in ids}
    return Window(expected | {ids[FORM]: _sha256(late)}, events)


def deliver(events: Sequence[str]) -> None:
    """Delivers events in batches, as Lambda does. No message may fail."""
    for start in range(0, len(events), BATCH):
        batch = sqs_event([sqs_message(body) for body in events[start : start + BATCH]])
        assert pipeline.lambda_handler(batch, Context()) == {"batchItemFailures": []}


def check(simulation: Simulation, window: Window) -> None:
    documents = {document.id: document for document in simulation.documents()}
    assert {key: document.sha256 for key, document in documents.items()} == window.expected
    assert {document.status for document in documents.values()} == {Status.READY}
    stored = {(documents_key(ADA, key), document.stored_version) for key, document in documents.items()}
    # The sweep deletes staged versions. The further version of the form is deleted at once.
    staged = {(staging_key(ADA, key), document.staged_version) for key, document in documents.items()}
    assert set(simulation.versions()) == stored | staged
    assert simulation.account.usage("ada") == (len(PNG) * len(documents), 0)


def clear(simulation: Simulation, window: Window) -> None:
    keys = [to_item({"pk": ADA, "sk": f"DOC#{document_id}"}) for document_id in window.expected]
    _write(simulation, [{"DeleteRequest": {"Key": key}} for key in keys])
    for key, version in simulation.versions():
        simulation.account.s3.delete_object(Bucket=simulation.account.bucket, Key=key, VersionId=version)


def measure_memory() -> int:
    """Returns the resident memory of this process in bytes."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main(first: int, last: int) -> None:
    sizes = []
    with pytest.MonkeyPatch.context() as environment, observe_aws_calls() as calls:
        functions = WiredFunctions(calls, environment)
        for begin in range(first, last, WINDOWS_PER_RESET):
            with functions.simulate() as simulation, calls.notify(SerialCalls()):
                for number in range(begin, min(begin + WINDOWS_PER_RESET, last)):
                    window = prepare(simulation, number)
                    deliver(window.events)
                    check(simulation, window)
                    clear(simulation, window)
            sizes.append(measure_memory())
    sys.stderr.write(str(sizes[-1] - sizes[len(sizes) // 10]))


def _items(ids: Sequence[str]) -> list[Any]:
    usage = {"pk": ADA, "sk": "USAGE", "reserved_bytes": len(PNG) * len(ids), "open_uploads": len(ids)}
    documents = [
        a_document(owner=ADA, id=document_id, method=Method.POST if place == FORM else Method.PUT)
        for place, document_id in enumerate(ids)
    ]
    return [build_item(usage), *map(document_to_item, documents)]


def _write(simulation: Simulation, requests: list[Any]) -> None:
    simulation.account.dynamodb.batch_write_item(RequestItems={simulation.account.settings.table: requests})


def _put(simulation: Simulation, document_id: str, body: bytes) -> str:
    """Stores the bytes in staging. Returns the event of S3."""
    bucket, key = simulation.account.bucket, staging_key(ADA, document_id)
    stored = simulation.account.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="image/png")
    return notification(s3_record(bucket, key, stored["VersionId"]))


def _body(seed: str) -> bytes:
    """Returns a PNG that no other document has."""
    return PNG[:-32] + hashlib.sha256(seed.encode()).digest()


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
