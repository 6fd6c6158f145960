"""A batch for the audit trail: a message that is none of its queue stops no other."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from functions.domain.audit_record import AuditRecord
from functions.domain.queues import Message
from functions.messages.audit_batch import read_batch

MESSAGE = Message(id="", receipt_handle="", body="", deliveries=1, first_seen=0, times_sent=1)


def message(*ids: str) -> Message:
    return replace(MESSAGE, id="-".join(ids), body=json.dumps(ids))


def read(body: str) -> list[AuditRecord]:
    at = datetime(2026, 11, 29, tzinfo=UTC)
    return [AuditRecord(id=id, event="document.ready", at=at, outcome="ready") for id in json.loads(body)]


def test_the_records_of_all_messages_keep_their_order() -> None:
    batch = read_batch([message("1", "2"), message(), message("3")], read)
    assert [record.id for record in batch.records] == ["1", "2", "3"]
    assert batch.unreadable == []


def test_a_message_that_cannot_be_read_stops_no_other() -> None:
    foreign = replace(MESSAGE, id="foreign", body="no JSON")
    batch = read_batch([message("1"), foreign, message("2")], read)
    assert [record.id for record in batch.records] == ["1", "2"]
    assert batch.unreadable == [foreign]
