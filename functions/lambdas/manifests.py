"""Routes of signed manifests, and of the public keys that verify them. Only deployments with `manifest=true` have it.

The role reads records and signs with one key. It cannot read or sign a URL to any object.
"""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header

from functions import wiring
from functions.http.etags import format_etag, is_unchanged
from functions.http.function import HttpFunction, json_response
from functions.http.openapi import CACHEABLE
from functions.startup import finish_init
from functions.wiring.audit import audit_log
from functions.wiring.edge import edge, read_edge_secrets
from functions.wiring.manifests import manifest_service

api = HttpFunction(
    "manifests", owner_claim=lambda: wiring.settings().owner_claim, audit_log=audit_log, edge=edge
)
lambda_handler = api.serve


@api.route("getManifest")
def get_manifest(
    id: str, if_none_match: Annotated[str | None, Header(alias="If-None-Match")] = None
) -> Response[Any]:
    service = manifest_service()
    document = service.get_document(api.owner_key(), id)
    headers = {"ETag": format_etag(document)}
    if is_unchanged(headers["ETag"], if_none_match):
        return Response(status_code=304, headers={**headers})
    body = service.sign(document, wiring.now())
    # RFC 7515, 9.2.1.
    return Response(status_code=200, content_type="application/jose", body=body, headers={**headers})


@api.route("getKeySet")
def get_key_set() -> Response[Any]:
    return json_response(manifest_service().describe_keys(), headers=CACHEABLE)


finish_init(manifest_service, wiring.connect, audit_log, read_edge_secrets)
