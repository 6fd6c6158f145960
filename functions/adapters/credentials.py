"""Signers from the function's own credentials, which change under a running function."""

import os
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from functions.domain.codes import Code
from functions.domain.errors import Unavailable
from functions.signing.credentials import Credentials
from functions.signing.endpoint import Endpoint
from functions.signing.sigv4 import Signer

if TYPE_CHECKING:
    from botocore.session import Session


def of_environment() -> Credentials:
    """Lambda puts its role's credentials into the environment; everywhere else they are botocore's to find.

    So nobody waits for botocore where there is nothing to find. Raises Unavailable.
    """
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN"))
    return of_session(_session())


def of_session(session: "Session") -> Credentials:
    """Raises Unavailable when the role has no credentials at the moment."""
    provided = session.get_credentials()
    frozen = provided.get_frozen_credentials() if provided else None
    if frozen is None or frozen.access_key is None or frozen.secret_key is None:
        raise Unavailable(
            Code.STORAGE_UNAVAILABLE, "The service has no credentials to sign with.", retry_after=1
        )
    # Only refreshable credentials know when they die, and botocore gives that no public name.
    expires_at: datetime | None = getattr(provided, "_expiry_time", None)
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token, expires_at)


class RoleSigner:
    """Called for each request; makes a new signer only when the role's credentials have changed."""

    def __init__(self, credentials: Callable[[], Credentials], region: str, endpoint: Endpoint) -> None:
        self._credentials = credentials
        self._region = region
        self._endpoint = endpoint
        self._signer: tuple[Credentials, Signer] | None = None

    def __call__(self) -> Signer:
        """Raises Unavailable when the role has no credentials at the moment."""
        credentials = self._credentials()
        if self._signer is None or self._signer[0] != credentials:
            self._signer = (credentials, Signer(credentials, self._region, self._endpoint))
        return self._signer[1]


@cache
def _session() -> "Session":
    import botocore.session

    return botocore.session.Session()
