"""Messages of the two queues as records of the trail. Only fields that are named here get into it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from functions.domain.audit_record import AuditRecord
from functions.domain.audit_trail import Chain

_EVENT = "document."


def read_message(chain: Chain, body: str) -> list[AuditRecord]:
    """Returns the records of one message. Raises ValueError for a message that the sender of this chain never sends."""
    try:
        content = json.loads(body)
        if chain is Chain.CHANGES:
            return [_read_change(content["detail-type"], content["detail"])]
        return [AuditRecord.from_json(record) for record in content["records"]]
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError(f"not a message of {chain}") from error


def _read_change(event: str, detail: Mapping[str, Any]) -> AuditRecord:
    """`detail` is as docs/events/document.json describes it."""
    if not event.startswith(_EVENT):
        raise ValueError(f"{event} is no event of a document")
    return AuditRecord(
        id=f"{detail['id']}#{detail['sequence']}",
        event=event,
        at=datetime.fromisoformat(detail["at"]),
        outcome=str(detail["status"]),
        owner=str(detail["owner"]),
        actor=detail["actor"],
        document_id=str(detail["id"]),
        code=detail["code"],
        sequence=int(detail["sequence"]),
    )
