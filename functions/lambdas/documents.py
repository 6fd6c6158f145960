"""Routes of stored documents: list, get, update, claim, download, delete and restore; of usage; and the API description.

The role signs reads of documents and writes no bytes.
"""

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query

from functions import wiring
from functions.domain.readiness import retry_after
from functions.http import batch_schemas, openapi, schemas, update_schemas, usage_schemas
from functions.http.callers import OnBehalfOf
from functions.http.download_schemas import DownloadResponse
from functions.http.etags import check_if_match, format_etag, is_unchanged, parse_if_match
from functions.http.function import HttpFunction, json_response
from functions.services.documents import Download
from functions.startup import finish_init
from functions.wiring.audit import audit_log
from functions.wiring.callers import find_owner
from functions.wiring.documents import document_service
from functions.wiring.edge import edge, read_edge_secrets
from functions.wiring.owner_limits import call_meter, usage_service

api = HttpFunction(
    "documents",
    owner_claim=lambda: wiring.settings().owner_claim,
    service_scope=lambda: wiring.settings().service_scope,
    audit_log=audit_log,
    call_meter=call_meter,
    edge=edge,
)
lambda_handler = api.serve

Disposition = Annotated[
    Literal["attachment", "inline"],
    Query(description="`inline` shows only types that are safe in a browser, never HTML, SVG or XML."),
]

NamePart = Annotated[
    str | None,
    Query(
        alias="nameContains",
        min_length=1,
        max_length=255,
        description="Part of the file name or of the title, in upper or lower case.",
    ),
]

RenditionName = Annotated[
    str | None,
    Query(
        max_length=64,
        description="Name of a rendition. Without one, the original, or the first rendition if there is none.",
    ),
]


@api.route("listDocuments")
def list_documents(
    status: schemas.PublicStatus | None = None,
    kind: Annotated[str | None, Query(max_length=64)] = None,
    name_contains: NamePart = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=256)] = None,
) -> Response[schemas.ListResponse]:
    listing = document_service().list(
        api.owner_key(), status=status, kind=kind, name_contains=name_contains, limit=limit, after=cursor
    )
    return json_response(schemas.ListResponse.from_listing(listing, api.texts))


@api.route("getDocument")
def get_document(
    id: str,
    if_match: Annotated[str | None, Header(alias="If-Match")] = None,
    if_none_match: Annotated[str | None, Header(alias="If-None-Match")] = None,
    on_behalf_of: OnBehalfOf = None,
) -> Response[schemas.Document | None]:
    record = document_service().get(find_owner(api.caller(on_behalf_of), id), id)
    check_if_match(record, if_match)
    document = schemas.Document.from_record(record, api.texts)
    headers = {"ETag": format_etag(record, api.texts.language)}
    if record.is_in_progress:
        headers["Retry-After"] = str(retry_after(record))
    if is_unchanged(headers["ETag"], if_none_match):
        return Response(status_code=304, headers={**headers})
    return json_response(document, headers=headers)


@api.route("updateDocument")
def update_document(
    id: str,
    request: update_schemas.UpdateRequest,
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="The document changes only if it has this `etag`.")
    ] = None,
) -> Response[schemas.Document]:
    record = document_service().update(
        api.owner_key(),
        id,
        request.to_domain(),
        revisions=parse_if_match(if_match),
        now=wiring.now(),
        actor=api.actor(),
    )
    document = schemas.Document.from_record(record, api.texts)
    return json_response(document, headers={"ETag": format_etag(record, api.texts.language)})


@api.route("deleteDocument")
def delete_document(id: str, on_behalf_of: OnBehalfOf = None) -> Response[None]:
    owner = find_owner(api.caller(on_behalf_of), id)
    document_service().delete(owner, id, wiring.now(), api.actor())
    return Response(status_code=204)


@api.route("deleteDocuments")
def delete_documents(
    request: batch_schemas.BatchDeleteRequest,
) -> Response[batch_schemas.BatchDeleteResponse]:
    errors = document_service().delete_batch(api.owner_key(), request.ids, wiring.now(), api.actor())
    return json_response(batch_schemas.BatchDeleteResponse.from_errors(request.ids, errors, api.texts))


@api.route("restoreDocument")
def restore_document(id: str) -> Response[schemas.Document]:
    record = document_service().restore(api.owner_key(), id, wiring.now(), api.actor())
    return json_response(schemas.Document.from_record(record, api.texts))


@api.route("claimDocument")
def claim_document(id: str, on_behalf_of: OnBehalfOf = None) -> Response[schemas.Document]:
    caller = api.caller(on_behalf_of)
    record = document_service().claim(find_owner(caller, id), id, wiring.now(), caller.actor)
    document = schemas.Document.from_record(record, api.texts)
    return json_response(document, headers={"ETag": format_etag(record, api.texts.language)})


@api.route("getDownload")
def get_download(
    id: str,
    disposition: Disposition = "attachment",
    rendition: RenditionName = None,
    method: Annotated[
        Literal["GET", "HEAD"], Query(description="The method that the URL is for. S3 accepts no other.")
    ] = "GET",
    on_behalf_of: OnBehalfOf = None,
) -> Response[DownloadResponse]:
    download = _sign_download(id, on_behalf_of, disposition, rendition, method)
    return json_response(DownloadResponse.from_download(download))


@api.route("getContent")
def get_content(
    id: str,
    disposition: Disposition = "attachment",
    rendition: RenditionName = None,
    on_behalf_of: OnBehalfOf = None,
) -> Response[None]:
    """Signs for the method of the request, because a client follows the redirect with the same one."""
    method: Literal["GET", "HEAD"] = "HEAD" if api.is_head else "GET"
    location = _sign_download(id, on_behalf_of, disposition, rendition, method).signed.url
    return Response(status_code=307, headers={"Location": location})


@api.route("getUsage")
def get_usage() -> Response[usage_schemas.UsageResponse]:
    usage = usage_service().get(api.owner_key(), wiring.now())
    return json_response(usage_schemas.UsageResponse.from_usage(usage))


@api.route("getOpenApi")
def get_openapi() -> Response[Any]:
    body = openapi.read_description()
    headers = openapi.CACHEABLE
    return Response(
        status_code=200, content_type="application/json", body=body, headers={**headers}, compress=True
    )


@api.route("getDocs")
def get_docs() -> Response[Any]:
    headers = {**openapi.page_headers()}
    response = Response(
        status_code=200, content_type="text/html; charset=utf-8", body=openapi.read_page(), headers=headers
    )
    response.base64_encoded = True
    return response


def _sign_download(
    id: str,
    on_behalf_of: str | None,
    disposition: str,
    rendition: str | None,
    method: Literal["GET", "HEAD"],
) -> Download:
    owner, inline = find_owner(api.caller(on_behalf_of), id), disposition == "inline"
    return document_service().download(
        owner, id, rendition=rendition, inline=inline, method=method, now=wiring.now()
    )


finish_init(document_service, wiring.connect, audit_log, read_edge_secrets)
