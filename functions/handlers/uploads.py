"""POST /documents and POST /documents/{id}/abort. Its role may sign writes to staging and read no object at all."""

import os
import re
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header
from aws_lambda_powertools.utilities.typing import LambdaContext

from functions import wiring
from functions.core.errors import BadRequest
from functions.core.ids import uuid7
from functions.handlers import body, schemas, started
from functions.handlers.http import Event, owner, resolver, serve

app = resolver()

_IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e]{1,255}")


@app.post("/documents", status_code=201, summary="Create a document and get a URL to upload its bytes")
def create(
    request: schemas.CreateRequest,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[schemas.CreateAnswer]:
    now = wiring.now()
    result = wiring.uploads().create(
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
    wiring.uploads().abort(_owner(), document_id, wiring.now())
    return Response(status_code=204)


def lambda_handler(event: Event, context: LambdaContext) -> dict[str, Any]:
    return serve(app, event, context, check=_check_body)


def _check_body(event: Event) -> None:
    if event.get("routeKey") == "POST /documents":
        body.check(event)


def _owner() -> str:
    return owner(app, wiring.settings().owner_claim)


def _checked(key: str | None) -> str | None:
    if key is not None and not _IDEMPOTENCY_KEY.fullmatch(key):
        raise BadRequest("idempotency_key_invalid", "Idempotency-Key is 1 to 255 visible ASCII characters.")
    return key


started()
