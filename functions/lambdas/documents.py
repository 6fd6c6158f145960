"""What is there: list, look, download, delete, restore, and the API's own description. Its role signs reads of documents
and writes no byte."""

from functools import cache
from typing import Annotated, Any, Literal, TypeVar

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.http import schemas
from functions.http.resolver import Event, owner, resolver, serve
from functions.services.documents import Download, retry_after
from functions.startup import finish_init

app = resolver()

Model = TypeVar("Model")

Disposition = Annotated[
    Literal["attachment", "inline"],
    Query(description="inline only shows what a browser may safely show; HTML, SVG and XML always download."),
]


@app.get("/documents", summary="List your documents, newest first")
def list_documents(
    status: schemas.ShownStatus | None = None,
    kind: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=256)] = None,
) -> Response[schemas.ListResponse]:
    result = wiring.document_service().list(_owner(), status=status, kind=kind, limit=limit, after=cursor)
    return _json(schemas.listing(result))


@app.get("/documents/<document_id>", summary="The record, with its history of states")
def get_document(
    document_id: str, if_none_match: Annotated[str | None, Header(alias="If-None-Match")] = None
) -> Response[schemas.Document | None]:
    document = wiring.document_service().get(_owner(), document_id)
    headers = {"ETag": f'"{document.revision}"'}
    if document.is_in_progress:
        headers["Retry-After"] = str(retry_after(document))
    if if_none_match is not None and headers["ETag"] in if_none_match:
        return Response(status_code=304, headers=headers)
    return Response(
        status_code=200, content_type="application/json", body=schemas.document(document), headers=headers
    )


@app.get("/documents/<document_id>/download", summary="A URL to download from, by Range if you like")
def download(document_id: str, disposition: Disposition = "attachment") -> Response[schemas.DownloadResponse]:
    return _json(schemas.download(_download(document_id, disposition)))


@app.get(
    "/documents/<document_id>/content",
    status_code=307,
    summary="Redirects to the download, for curl and links",
)
def content(document_id: str, disposition: Disposition = "attachment") -> Response[None]:
    signed = _download(document_id, disposition).signed
    return Response(status_code=307, headers={"Location": signed.url})


@app.delete("/documents/<document_id>", status_code=204, summary="Delete it; it can be restored for a time")
def delete(document_id: str) -> Response[None]:
    wiring.document_service().delete(_owner(), document_id, wiring.now())
    return Response(status_code=204)


@app.post("/documents/<document_id>/restore", summary="Have a deleted document back")
def restore(document_id: str) -> Response[schemas.Document]:
    return _json(schemas.document(wiring.document_service().restore(_owner(), document_id, wiring.now())))


@app.get("/openapi.json", include_in_schema=False)
def openapi_json() -> Response[Any]:
    return Response(status_code=200, content_type="application/json", body=_description(), compress=True)


@app.get("/docs", include_in_schema=False)
def docs() -> Response[Any]:
    return Response(status_code=200, content_type="text/html; charset=utf-8", body=_page(), compress=True)


def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
    return serve(app, event, context)


def _download(document_id: str, disposition: str) -> Download:
    return wiring.document_service().download(
        _owner(), document_id, inline=disposition == "inline", now=wiring.now()
    )


def _owner() -> str:
    return owner(app, wiring.settings().owner_claim)


def _json(body: Model) -> Response[Model]:
    return Response(status_code=200, content_type="application/json", body=body)


@cache
def _description() -> str:
    from functions.http import openapi
    from functions.lambdas import uploads

    return openapi.describe(uploads.app, app)


@cache
def _page() -> str:
    from functions.http import openapi

    return openapi.page(_description())


finish_init(wiring.document_service, wiring.connect)
