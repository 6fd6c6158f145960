"""Ten thousand of S3's events through the handler: some twice, some in another order, and memory stays what it was.

moto copies its whole table for each transaction and keeps the copies, so what is right is cleared away after each window
of twenty events, and moto itself is reset after a few windows.
"""

import gc
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.items import document_to_item, to_item
from functions.core.document import Status
from functions.core.keys import documents_key, owner_key, staging_key
from functions.handlers import object_created
from tests.counted import Counted
from tests.examples import PNG, a_document, an_id
from tests.faults.aws_calls import OneAtATime
from tests.faults.world import Functions, World
from tests.handlers.events import Context, notification, s3_record, sqs_event, sqs_message
from tests.skips import skip_or_fail

EVENTS, WINDOW, BATCH = 10_000, 20, 10
WINDOWS, KEPT = EVENTS // WINDOW, 5
GROWTH = 50 * 1024**2
"""Bytes that the process may have more at the end than after the first tenth."""
ADA = owner_key("ada")
STATM = Path("/proc/self/statm")


@dataclass(frozen=True)
class Window:
    """`expected` is the SHA-256 of each document's bytes, by its id; `events` come in this order."""

    expected: dict[str, str]
    events: Sequence[str]


def prepare(world: World, number: int) -> Window:
    """Of twenty events one comes twice, and two are of one key, the later version before the earlier one."""
    ids = [an_id(number * WINDOW + place) for place in range(WINDOW - 2)]
    _write(world, [{"PutRequest": {"Item": item}} for item in _items(ids)])
    events = [_sent(world, document_id, _body(document_id)) for document_id in ids]
    late = _body(f"{ids[5]} again")
    events.insert(5, _sent(world, ids[5], late))
    events.append(events[number % len(events)])
    assert len(events) == WINDOW
    expected = {document_id: _sha256(_body(document_id)) for document_id in ids}
    return Window(expected | {ids[5]: _sha256(late)}, events)


def deliver(events: Sequence[str]) -> None:
    """In Lambda's batches, none of whose messages may come again."""
    for start in range(0, len(events), BATCH):
        batch = sqs_event([sqs_message(body) for body in events[start : start + BATCH]])
        assert object_created.lambda_handler(batch, Context()) == {"batchItemFailures": []}


def check(world: World, window: Window) -> None:
    documents = {document.id: document for document in world.documents()}
    assert {key: document.sha256 for key, document in documents.items()} == window.expected
    assert {document.status for document in documents.values()} == {Status.READY}
    held = {(documents_key(ADA, key), document.stored_version) for key, document in documents.items()}
    assert set(world.versions()) == held
    assert world.account.usage("ada") == (len(PNG) * len(documents), 0)


def clear(world: World, window: Window) -> None:
    keys = [to_item({"pk": ADA, "sk": f"DOC#{document_id}"}) for document_id in window.expected]
    _write(world, [{"DeleteRequest": {"Key": key}} for key in keys])
    for key, version in world.versions():
        world.account.s3.delete_object(Bucket=world.account.bucket, Key=key, VersionId=version)


def resident() -> int:
    """Bytes of this process in memory."""
    gc.collect()
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(**skip_or_fail("/proc", STATM.exists()))
def test_ten_thousand_events_make_every_document_right_and_memory_stays_flat(
    functions: Functions, counted: Counted
) -> None:
    sizes = []
    for first in range(0, WINDOWS, KEPT):
        with functions.world() as world, world.calls.seen_by(OneAtATime()):
            for number in range(first, first + KEPT):
                window = prepare(world, number)
                deliver(window.events)
                check(world, window)
                clear(world, window)
        sizes.append(resident())
    grown = sizes[-1] - sizes[len(sizes) // 10]
    assert grown < GROWTH, f"{grown} bytes more"
    counted("events of S3 delivered", EVENTS)
    counted("MiB that the process grew meanwhile", round(grown / 1024**2))


def _items(ids: Sequence[str]) -> list[Any]:
    usage = {"pk": ADA, "sk": "USAGE", "charged_bytes": len(PNG) * len(ids), "open_uploads": len(ids)}
    documents = [a_document(owner=ADA, id=document_id) for document_id in ids]
    return [to_item(usage), *map(document_to_item, documents)]


def _write(world: World, requests: list[Any]) -> None:
    world.account.dynamodb.batch_write_item(RequestItems={world.account.settings.table: requests})


def _sent(world: World, document_id: str, body: bytes) -> str:
    """S3's event of these bytes, which are there."""
    bucket, key = world.account.bucket, staging_key(ADA, document_id)
    put = world.account.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="image/png")
    return notification(s3_record(bucket, key, put["VersionId"]))


def _body(seed: str) -> bytes:
    """A PNG that no other document has."""
    return PNG[:-32] + hashlib.sha256(seed.encode()).digest()


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
