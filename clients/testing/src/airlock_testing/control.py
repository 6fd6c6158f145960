"""The HTTP client of the control routes. It talks to the loopback only, and uses no proxy."""

import ipaddress
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

_SECONDS = 120
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class AirlockError(Exception):
    """The service has refused a request, or did not become idle. The message says why."""


class ControlClient:
    """The control routes of a service at `url`."""

    def __init__(self, url: str) -> None:
        """Raises AirlockError for a URL that is not http on the loopback: nothing else can be a service for tests."""
        self.url = require_loopback(url).rstrip("/")

    def call(self, method: str, path: str, **body: Any) -> Any:
        """Returns the JSON of the response. Raises AirlockError."""
        data = json.dumps(body).encode() if body else None
        return json.loads(
            self.send(method, f"{self.url}/_test{path}", data, {"content-type": "application/json"})
        )

    def send(self, method: str, url: str, data: bytes | None, headers: Mapping[str, str]) -> bytes:
        """Returns the body of a successful response. Raises AirlockError."""
        request = urllib.request.Request(require_loopback(url), data, dict(headers), method=method)  # noqa: S310 - loopback
        try:
            with _OPENER.open(request, timeout=_SECONDS) as response:
                content: bytes = response.read()
        except urllib.error.HTTPError as error:
            with error:
                text = error.read().decode(errors="replace")
            path = urlsplit(url).path
            raise AirlockError(f"{method} {path} responds {error.code}: {_describe(text)}") from None
        return content


def require_loopback(url: str) -> str:
    """Returns the URL. Raises AirlockError unless it is http or https on this machine."""
    parts = urlsplit(url)
    if parts.scheme in ("http", "https") and _is_loopback(parts.hostname or ""):
        return url
    raise AirlockError(
        f"{parts.scheme}://{parts.hostname} is not on the loopback; airlock_testing is for tests only"
    )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _describe(text: str) -> str:
    try:
        content = json.loads(text)
    except ValueError:
        return text[:500]
    return str(content.get("error") or content.get("detail") or content)
