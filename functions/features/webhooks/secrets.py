"""The secrets of one endpoint, as Secrets Manager has them: the current one, and earlier ones that are still valid for a while."""

import json
from dataclasses import dataclass, field
from datetime import datetime

PREFIX = "whsec_"
"""Prefix with which libraries of Standard Webhooks expect a secret. Secrets Manager has it without."""


@dataclass(frozen=True, slots=True)
class EarlierSecret:
    """A secret that signs, beside the current one, until `expires_at` in UTC."""

    value: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EndpointSecrets:
    """The secrets of one endpoint. Each is base64 of at least 24 bytes."""

    current: str = field(repr=False)
    earlier: tuple[EarlierSecret, ...] = ()

    @classmethod
    def from_json(cls, text: str) -> "EndpointSecrets":
        """Parses what `to_json` returned. Raises ValueError, which never contains a secret, for anything else."""
        try:
            content = json.loads(text)
            return cls(content["current"], tuple(_parse_earlier(each) for each in content["earlier"]))
        except (KeyError, TypeError, ValueError):
            raise ValueError("the value in Secrets Manager is not that of an endpoint") from None

    def to_json(self) -> str:
        """Returns the value of the secret in Secrets Manager."""
        earlier = [{"secret": each.value, "expiresAt": each.expires_at.isoformat()} for each in self.earlier]
        return json.dumps({"current": self.current, "earlier": earlier})

    def list_valid(self, now: datetime) -> list[str]:
        """Returns the secrets that sign at this time, the current one first."""
        return [self.current, *(each.value for each in self._unexpired(now))]

    def rotate(self, new: str, now: datetime, expires_at: datetime) -> "EndpointSecrets":
        """Returns the secrets with a new current one. The one before signs too, until `expires_at`."""
        return EndpointSecrets(new, (EarlierSecret(self.current, expires_at), *self._unexpired(now)))

    def _unexpired(self, now: datetime) -> list[EarlierSecret]:
        return [each for each in self.earlier if now < each.expires_at]


def _parse_earlier(content: dict[str, str]) -> EarlierSecret:
    return EarlierSecret(content["secret"], datetime.fromisoformat(content["expiresAt"]))
