"""The command line's sign-in at an OpenID Connect issuer, and the session that it keeps."""

import base64
import hashlib
import json
import secrets
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from airlock_client import AirlockError, SignInRequiredError
from airlock_client.cli import oidc
from airlock_client.cli.sessions import Session, SessionTokens, load_session, save_session
from airlock_client.cli.tokens import Tokens
from tests.journeys.origins import Handler, serve


@dataclass
class Issuer:
    """The state of an issuer that signs everybody in."""

    origin: str = ""
    challenge: str = ""
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(8))
    error: dict[str, str] | None = None
    on_refresh: Callable[[], object] = lambda: None

    @property
    def provider(self) -> dict[str, str]:
        return {"issuer": self.origin, "client_id": "cli", "scope": "openid files", "audience": ""}


class _IssuerHandler(Handler):
    def do_GET(self) -> None:  # noqa: N802 (http.server)
        issuer, url = self.server.state, urlsplit(self.path)  # type: ignore[attr-defined]
        if url.path == "/.well-known/openid-configuration":
            endpoints = {
                "authorization_endpoint": f"{issuer.origin}/authorize",
                "token_endpoint": f"{issuer.origin}/token",
            }
            self.respond(200, json.dumps(endpoints).encode(), {"content-type": "application/json"})
            return
        asked = dict(parse_qsl(url.query))
        assert (asked["code_challenge_method"], asked["scope"]) == ("S256", "openid files")
        issuer.challenge = asked["code_challenge"]
        answer = issuer.error or {"code": "a-code", "state": asked["state"]}
        self.respond(302, b"", {"location": str(httpx.URL(asked["redirect_uri"], params=answer))})

    def do_POST(self) -> None:  # noqa: N802
        issuer = self.server.state  # type: ignore[attr-defined]
        form = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
        if form["grant_type"] == "refresh_token":
            issuer.on_refresh()
            is_valid = form["refresh_token"] == issuer.refresh_token
        else:
            digest = hashlib.sha256(form["code_verifier"].encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            is_valid = (form["code"], challenge) == ("a-code", issuer.challenge)
        tokens = {"access_token": "fresh", "token_type": "Bearer", "expires_in": 600}
        if form["grant_type"] != "refresh_token":
            tokens["refresh_token"] = issuer.refresh_token
        status, body = (200, tokens) if is_valid else (400, {"error": "invalid_grant"})
        self.respond(status, json.dumps(body).encode(), {"content-type": "application/json"})


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    state = Issuer()
    with serve(_IssuerHandler, state) as origin:
        state.origin = origin
        yield state


def follow(url: str) -> None:
    """Follows redirects like a browser that the user has signed in with, at the same time as the command waits."""
    threading.Thread(target=lambda: httpx.get(url, follow_redirects=True), daemon=True).start()


def test_a_user_signs_in_with_a_code_and_a_proof_of_the_key(issuer: Issuer) -> None:
    tokens = oidc.sign_in(issuer.provider, 0, follow)

    assert (tokens.access_token, tokens.refresh_token) == ("fresh", issuer.refresh_token)


def test_a_connection_that_a_browser_opens_in_advance_does_not_delay_the_sign_in(issuer: Issuer) -> None:
    idle = socket.socket()
    closing = threading.Timer(10.0, idle.close)

    def connect_and_follow(url: str) -> None:
        redirect = httpx.URL(dict(parse_qsl(urlsplit(url).query))["redirect_uri"])
        idle.connect((redirect.host, redirect.port))
        closing.start()
        follow(url)

    with idle:
        assert oidc.sign_in(issuer.provider, 0, connect_and_follow).access_token == "fresh"
        assert idle.fileno() != -1
    closing.cancel()


def test_a_code_that_this_sign_in_has_not_asked_for_is_refused(issuer: Issuer) -> None:
    issuer.error = {"code": "a-code", "state": "of another sign-in"}

    with pytest.raises(AirlockError, match="sign_in_failed"):
        oidc.sign_in(issuer.provider, 0, follow)


def test_an_expired_token_is_refreshed_and_kept(issuer: Issuer, tmp_path: Path) -> None:
    path = tmp_path / "private" / "session.json"
    expired = Tokens("expired", issuer.refresh_token, expires_at=0.0)
    save_session(path, Session("https://api.example", "oidc", issuer.provider, expired))

    assert SessionTokens(path)(False) == "fresh"

    kept = load_session(path)
    assert kept is not None
    assert (kept.tokens.access_token, kept.tokens.refresh_token) == ("fresh", issuer.refresh_token)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "fresh" not in repr(kept)


@pytest.mark.parametrize("refresh_token", ["revoked", None])
def test_a_session_that_has_ended_requires_another_sign_in(
    issuer: Issuer, tmp_path: Path, refresh_token: str | None
) -> None:
    path = tmp_path / "session.json"
    tokens = Tokens("expired", refresh_token, expires_at=0.0)
    save_session(path, Session("https://api.example", "oidc", issuer.provider, tokens))

    with pytest.raises(SignInRequiredError):
        SessionTokens(path)(False)


@pytest.mark.parametrize("delay", [0.0, 0.2], ids=["at once", "shortly after"])
def test_a_refresh_token_that_another_process_has_used_leads_to_its_session(
    issuer: Issuer, tmp_path: Path, delay: float
) -> None:
    path = tmp_path / "session.json"
    used = Session("https://api.example", "oidc", issuer.provider, Tokens("expired", "used", expires_at=0.0))
    fresh = replace(used, tokens=Tokens("of the other process", "next", expires_at=9e9))
    save_session(path, used)
    issuer.on_refresh = threading.Timer(delay, save_session, (path, fresh)).start

    assert SessionTokens(path)(False) == "of the other process"
    assert load_session(path) == fresh


def test_a_damaged_session_is_none(tmp_path: Path) -> None:
    (tmp_path / "session.json").write_text("{}")

    assert load_session(tmp_path / "session.json") is None
