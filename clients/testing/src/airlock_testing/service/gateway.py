"""API Gateway over HTTP: finds the route, verifies the token, and turns the request into an event (payload format 2.0)."""

import base64
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.wrappers import Request, Response

from airlock_testing.service.invocations import Handler, Invocations
from airlock_testing.service.loopback import is_loopback_origin
from airlock_testing.service.tokens import Issuer
from functions.http.route import RATE_LIMIT_HEADERS, Route

_ALLOWED_HEADERS = "authorization,content-type,idempotency-key,if-match,if-none-match"


@dataclass(frozen=True)
class GatewayRoute:
    """One route key and the function that serves it."""

    method: str
    key: str
    pattern: re.Pattern[str]
    is_public: bool
    handler: Handler


class Gateway:
    """A WSGI application. Responses of its own have the statuses and bodies of API Gateway's."""

    def __init__(
        self,
        routes: Iterable[Route],
        handlers: Mapping[str, Handler],
        invocations: Invocations,
        issuer: Issuer,
        now: Callable[[], datetime],
    ) -> None:
        self._routes = [
            GatewayRoute(
                method, f"{method} {each.path}", _compile(each.path), each.is_public, handlers[each.function]
            )
            for each in routes
            for method in each.methods
        ]
        self._exposed = sorted(
            {name.lower() for each in routes for success in each.success for name in success.all_headers}
            | {name.lower() for name in RATE_LIMIT_HEADERS}
        )
        self._invocations = invocations
        self._issuer = issuer
        self._now = now
        self._numbers = count(1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        response = Response(status=204) if request.method == "OPTIONS" else self._respond(request)
        response.headers.extend(self._cors_headers(request))
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        found = (
            (each, each.pattern.fullmatch(request.path))
            for each in self._routes
            if each.method == request.method
        )
        route, match = next(((each, match) for each, match in found if match), (None, None))
        if route is None or match is None:
            return _message(404, "Not Found")
        claims = None if route.is_public else self._issuer.verify(_bearer(request))
        if claims is None and not route.is_public:
            return _message(401, "Unauthorized", {"www-authenticate": "Bearer"})
        event = self._to_event(request, route, match.groupdict(), claims)
        return _to_response(self._invocations.invoke(route.handler, event))

    def _to_event(
        self,
        request: Request,
        route: GatewayRoute,
        parameters: dict[str, str],
        claims: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        """API Gateway developer guide, "Create AWS Lambda proxy integrations for HTTP APIs". Keys without a value are left out."""
        now = self._now()
        context: dict[str, Any] = {
            "accountId": "123456789012",
            "apiId": "airlock-testing",
            "domainName": request.host,
            "http": {
                "method": request.method,
                "path": request.path,
                "protocol": "HTTP/1.1",
                "sourceIp": request.remote_addr,
                "userAgent": request.headers.get("user-agent", ""),
            },
            "requestId": f"airlock-testing-{next(self._numbers)}",
            "routeKey": route.key,
            "stage": "$default",
            "timeEpoch": int(now.timestamp() * 1000),
        }
        if claims is not None:
            texts = {name: _to_text(value) for name, value in claims.items()}
            context["authorizer"] = {"jwt": {"claims": texts, "scopes": None}}
        body, is_base64 = _encode(request.get_data())
        optional = {
            "queryStringParameters": _query(request.query_string.decode()),
            "pathParameters": parameters,
            "body": body,
        }
        return {
            "version": "2.0",
            "routeKey": route.key,
            "rawPath": request.path,
            "rawQueryString": request.query_string.decode(),
            "headers": {name.lower(): value for name, value in request.headers.items()},
            "requestContext": context,
            "isBase64Encoded": is_base64,
            **{name: value for name, value in optional.items() if value},
        }

    def _cors_headers(self, request: Request) -> dict[str, str]:
        """Returns the headers for a page on this machine, none for any other."""
        origin = request.headers.get("origin", "")
        if not is_loopback_origin(origin):
            return {}
        return {
            "access-control-allow-origin": origin,
            "access-control-allow-methods": ",".join(sorted({each.method for each in self._routes})),
            "access-control-allow-headers": _ALLOWED_HEADERS,
            "access-control-expose-headers": ",".join(self._exposed),
            "vary": "Origin",
        }


def _compile(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", re.sub(r"([.])", r"\\\1", path)))


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _message(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return Response(f'{{"message":"{message}"}}', status, headers, content_type="application/json")


def _encode(body: bytes) -> tuple[str, bool]:
    """Returns text if the body is UTF-8, otherwise base64."""
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return base64.b64encode(body).decode(), True


def _query(text: str) -> dict[str, str]:
    """Joins several values of one name with commas, as the gateway does."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in found.items()}


def _to_text(value: Any) -> str:
    """Returns a claim as the gateway passes it: as text, and a list in the notation of Go."""
    if isinstance(value, list):
        return f"[{' '.join(map(_to_text, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _to_response(answer: dict[str, Any]) -> Response:
    body = answer.get("body") or ""
    data = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    return Response(data, answer["statusCode"], answer.get("headers", {}))
