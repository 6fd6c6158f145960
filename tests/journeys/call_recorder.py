"""Shapes of the calls that journeys send to the API: no token, no id, no text, only what the rules of WAF look at.

    AIRLOCK_EDGE=1 AIRLOCK_RECORD_CALLS=tests/infra/legal_calls.json pytest tests/journeys

adds what is new to the file. tests/infra/test_web_acl.py evaluates the rules for each shape.
"""

import fcntl
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from functions.http.routes import ROUTES

_PATTERNS = {route.path: re.compile(re.sub(r"\\{id\\}", "[^/]+", re.escape(route.path))) for route in ROUTES}
_LEGAL = {*range(200, 400), 409}
"""A call that conflicts with the state of a document is legal too."""


def record_calls(app: WSGIApplication, path: Path) -> WSGIApplication:
    """Returns the application that also adds the shape of each call that succeeds to a file."""

    def record(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        shape = _describe(environ)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            if shape and int(status.split()[0]) in _LEGAL:
                _add(path, shape)
            return start_response(status, headers, *rest)

        return app(environ, start)

    return record


def _add(path: Path, shape: dict[str, Any]) -> None:
    """Adds a shape to the file, which several processes write."""
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        shapes = {_key(each): each for each in json.loads(file.read() or "[]")}
        before = shapes.get(_key(shape))
        _merge(shapes, shape)
        if shapes[_key(shape)] == before:
            return
        file.truncate(0)
        file.write(json.dumps(sorted(shapes.values(), key=_key), indent=1) + "\n")


def _describe(environ: WSGIEnvironment) -> dict[str, Any] | None:
    route = _find_route(str(environ["PATH_INFO"]))
    if route is None:
        return None
    query = str(environ.get("QUERY_STRING", ""))
    return {
        "method": environ["REQUEST_METHOD"],
        "path": route,
        "query": sorted({name for name, _ in parse_qsl(query, keep_blank_values=True)}),
        "queryBytes": len(query),
        "bodyBytes": int(environ.get("CONTENT_LENGTH") or 0),
        "hasUserAgent": bool(environ.get("HTTP_USER_AGENT")),
        "hasCookie": bool(environ.get("HTTP_COOKIE")),
    }


def _find_route(path: str) -> str | None:
    """Returns the path of the table with the fewest parameters."""
    found = [route for route, pattern in _PATTERNS.items() if pattern.fullmatch(path)]
    return min(found, key=lambda route: route.count("{"), default=None)


def _key(shape: dict[str, Any]) -> str:
    parts = (shape["path"], shape["method"], ",".join(shape["query"]))
    return " ".join((*parts, str(shape["hasUserAgent"]), str(shape["hasCookie"])))


def _merge(shapes: dict[str, dict[str, Any]], shape: dict[str, Any]) -> None:
    """Keeps the largest sizes of calls that are alike otherwise."""
    known = shapes.get(_key(shape), shape)
    sizes = {name: max(known[name], shape[name]) for name in ("queryBytes", "bodyBytes")}
    shapes[_key(shape)] = shape | sizes
