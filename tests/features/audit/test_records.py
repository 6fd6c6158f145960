"""Messages of the two queues as records of the trail."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.domain.audit_record import AuditRecord
from functions.domain.audit_trail import Chain
from functions.features.audit.records import read_message
from tests.examples import OWNER, an_id

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


def make_event(**changes: Any) -> dict[str, Any]:
    """An event as EventBridge delivers it, with the fields of docs/events/document.json that matter here."""
    detail = {
        "id": an_id(),
        "owner": OWNER,
        "actor": "ada",
        "kind": "image",
        "status": "rejected",
        "code": "type_mismatch",
        "bucket": "a-bucket",
        "key": None,
        "metadata": {"invoice": "secret"},
        "at": "2026-11-29T12:00:00.000Z",
        "sequence": 3,
    }
    return {"source": "airlock", "detail-type": "document.rejected", "detail": detail} | changes


def test_an_event_becomes_a_record_of_ids_and_nothing_else() -> None:
    [record] = read_message(Chain.CHANGES, json.dumps(make_event()))
    assert record == AuditRecord(
        id=f"{an_id()}#3",
        event="document.rejected",
        at=AT,
        outcome="rejected",
        owner=OWNER,
        actor="ada",
        document_id=an_id(),
        code="type_mismatch",
        sequence=3,
    )


def test_the_records_of_a_request_come_as_they_were_sent() -> None:
    record = AuditRecord(id="r#0", event="request.refused", at=AT, outcome="422", request_id="r")
    body = json.dumps({"records": [record.to_json(), record.to_json()]})
    assert read_message(Chain.REQUESTS, body) == [record, record]


@pytest.mark.parametrize("chain", list(Chain))
@pytest.mark.parametrize("body", ["", "[]", "null", "{}", '{"records": 1}', '{"records": [{"id": "x"}]}'])
def test_any_other_message_is_an_error(chain: Chain, body: str) -> None:
    with pytest.raises(ValueError, match="not a message"):
        read_message(chain, body)


def test_a_queue_speaks_for_its_own_chain_only() -> None:
    """A function of the API cannot forge a change, because the queue says which chain a message is for."""
    with pytest.raises(ValueError, match="not a message of requests"):
        read_message(Chain.REQUESTS, json.dumps(make_event()))
    with pytest.raises(ValueError, match="not a message of changes"):
        read_message(Chain.CHANGES, json.dumps(make_event(**{"detail-type": "owner.suspicious"})))
