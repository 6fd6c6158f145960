"""Signers with the credentials of the function's role, which AWS replaces while the function runs."""

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


def credentials_from_environment() -> Credentials:
    """Returns the role's credentials from the environment variables that Lambda sets, without loading botocore.

    Outside Lambda, botocore finds the credentials. Raises Unavailable if there are none.
    """
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if key and secret:
        return Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN"))
    return credentials_from_session(_create_session())


def credentials_from_session(session: "Session") -> Credentials:
    """Returns the credentials of a botocore session. Raises Unavailable if there are none."""
    provider_credentials = session.get_credentials()
    frozen = provider_credentials.get_frozen_credentials() if provider_credentials else None
    if frozen is None or frozen.access_key is None or frozen.secret_key is None:
        raise Unavailable(Code.STORAGE_UNAVAILABLE, "The service has no signing credentials.", retry_after=1)
    # Only refreshable credentials have an expiry, and botocore has no public name for it.
    expires_at: datetime | None = getattr(provider_credentials, "_expiry_time", None)
    return Credentials(frozen.access_key, frozen.secret_key, frozen.token, expires_at)


class RoleSigner:
    """Provider of a signer with the current credentials of the role, to be called for each request.

    The signer stays the same until the credentials change.
    """

    def __init__(self, credentials: Callable[[], Credentials], region: str, endpoint: Endpoint) -> None:
        self._credentials = credentials
        self._region = region
        self._endpoint = endpoint
        self._signer: tuple[Credentials, Signer] | None = None

    def __call__(self) -> Signer:
        """Returns the signer. Raises Unavailable if the role has no credentials."""
        credentials = self._credentials()
        if self._signer is None or self._signer[0] != credentials:
            self._signer = (credentials, Signer(credentials, self._region, self._endpoint))
        return self._signer[1]


@cache
def _create_session() -> "Session":
    import botocore.session

    return botocore.session.Session()
