"""The rows of the route table that only some deployments have: each names its option."""

from functions.domain.codes import Code
from functions.http.route import Route, Success

OPTIONAL_ROUTES = (
    Route(
        method="GET",
        path="/documents/{id}/manifest",
        operation_id="getManifest",
        tag="Manifests",
        function="manifests",
        summary="Get a signed statement of what a ready document is and which checks it has passed",
        success=(
            Success(200, "A JWS in the compact form.", headers=("ETag",), content_type="application/jose"),
            Success(304, "Unchanged since `If-None-Match`.", headers=("ETag",)),
        ),
        own_codes=(Code.NOT_READY, Code.REJECTED, Code.INVALID_STATE, Code.SIGNING_UNAVAILABLE),
        option="manifest",
    ),
    Route(
        method="GET",
        path="/.well-known/jwks.json",
        operation_id="getKeySet",
        tag="Manifests",
        function="manifests",
        summary="Get the public keys that verify manifests",
        success=(Success(200, "A JSON Web Key Set."),),
        is_public=True,
        option="manifest",
    ),
    Route(
        method="POST",
        path="/events/tickets",
        operation_id="createTicket",
        tag="Events",
        function="tickets",
        summary="Get the URL of a WebSocket that tells you of changes of your documents",
        success=(Success(201, "A URL that opens one connection within 30 seconds."),),
        own_codes=(Code.TOO_MANY_CONNECTIONS,),
        option="push",
    ),
    Route(
        method="GET",
        path="/openapi.json",
        operation_id="getOpenApi",
        tag="API",
        function="documents",
        summary="Get the API description",
        success=(Success(200, "OpenAPI 3.1 as JSON."),),
        is_public=True,
        option="docs",
    ),
    Route(
        method="GET",
        path="/docs",
        operation_id="getDocs",
        tag="API",
        function="documents",
        summary="Show the API description as a page",
        success=(Success(200, "An HTML page."),),
        is_public=True,
        option="docs",
    ),
)
