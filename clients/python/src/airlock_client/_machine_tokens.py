"""Machine tokens: a back end exchanges its id and secret for an access token (OAuth 2.0 client credentials, RFC 6749, 4.4)."""

import time
from collections.abc import Callable
from threading import Lock

import httpx

from airlock_client.errors import NetworkError, ProblemError, SignInRequiredError

_MARGIN = 60.0
"""Seconds before its expiry at which a token is replaced, because a request takes time."""
_TIMEOUT = httpx.Timeout(10.0)


class ClientCredentials:
    """The `token` of a client for a back end. It keeps a token until it expires, and asks for the next one then.

    `token_url` is the output `TokenUrl` of the deployment, or the endpoint of your issuer, which may want a `scope`. An
    object may serve several clients and threads. `transport` and `clock` are for tests.
    """

    def __init__(
        self,
        token_url: str,
        client_id: str,
        client_secret: str,
        *,
        scope: str | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._token_url = token_url
        self._credentials = (client_id, client_secret)
        self._form = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        self._transport = transport
        self._clock = clock
        self._lock = Lock()
        self._token: str | None = None
        self._expires_at = 0.0

    def __call__(self, is_fresh: bool) -> str:
        """Returns an access token, with `is_fresh` a new one. Raises SignInRequiredError or NetworkError."""
        with self._lock:
            if is_fresh or self._token is None or self._clock() >= self._expires_at:
                self._token, lifetime = self._fetch()
                self._expires_at = self._clock() + lifetime - _MARGIN
            return self._token

    def _fetch(self) -> tuple[str, float]:
        """Returns a token and its lifetime in seconds."""
        try:
            with httpx.Client(transport=self._transport, timeout=_TIMEOUT) as http:
                response = http.post(self._token_url, data=self._form, auth=self._credentials)
        except httpx.TransportError as error:
            raise NetworkError from error
        return _read_token(response)


def _read_token(response: httpx.Response) -> tuple[str, float]:
    if response.status_code == 429 or response.status_code >= 500:
        raise ProblemError("token_unavailable", "The issuer is busy.", status=response.status_code)
    try:
        body = response.json()
        return str(body["access_token"]), float(body.get("expires_in", 0))
    except (ValueError, KeyError, TypeError):
        raise SignInRequiredError from None
