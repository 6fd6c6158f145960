"""Thousands of S3's events through the handler, in a process of its own, as Lambda runs it: run by test_many_events.

    python -m tests.faults.many_events FIRST LAST      windows of twenty events, from FIRST to before LAST

On stderr it says by how many bytes the process has grown since its first tenth.
moto copies its whole table for each transaction and keeps the copies, so what is right is cleared away after each window
of twenty events, and moto itself is reset after a few windows.
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

from functions.adapters.dynamodb.items import build_item, document_to_item, to_item
from functions.domain.document import Status
from functions.domain.keys import documents_key, owner_key, staging_key
from functions.lambdas import pipeline
from tests.examples import PNG, a_document, an_id
from tests.faults.aws_calls import OneAtATime, tapped
from tests.faults.world import Functions, World
from tests.lambdas.events import Context, notification, s3_record, sqs_event, sqs_message

WINDOW, BATCH = 20, 10
KEPT = 5
"""Windows between two resets of moto."""
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
        assert pipeline.lambda_handler(batch, Context()) == {"batchItemFailures": []}


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


def main(first: int, last: int) -> None:
    sizes = []
    with pytest.MonkeyPatch.context() as environment, tapped() as calls:
        functions = Functions(calls, environment)
        for begin in range(first, last, KEPT):
            with functions.world() as world, calls.seen_by(OneAtATime()):
                for number in range(begin, min(begin + KEPT, last)):
                    window = prepare(world, number)
                    deliver(window.events)
                    check(world, window)
                    clear(world, window)
            sizes.append(resident())
    sys.stderr.write(str(sizes[-1] - sizes[len(sizes) // 10]))


def _items(ids: Sequence[str]) -> list[Any]:
    usage = {"pk": ADA, "sk": "USAGE", "reserved_bytes": len(PNG) * len(ids), "open_uploads": len(ids)}
    documents = [a_document(owner=ADA, id=document_id) for document_id in ids]
    return [build_item(usage), *map(document_to_item, documents)]


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


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
