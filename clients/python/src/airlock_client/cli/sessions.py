"""The session of `airlock login`: tokens in a file with mode 0600, refreshed shortly before they expire."""

import json
import time
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Literal

from airlock_client._private_files import write_private
from airlock_client.cli.tokens import Tokens
from airlock_client.errors import SignInRequiredError

_MARGIN = 60.0
"""Seconds before the expiry at which a token is refreshed."""
_READS = 30
"""Times that the file is read for the tokens of another process, which writes it as soon as it has them."""
_PAUSE = 0.1
"""Seconds between two reads."""


@dataclass(frozen=True)
class Session:
    """The API, the tokens for it, and the provider that refreshes them. `provider` has the settings of the module of this kind."""

    endpoint: str
    kind: Literal["cognito", "oidc"]
    provider: dict[str, str]
    tokens: Tokens


def save_session(path: Path, session: Session) -> None:
    write_private(path, json.dumps(asdict(session)))


def load_session(path: Path) -> Session | None:
    """Returns None if nobody is signed in."""
    try:
        fields = json.loads(path.read_text("utf-8"))
        return Session(**{**fields, "tokens": Tokens(**fields["tokens"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


class SessionTokens:
    """The tokens of a session as a client asks for them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()

    def __call__(self, is_fresh: bool) -> str:
        """Raises SignInRequiredError."""
        with self._lock:
            session = load_session(self._path)
            if session is None:
                raise SignInRequiredError
            if is_fresh or time.time() > session.tokens.expires_at - _MARGIN:
                session = self._refresh(session)
            return session.tokens.access_token

    def _refresh(self, session: Session) -> Session:
        if not session.tokens.refresh_token:
            raise SignInRequiredError
        # Imported late, because each loads a large library.
        provider = import_module(f"airlock_client.cli.{session.kind}")
        try:
            tokens = provider.refresh(session.provider, session.tokens.refresh_token)
        except SignInRequiredError:
            return self._read_refreshed(session)
        fresh = replace(session, tokens=tokens)
        save_session(self._path, fresh)
        return fresh

    def _read_refreshed(self, used: Session) -> Session:
        """Returns the session that another process has refreshed. Raises SignInRequiredError if none has.

        An issuer may accept a refresh token once, so that of two processes which use it one is refused.
        """
        for _ in range(_READS):
            session = load_session(self._path)
            if session and session.endpoint == used.endpoint and session.tokens != used.tokens:
                return session
            time.sleep(_PAUSE)
        raise SignInRequiredError
