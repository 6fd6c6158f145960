"""API Gateway as a WSGI application, for tools that speak HTTP: every request becomes an event for the real handlers."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from tests.lambdas.api import Api

StartResponse = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """Serves every request as ada, because the gateway's own authorizer is not tested here."""
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body: bytes = environ["wsgi.input"].read(length)
    answer = Api("ada").call(
        environ["REQUEST_METHOD"],
        # WSGI passes the bytes of a path as Latin-1.
        environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"),
        _to_gateway_body(body) or None,
        headers=_headers(environ),
        query=_query(environ["QUERY_STRING"]),
    )
    headers = [(name, value) for name, value in answer.headers.items() if name != "content-encoding"]
    start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", headers)
    return [answer.text.encode()]


def _to_gateway_body(body: bytes) -> str | bytes:
    """Returns text if the body is UTF-8, otherwise bytes."""
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body


def _headers(environ: dict[str, Any]) -> dict[str, str]:
    named = {
        name.removeprefix("HTTP_").replace("_", "-"): str(value)
        for name, value in environ.items()
        if name.startswith("HTTP_")
    }
    return named | {"content-type": environ.get("CONTENT_TYPE", "")}


def _query(text: str) -> dict[str, str]:
    """Joins several values of one name with commas, as the gateway does."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return {name: ",".join(values) for name, values in found.items()}
