"""The records that one request leaves in the audit trail: ids and codes, never a body, a file name, a query or a URL.

A create, delete, restore or abort that succeeds has none here, because its record comes from the change of the document.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NamedTuple

from functions.domain.audit_record import AuditRecord, truncate_address
from functions.domain.ids import is_document_id
from functions.http.callers import find_request_owner
from functions.http.claims import read_actor, read_claims
from functions.http.routes import ROUTES

_BATCHES = frozenset(route.operation_id for route in ROUTES if route.is_batch)
"""Operations whose response has a problem for each item that failed."""
_GRANTED = "download.granted"
_REFUSED, _FAILED = "request.refused", "request.failed"


class _Entry(NamedTuple):
    """The fields of a record that differ between the items of a request."""

    event: str
    status: int
    document_id: object
    code: str | None = None


def describe_request(
    event: Mapping[str, Any],
    response: Mapping[str, Any],
    operation: str,
    owner_claim: str,
    service_scope: str,
    records_reads: bool,
) -> list[AuditRecord]:
    """Returns the records of a request, whose ids are those of the request with a number."""
    context = event["requestContext"]
    request_id = str(context.get("requestId", ""))
    owner = find_request_owner(event, operation, owner_claim, service_scope)
    return [
        AuditRecord(
            id=f"{request_id}#{number}",
            event=entry.event,
            at=datetime.fromtimestamp(context["timeEpoch"] / 1000, UTC),
            outcome=str(entry.status),
            owner=owner,
            actor=read_actor(read_claims(event)),
            document_id=_check_id(entry.document_id),
            code=entry.code,
            operation=operation,
            request_id=request_id,
            network=truncate_address(context["http"]["sourceIp"]),
        )
        for number, entry in enumerate(_list_entries(event, response, operation, records_reads))
    ]


def _list_entries(
    event: Mapping[str, Any], response: Mapping[str, Any], operation: str, records_reads: bool
) -> Iterator[_Entry]:
    status = int(response["statusCode"])
    document_id = (event.get("pathParameters") or {}).get("id")
    if status >= HTTPStatus.BAD_REQUEST:
        yield _Entry(_name_failure(status), status, document_id, json.loads(response["body"])["code"])
    elif operation in _BATCHES:
        yield from _list_problems(json.loads(response["body"])["results"])
    elif operation == "updateDocument":
        yield _Entry("document.updated", status, document_id)
    elif operation == "claimDocument":
        yield _Entry("document.claimed", status, document_id)
    elif records_reads and _has_url(event, operation):
        yield _Entry(_GRANTED, status, document_id)


def _list_problems(results: list[Mapping[str, Any]]) -> Iterator[_Entry]:
    for result in results:
        if problem := result.get("problem"):
            yield _Entry(
                _name_failure(problem["status"]), problem["status"], result.get("id"), problem["code"]
            )


def _name_failure(status: int) -> str:
    return _FAILED if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _REFUSED


def _has_url(event: Mapping[str, Any], operation: str) -> bool:
    """Returns True for a response with a download URL. That of HEAD has no body, but a redirect has it in a header."""
    method = event["requestContext"]["http"]["method"]
    return operation == "getContent" or (operation == "getDownload" and method != "HEAD")


def _check_id(text: object) -> str | None:
    """Returns None for a text of the caller that is no id, because it may be anything."""
    return text if isinstance(text, str) and is_document_id(text) else None
