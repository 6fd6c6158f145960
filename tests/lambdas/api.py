"""The gateway's part: which route reaches which handler, and what a verified token says. No server, no socket."""

import base64
import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from functions.http import routes
from functions.lambdas import documents, uploads
from tests.lambdas.events import Context, http_event, route_pattern

_Handler = Callable[[dict[str, Any], Context], dict[str, Any]]

HANDLERS: dict[str, _Handler] = {"uploads": uploads.lambda_handler, "documents": documents.lambda_handler}
ROUTES = {route.key: HANDLERS[route.function] for route in routes.ROUTES}
PUBLIC = frozenset(route.key for route in routes.ROUTES if route.is_public)
BEARER = "eyJhbGciOiJSUzI1NiJ9.a-token-of-nobody"


@dataclass(frozen=True)
class ResponseModel:
    """Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def problem(self) -> tuple[int, str]:
        """(status, code) of what has to be a whole problem document (RFC 9457)."""
        assert self.headers["content-type"] == "application/problem+json"
        problem = self.json
        assert problem["status"] == self.status
        assert problem.keys() - {"errors"} == {
            "type", "title", "status", "detail", "instance", "code", "requestId",
        }  # fmt: skip
        assert problem["requestId"]
        return self.status, problem["code"]


@dataclass(frozen=True)
class Api:
    """Calls as the bearer of an access token of `subject`; `claims` changes what the token says."""

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
    ) -> ResponseModel:
        """A `body` that is bytes goes as the gateway sends what is no text; any other that is no text, as JSON."""
        text, is_base64 = _sent(body)
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
        return _received(ROUTES.get(route, documents.lambda_handler)(event, Context()))

    def get(self, path: str, **query: str) -> ResponseModel:
        return self.call("GET", path, query=query)

    def post(self, path: str, body: object = None, **headers: str) -> ResponseModel:
        return self.call("POST", path, body, headers=headers)

    def delete(self, document_id: str) -> ResponseModel:
        return self.call("DELETE", f"/documents/{document_id}")

    def restore(self, document_id: str) -> ResponseModel:
        return self.post(f"/documents/{document_id}/restore")

    def create(self, data: bytes, **more: object) -> Any:
        """The answer of a create that has to succeed."""
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


def _sent(body: object) -> tuple[str | None, bool]:
    if isinstance(body, bytes):
        return base64.b64encode(body).decode(), True
    if body is None or isinstance(body, str):
        return body, False
    return json.dumps(body), False


def _received(answer: dict[str, Any]) -> ResponseModel:
    headers = {name.lower(): value for name, value in answer["headers"].items()}
    body = answer.get("body") or ""
    if not answer.get("isBase64Encoded"):
        return ResponseModel(answer["statusCode"], headers, body)
    data = base64.b64decode(body)
    if headers.get("content-encoding") == "gzip":
        data = gzip.decompress(data)
    return ResponseModel(answer["statusCode"], headers, data.decode())
