"""Everything that brings bytes in: POST /documents, .../parts, .../complete, .../abort, and GET .../parts.

Its role may sign writes to staging and read no object at all.
"""

import os
import re
from typing import Annotated, Any, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.domain.errors import BadRequest
from functions.domain.ids import uuid7
from functions.http import body, part_schemas, schemas
from functions.http.resolver import Event, owner, resolver, serve
from functions.services.documents import retry_after
from functions.startup import finish_init

app = resolver()

Model = TypeVar("Model")

_NEEDS_BODY = ("POST /documents", "POST /documents/{id}/parts")
_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@app.post("/documents", status_code=201, summary="Create a document and get a URL to upload its bytes")
def create(
    request: schemas.CreateRequest,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[schemas.CreateResponse]:
    now = wiring.now()
    result = wiring.upload_service().create(
        request.to_core(),
        owner=_owner(),
        document_id=uuid7(now, os.urandom(10)),
        idempotency_key=_checked(idempotency_key),
        now=now,
    )
    return Response(
        status_code=201,
        content_type="application/json",
        body=schemas.created(result),
        headers={"Location": f"/documents/{result.document.id}"},
    )


@app.post(
    "/documents/<document_id>/abort", status_code=204, summary="Give up an upload before its bytes arrive"
)
def abort(document_id: str) -> Response[None]:
    wiring.upload_service().abort(_owner(), document_id, wiring.now())
    return Response(status_code=204)


@app.get("/documents/<document_id>/parts", summary="What S3 holds of an upload, and what is missing")
def list_parts(document_id: str) -> Response[part_schemas.UploadProgressResponse]:
    return _json(part_schemas.held(wiring.multipart_service().list_parts(_owner(), document_id)))


@app.post("/documents/<document_id>/parts", summary="URLs for a window of parts")
def sign_parts(
    document_id: str, request: part_schemas.PartsRequest
) -> Response[part_schemas.PartsResponse | part_schemas.CompactPartsResponse]:
    numbers, now = request.part_numbers, wiring.now()
    if request.compact:
        compact = wiring.multipart_service().presign_compact(_owner(), document_id, numbers, now)
        return _json(part_schemas.compact(compact))
    checksums = request.checksums_by_number()
    window = wiring.multipart_service().presign(_owner(), document_id, numbers, checksums, now)
    return _json(part_schemas.window(window))


@app.post("/documents/<document_id>/complete", summary="Make the object of the parts that S3 holds")
def complete(
    document_id: str, request: part_schemas.CompleteRequest | None = None
) -> Response[schemas.Document]:
    """202 while S3 may still be at it; 200 when the object is there and is being checked, or is ready."""
    crc64nvme = request.crc64nvme if request else None
    result = wiring.multipart_service().complete(_owner(), document_id, crc64nvme=crc64nvme, clock=wiring.now)
    return Response(
        status_code=200 if result.done else 202,
        content_type="application/json",
        body=schemas.document(result.document),
        headers={"Retry-After": str(retry_after(result.document))},
    )


def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
    return serve(app, event, context, check=_check_body)


def _check_body(event: Event) -> None:
    body.check(event, needed=event.get("routeKey") in _NEEDS_BODY)


def _owner() -> str:
    return owner(app, wiring.settings().owner_claim)


def _checked(key: str | None) -> str | None:
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest("idempotency_key_invalid", "Idempotency-Key is 1 to 255 visible ASCII characters.")
    return key


def _json(answer: Model) -> Response[Model]:
    return Response(status_code=200, content_type="application/json", body=answer)


finish_init(wiring.upload_service, wiring.connect)
