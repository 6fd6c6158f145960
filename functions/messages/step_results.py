"""Results of step workers in SQS messages, as docs/schemas/result.json describes them."""

import json
from collections.abc import Mapping
from typing import Any

from functions.domain.codes import Code
from functions.domain.ids import is_document_id
from functions.domain.steps import Json, parse_renditions
from functions.domain.tasks import MAX_DETAIL, TaskOutcome, TaskResult

MAX_FACTS = 8_192
"""Bytes of the facts as JSON. A DynamoDB item has at most 400 kB, and each kB of it costs a write unit."""


def parse(body: str, step: str) -> TaskResult:
    """Returns the result in a message from the queue of `step`. Raises ValueError for anything else than a result.

    The body may name another step, which says nothing: the queue says which worker speaks.
    """
    match _load_json(body):
        case {
            "documentId": str(document_id),
            "owner": str(owner),
            "attempt": int(attempt),
            "versionId": str(version),
            "outcome": str(outcome),
            **more,
        } if is_document_id(document_id) and not isinstance(attempt, bool):
            return TaskResult(
                document_id=document_id,
                owner=owner,
                step=step,
                attempt=attempt,
                version=version,
                outcome=TaskOutcome(outcome),
                code=_parse_code(more.get("code")),
                detail=_parse_detail(more.get("detail")),
                facts=_parse_facts(step, more.get("facts")),
            )
    raise ValueError("not a result: documentId, owner, attempt, versionId and outcome are needed")


def document_of(body: str) -> str:
    """Returns the id of the document that a result or a task is about, or the whole body if it cannot be parsed."""
    try:
        message = _load_json(body)
    except ValueError:
        return body
    return str(message.get("documentId", body)) if isinstance(message, dict) else body


def document_id_of(body: str) -> str | None:
    """Returns the id of the document that a message is about, None if it has none that could be one."""
    found = document_of(body)
    return found if is_document_id(found) else None


def _load_json(body: str) -> Any:
    """Raises ValueError, also for what the table does not store: NaN, an infinity, and a lone surrogate."""
    try:
        message = json.loads(body)
        _count_bytes(message)
    except RecursionError as error:
        raise ValueError("the JSON is nested too deeply") from error
    return message


def _parse_code(code: object) -> str | None:
    if code is None:
        return None
    if not isinstance(code, str) or not Code.parse(code).is_reason:
        raise ValueError("code is not a reason of a rejection")
    return code


def _parse_detail(detail: object) -> str | None:
    if detail is None:
        return None
    if not isinstance(detail, str) or len(detail) > MAX_DETAIL:
        raise ValueError(f"detail is a text of at most {MAX_DETAIL} characters")
    return detail


def _parse_facts(step: str, facts: object) -> Mapping[str, Json]:
    if facts is None:
        return {}
    if not isinstance(facts, dict) or _count_bytes(facts) > MAX_FACTS:
        raise ValueError(f"facts are an object of at most {MAX_FACTS} bytes")
    if "renditions" in facts:
        parse_renditions(step, facts["renditions"])
    return facts


def _count_bytes(message: object) -> int:
    return len(json.dumps(message, ensure_ascii=False, allow_nan=False).encode())
