"""HTTP requests without a library: any status is a response."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, ProxyHandler, Request, build_opener

from operate.errors import OperateError

_TIMEOUT = 60
_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Response:
    """The names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Returns the parsed body. Raises OperateError for a body that is no JSON."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise OperateError(f"a response with status {self.status} is no JSON") from error


class _NoRedirect(HTTPRedirectHandler):
    """Follows no redirect, because urllib would send the token along."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def request(
    method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
) -> Response:
    """Sends a request and returns its response. Raises OperateError without a response, and never names the URL's query."""
    try:
        sent = Request(url, method=method, headers=dict(headers or {}), data=body)  # noqa: S310 - the stack's own URL
        with _opener(url).open(sent, timeout=_TIMEOUT) as response:
            return Response(response.status, _lower(response.headers), response.read())
    except HTTPError as error:
        with error:
            return Response(error.code, _lower(error.headers), error.read())
    except (URLError, OSError, HTTPException) as error:
        raise OperateError(f"no response from {urlsplit(url).netloc}: {error}") from error


def _opener(url: str) -> OpenerDirector:
    is_local = urlsplit(url).hostname in _LOOPBACK
    return build_opener(_NoRedirect, *([ProxyHandler({})] if is_local else []))


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
