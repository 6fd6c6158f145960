"""Signs in with a browser at any OpenID Connect issuer: the code flow with PKCE and a redirect to this machine (RFC 8252)."""

import time
import webbrowser
from collections.abc import Callable, Mapping
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from requests import RequestException

from airlock_client.cli.tokens import Tokens, read_tokens
from airlock_client.errors import AirlockError, NetworkError, SignInRequiredError

_TIMEOUT = 300.0
"""Seconds until the user must have signed in."""
_PATH = "/callback"
_PAGE = b"<!doctype html><title>Airlock</title><p>You can close this page and return to the terminal."


def sign_in(
    provider: Mapping[str, str], port: int, open_browser: Callable[[str], object] = webbrowser.open
) -> Tokens:
    """Opens the issuer's page and waits for its redirect. Raises AirlockError."""
    settings = _discover(provider)
    state, verifier = token_urlsafe(24), token_urlsafe(48)
    with _RedirectServer(port) as server, _create_client(provider, server.redirect_uri) as client:
        parameters = {"audience": provider["audience"]} if provider.get("audience") else {}
        page, _ = client.create_authorization_url(
            settings["authorization_endpoint"], state=state, code_verifier=verifier, **parameters
        )
        open_browser(page)
        query = server.wait()
        if query.get("state") != state or "code" not in query:
            raise AirlockError("sign_in_failed", query.get("error_description") or "The issuer sent no code.")
        url, code = settings["token_endpoint"], query["code"]
        return _fetch(partial(client.fetch_token, url, code=code, code_verifier=verifier), None)


def refresh(provider: Mapping[str, str], refresh_token: str) -> Tokens:
    """Returns new tokens. Raises SignInRequiredError or NetworkError."""
    try:
        with _create_client(provider, None) as client:
            url = _discover(provider)["token_endpoint"]
            return _fetch(partial(client.refresh_token, url, refresh_token), refresh_token)
    except NetworkError:
        raise
    except AirlockError:
        raise SignInRequiredError from None


def _create_client(provider: Mapping[str, str], redirect: str | None) -> OAuth2Session:
    return OAuth2Session(
        client_id=provider["client_id"],
        scope=provider["scope"],
        redirect_uri=redirect,
        code_challenge_method="S256",
        token_endpoint_auth_method="none",  # noqa: S106 (a public client has no secret)
    )


def _discover(provider: Mapping[str, str]) -> dict[str, Any]:
    try:
        response = httpx.get(f"{provider['issuer'].rstrip('/')}/.well-known/openid-configuration")
        settings: dict[str, Any] = response.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise NetworkError from error
    return settings


def _fetch(request: Callable[[], Mapping[str, Any]], earlier: str | None) -> Tokens:
    try:
        return read_tokens(request(), earlier)
    except OAuthError as error:
        raise AirlockError("sign_in_failed", error.description or "The issuer refuses the sign-in.") from None
    except RequestException as error:
        raise NetworkError from error


class _RedirectServer(ThreadingHTTPServer):
    """A server on this machine, of which a redirect of the issuer is the only request that counts.

    Each connection has a thread, because browsers open some in advance, on which they send nothing.
    """

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Redirect)
        self.timeout = 0.2
        self.query: dict[str, str] | None = None

    @property
    def redirect_uri(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{_PATH}"

    def wait(self) -> dict[str, str]:
        """Returns the query of the redirect. Raises AirlockError."""
        deadline = time.monotonic() + _TIMEOUT
        while self.query is None and time.monotonic() < deadline:
            self.handle_request()
        if self.query is None:
            raise AirlockError("sign_in_failed", "Nobody has signed in within five minutes.")
        return self.query


class _Redirect(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        is_redirect = url.path == _PATH
        try:
            self._respond(200 if is_redirect else 404, _PAGE if is_redirect else b"")
        finally:
            # Last, because the command may end as soon as it has the query.
            if is_redirect:
                query = {name: values[0] for name, values in parse_qs(url.query).items()}
                self.server.query = query  # type: ignore[attr-defined]

    def _respond(self, status: int, page: bytes) -> None:
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *arguments: object) -> None:
        """Logs nothing, because the line contains the code."""
