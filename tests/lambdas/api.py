"""API Gateway in process: it finds the handler of a route and passes on the claims of a verified token."""

import base64
import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from functions.http import routes
from functions.lambdas import documents, manifests, tickets, uploads
from tests.lambdas.events import Context, http_event, route_pattern

_Handler = Callable[[dict[str, Any], Context], dict[str, Any]]

HANDLERS: dict[str, _Handler] = {
    "uploads": uploads.lambda_handler,
    "documents": documents.lambda_handler,
    "manifests": manifests.lambda_handler,
    "tickets": tickets.lambda_handler,
}
ROUTES = {key: HANDLERS[route.function] for route in routes.ROUTES for key in route.keys}
WITH_BODY = [route for route in ROUTES if not route.startswith("HEAD ")]
"""HEAD has the response of GET without its body, see test_head.py."""
PUBLIC = frozenset(key for route in routes.ROUTES for key in route.keys if route.is_public)
BEARER = "eyJhbGciOiJSUzI1NiJ9.a-token-of-nobody"


@dataclass(frozen=True)
class ApiResponse:
    """Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def problem(self) -> tuple[int, str]:
        """Returns (status, code), and asserts a complete problem document (RFC 9457)."""
        assert self.headers["content-type"] == "application/problem+json"
        problem = self.json
        assert problem["status"] == self.status
        assert problem.keys() - {"errors", "duplicateOf"} == {
            "type", "title", "status", "detail", "instance", "code", "message", "requestId",
        }  # fmt: skip
        assert problem["requestId"]
        return self.status, problem["code"]


def wait_for_refusal(send: Callable[[], ApiResponse]) -> ApiResponse:
    """Sends until a rate is used up, and returns that response. A rate of one a second admits one more on a slow machine."""
    for _ in range(100):
        if (response := send()).status == 429:
            return response
    raise AssertionError("nothing is refused")


@dataclass(frozen=True)
class Api:
    """Calls the API with an access token of `subject`; `claims` replaces the claims of the token."""

    subject: str = "ada"
    claims: Mapping[str, str] | None = None

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> ApiResponse:
        """Sends bytes as base64, as the gateway does, text as it is, and any other `body` as JSON."""
        text, is_base64 = _encode(body)
        given = {
            "host": "api-id.execute-api.eu-west-1.amazonaws.com",
            "authorization": f"Bearer {BEARER}",
        }
        if text is not None:
            given["content-type"] = "application/json"
        route = next((route for route in ROUTES if _matches(route, method, path)), f"{method} {path}")
        event = http_event(
            route,
            path,
            claims=None if route in PUBLIC else self._claims(),
            headers=given | dict(headers or {}),
            query=query,
            body=text,
            base64=is_base64,
        )
        return _decode(ROUTES.get(route, documents.lambda_handler)(event, Context()))

    def get(self, path: str, **query: str) -> ApiResponse:
        return self.call("GET", path, query=query)

    def post(self, path: str, body: object = None, **headers: str) -> ApiResponse:
        return self.call("POST", path, body, headers=headers)

    def delete(self, document_id: str) -> ApiResponse:
        return self.call("DELETE", f"/documents/{document_id}")

    def restore(self, document_id: str) -> ApiResponse:
        return self.post(f"/documents/{document_id}/restore")

    def create(self, data: bytes, **more: object) -> Any:
        """Returns the response to a create, and asserts that it succeeds."""
        request = {"fileName": "cat.png", "size": len(data), "contentType": "image/png"} | more
        answer = self.post("/documents", request)
        assert answer.status == 201, answer.text
        return answer.json

    def document(self, document_id: str) -> Any:
        answer = self.get(f"/documents/{document_id}")
        assert answer.status == 200, answer.text
        return answer.json

    def _claims(self) -> dict[str, str]:
        usual = {
            "sub": self.subject,
            "iss": "https://issuer.example",
            "token_use": "access",
            "scope": "files",
        }
        return usual if self.claims is None else dict(self.claims)


def _matches(route: str, method: str, path: str) -> bool:
    return route.startswith(f"{method} ") and re.fullmatch(route_pattern(route), path) is not None


def _encode(body: object) -> tuple[str | None, bool]:
    if isinstance(body, bytes):
        return base64.b64encode(body).decode(), True
    if body is None or isinstance(body, str):
        return body, False
    return json.dumps(body), False


def _decode(answer: dict[str, Any]) -> ApiResponse:
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    body = answer.get("body") or ""
    if not answer.get("isBase64Encoded"):
        return ApiResponse(answer["statusCode"], headers, body)
    data = base64.b64decode(body)
    if headers.get("content-encoding") == "gzip":
        data = gzip.decompress(data)
    return ApiResponse(answer["statusCode"], headers, data.decode())
