"""A secret in Secrets Manager.

IAM action: secretsmanager:GetSecretValue.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from functions.adapters.boto3_faults import unavailable_when_faulty
from functions.domain.codes import Code

CACHE_SECONDS = 300
"""Time for which a value is used without another request. A rotated secret stays valid for longer than that."""


class SecretsManagerClient(Protocol):
    """The operation of boto3's client that is used."""

    def get_secret_value(self, *, SecretId: str) -> Mapping[str, Any]: ...  # noqa: N803 - boto3's name


class CachedSecret:
    """The current value of one secret. Its representation does not contain the value."""

    def __init__(
        self, client: SecretsManagerClient, arn: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._arn = arn
        self._clock = clock
        self._value = ""
        self._expires_at = float("-inf")

    def read(self) -> str:
        """Returns the value of at most `CACHE_SECONDS` ago. Raises Unavailable.

        Threads that read at the same time may request the value twice.
        """
        if self._clock() >= self._expires_at:
            with unavailable_when_faulty(Code.SIGNING_UNAVAILABLE, "Secrets Manager"):
                answer = self._client.get_secret_value(SecretId=self._arn)
            self._value = answer["SecretString"]
            self._expires_at = self._clock() + CACHE_SECONDS
        return self._value
