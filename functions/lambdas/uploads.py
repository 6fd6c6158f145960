"""Routes that bring bytes in: create, the parts of an upload, complete and abort.

The role signs writes to staging and reads no object at all.
"""

import os
import re
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from functions import wiring
from functions.domain.codes import Code
from functions.domain.errors import InvalidInput
from functions.domain.ids import uuid7
from functions.domain.readiness import retry_after
from functions.http import batch_schemas, kind_schemas, part_schemas, schemas
from functions.http.callers import OnBehalfOf
from functions.http.function import HttpFunction, json_response
from functions.services.uploads import CreateResult
from functions.startup import finish_init
from functions.wiring.audit import audit_log
from functions.wiring.callers import find_owner
from functions.wiring.edge import edge, read_edge_secrets
from functions.wiring.owner_limits import call_meter
from functions.wiring.uploads import multipart_service, upload_service

api = HttpFunction(
    "uploads",
    owner_claim=lambda: wiring.settings().owner_claim,
    service_scope=lambda: wiring.settings().service_scope,
    audit_log=audit_log,
    call_meter=call_meter,
    edge=edge,
)
lambda_handler = api.serve

_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")


IdempotencyKey = Annotated[str | None, Header(alias="Idempotency-Key")]


@api.route("createDocument")
def create_document(
    request: schemas.CreateOneRequest,
    idempotency_key: IdempotencyKey = None,
) -> Response[schemas.CreateResponse]:
    caller, now = api.caller(request.on_behalf_of), wiring.now()
    _check_idempotency_key(idempotency_key)
    result = upload_service().create(
        request.to_domain(),
        caller=caller,
        document_id=uuid7(now, os.urandom(10)),
        idempotency_key=idempotency_key,
        now=now,
    )
    api.log("created", document_id=result.document.id)
    response = schemas.CreateResponse.from_result(result, api.texts)
    return json_response(response, 201, {"Location": f"/documents/{result.document.id}"})


@api.route("createDocuments")
def create_documents(
    request: batch_schemas.BatchRequest,
    idempotency_key: IdempotencyKey = None,
) -> Response[batch_schemas.BatchResponse]:
    caller, now = api.caller(request.on_behalf_of), wiring.now()
    _check_idempotency_key(idempotency_key)
    results = upload_service().create_batch(
        request.to_domain(),
        caller=caller,
        # Sorted, so that lists keep the order of the request.
        document_ids=sorted(uuid7(now, os.urandom(10)) for _ in request.documents),
        idempotency_key=idempotency_key,
        now=now,
    )
    api.log("created", document_ids=[each.document.id for each in results if isinstance(each, CreateResult)])
    return json_response(batch_schemas.BatchResponse.from_results(results, api.texts))


@api.route("listKinds")
def list_kinds() -> Response[kind_schemas.KindsResponse]:
    api.check_token()
    kinds, limits, has_push = wiring.kinds(), wiring.limits(), wiring.settings().push
    return json_response(kind_schemas.KindsResponse.from_kinds(kinds, limits, has_push=has_push))


@api.route("listParts")
def list_parts(id: str, on_behalf_of: OnBehalfOf = None) -> Response[part_schemas.UploadProgressResponse]:
    owner = find_owner(api.caller(on_behalf_of), id)
    progress = multipart_service().list_parts(owner, id, wiring.now())
    return json_response(part_schemas.UploadProgressResponse.from_progress(progress))


@api.route("presignParts")
def presign_parts(
    id: str, request: part_schemas.PartsRequest, on_behalf_of: OnBehalfOf = None
) -> Response[part_schemas.PartsResponse | part_schemas.CompactPartsResponse]:
    owner = find_owner(api.caller(on_behalf_of), id)
    service, now = multipart_service(), wiring.now()
    if request.compact:
        compact = service.presign_compact(owner, id, request.part_numbers, now)
        return json_response(part_schemas.CompactPartsResponse.from_urls(compact))
    batch = service.presign(owner, id, request.part_numbers, request.checksums_by_number(), now)
    return json_response(part_schemas.PartsResponse.from_batch(batch))


@api.route("completeUpload")
def complete_upload(
    id: str, request: part_schemas.CompleteRequest | None = None, on_behalf_of: OnBehalfOf = None
) -> Response[schemas.Document]:
    owner, crc64nvme = find_owner(api.caller(on_behalf_of), id), request.crc64nvme if request else None
    result = multipart_service().complete(owner, id, crc64nvme=crc64nvme, clock=wiring.now)
    headers = {"Retry-After": str(retry_after(result.document))}
    document = schemas.Document.from_record(result.document, api.texts)
    return json_response(document, 200 if result.done else 202, headers)


@api.route("abortUpload")
def abort_upload(id: str, on_behalf_of: OnBehalfOf = None) -> Response[None]:
    owner = find_owner(api.caller(on_behalf_of), id)
    upload_service().abort(owner, id, wiring.now(), api.actor())
    return Response(status_code=204)


def _check_idempotency_key(key: str | None) -> None:
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise InvalidInput(Code.IDEMPOTENCY_KEY_INVALID)


finish_init(upload_service, wiring.connect, audit_log, read_edge_secrets)
