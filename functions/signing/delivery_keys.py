"""The private keys that sign URLs of CloudFront, as Secrets Manager has them. `operate keys` writes them, functions read them.

A key is known by the thumbprint of its public key (RFC 7638), so that nobody has to know CloudFront's ids of keys but the
template.
"""

import json
from collections.abc import Container
from dataclasses import dataclass, field, replace
from datetime import datetime

from functions.domain.codes import Code
from functions.domain.errors import Unavailable

REFRESH_SECONDS = 300
"""Time after which a function reads the keys again."""

MAX_AGE_SECONDS = 3_600
"""Time for which a function uses the keys that it has read, while Secrets Manager does not respond."""


def secret_name(stack: str) -> str:
    """Returns the name of the secret of a stack. `operate keys create` creates it before the first deployment."""
    return f"{stack}/delivery-keys"


@dataclass(frozen=True, slots=True)
class DeliveryKey:
    """A private key on the curve P-256. `private` is that of `P256Key.to_text`, `id` the thumbprint of the public key."""

    id: str
    private: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class DeliveryKeys:
    """One key, or two while they rotate. `current` is the id of the one that signs, since `switched_at` in UTC."""

    keys: tuple[DeliveryKey, ...]
    current: str
    switched_at: datetime

    @classmethod
    def from_json(cls, text: str) -> "DeliveryKeys":
        """Parses what `to_json` returned. Raises ValueError, which never contains a key, for anything else."""
        try:
            content = json.loads(text)
            keys = tuple(DeliveryKey(each["id"], each["private"]) for each in content["keys"])
            found = cls(keys, content["current"], datetime.fromisoformat(content["switchedAt"]))
        except (KeyError, TypeError, ValueError):
            raise ValueError("the value in Secrets Manager has no delivery keys") from None
        if found.current not in found.ids:
            raise ValueError("the key that signs is missing in Secrets Manager")
        return found

    def to_json(self) -> str:
        """Returns the value of the secret in Secrets Manager."""
        keys = [{"id": each.id, "private": each.private} for each in self.keys]
        switched_at = self.switched_at.isoformat()
        return json.dumps({"keys": keys, "current": self.current, "switchedAt": switched_at})

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.keys)

    def choose(self, trusted: Container[str]) -> DeliveryKey:
        """Returns the key to sign with: the current one, or the other one where CloudFront does not trust that.

        `trusted` are the ids that the function's deployment has. Raises Unavailable if no key is trusted.
        """
        for each in sorted(self.keys, key=lambda key: key.id != self.current):
            if each.id in trusted:
                return each
        raise Unavailable(
            Code.STORAGE_UNAVAILABLE, "No delivery key is deployed: see docs/edge.md.", retry_after=60
        )

    def add(self, key: DeliveryKey) -> "DeliveryKeys":
        """Adds a key that does not sign yet. Raises ValueError if there are two."""
        if len(self.keys) > 1:
            raise ValueError("there are two keys already; remove one of them first")
        return replace(self, keys=(*self.keys, key))

    def switch(self, now: datetime) -> "DeliveryKeys":
        """Lets the other key sign. Raises ValueError if there is only one."""
        if len(self.keys) < 2:
            raise ValueError("there is no other key; create one and deploy it first")
        [other] = [each.id for each in self.keys if each.id != self.current]
        return replace(self, current=other, switched_at=now)

    def remove_other(self) -> "DeliveryKeys":
        """Removes the key that does not sign."""
        return replace(self, keys=tuple(each for each in self.keys if each.id == self.current))
