"""Signs in with a browser at any OpenID Connect issuer: the code flow with PKCE and a redirect to this machine (RFC 8252)."""

import webbrowser
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from secrets import token_urlsafe
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2 import OAuth2Error

from airlock_client.cli.tokens import Tokens, read_tokens
from airlock_client.errors import AirlockError, NetworkError, SignInRequiredError

_TIMEOUT = 300.0
"""Seconds until the user must have signed in."""
_PAGE = b"<!doctype html><title>Airlock</title><p>You can close this page and return to the terminal."


def sign_in(
    provider: Mapping[str, str], port: int, open_browser: Callable[[str], object] = webbrowser.open
) -> Tokens:
    """Opens the issuer's page and waits for its redirect. Raises AirlockError."""
    settings = _discover(provider)
    state, verifier = token_urlsafe(24), token_urlsafe(48)
    with HTTPServer(("127.0.0.1", port), _Redirect) as server:
        client = _create_client(provider, f"http://127.0.0.1:{server.server_port}/callback")
        parameters = {"audience": provider["audience"]} if provider.get("audience") else {}
        url, _ = client.create_authorization_url(
            settings["authorization_endpoint"], state=state, code_verifier=verifier, **parameters
        )
        open_browser(url)
        query = _wait_for_redirect(server)
    if query.get("state") != state or "code" not in query:
        raise AirlockError("sign_in_failed", query.get("error_description") or "The issuer sent no code.")
    return _fetch(client.fetch_token, settings["token_endpoint"], code=query["code"], code_verifier=verifier)


def refresh(provider: Mapping[str, str], refresh_token: str) -> Tokens:
    """Returns new tokens. Raises SignInRequiredError or NetworkError."""
    client = _create_client(provider, None)
    try:
        return _fetch(client.refresh_token, _discover(provider)["token_endpoint"], refresh_token)
    except NetworkError:
        raise
    except AirlockError:
        raise SignInRequiredError from None


def _create_client(provider: Mapping[str, str], redirect: str | None) -> OAuth2Client:
    return OAuth2Client(
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


def _fetch(request: Callable[..., Any], *arguments: Any, **options: Any) -> Tokens:
    earlier = arguments[1] if len(arguments) > 1 else None
    try:
        return read_tokens(request(*arguments, **options), earlier)
    except OAuth2Error as error:
        raise AirlockError("sign_in_failed", error.description or "The issuer refuses the sign-in.") from None
    except httpx.HTTPError as error:
        raise NetworkError from error


def _wait_for_redirect(server: HTTPServer) -> dict[str, str]:
    server.timeout = _TIMEOUT
    server.RequestHandlerClass = _Redirect
    _Redirect.query = {}
    server.handle_request()
    return _Redirect.query


class _Redirect(BaseHTTPRequestHandler):
    """Receives the one redirect of the browser."""

    query: dict[str, str] = {}  # noqa: RUF012

    def do_GET(self) -> None:
        values = parse_qs(urlsplit(self.path).query)
        type(self).query = {name: found[0] for name, found in values.items()}
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(_PAGE)

    def log_message(self, format: str, *arguments: object) -> None:
        """Logs nothing, because the line contains the code."""
