"""The private keys that sign URLs of CloudFront: their creation before the first deployment, and their rotation.

The keys are in a secret that is no resource of the stack, so that no command of this module changes one.
"""

import base64
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from functions.adapters.p256_key import P256Key
from functions.signing.delivery_keys import DeliveryKey, DeliveryKeys, secret_name
from operate.aws_calls import error_code, translate_errors
from operate.deployment import Deployment
from operate.errors import OperateError

WAIT = timedelta(hours=1, minutes=5)
"""Time after a switch for which URLs of the key before may be valid: an hour for which a function may use the keys that it
has read, and the longest lifetime of a URL.
"""


class KeyStore:
    """The keys of one stage. IAM actions: secretsmanager:CreateSecret, GetSecretValue, PutSecretValue."""

    def __init__(self, client: Any, stack: str) -> None:
        self._client = client
        self.name = secret_name(stack)

    def read(self) -> DeliveryKeys | None:
        """Returns the keys, None before the first one. Raises OperateError."""
        try:
            text = self._client.get_secret_value(SecretId=self.name)["SecretString"]
        except ClientError as error:
            if error_code(error) == "ResourceNotFoundException":
                return None
            raise OperateError(str(error)) from error
        return _parse(text)

    def require(self) -> DeliveryKeys:
        """Returns the keys. Raises OperateError if there is none."""
        keys = self.read()
        if keys is None:
            raise OperateError("there are no keys; run `keys create`")
        return keys

    def create(self, now: datetime) -> DeliveryKeys:
        """Creates the first key, which signs, or a second one, which does not sign yet. Raises OperateError."""
        key = P256Key.generate()
        new = DeliveryKey(key.public_key().thumbprint, key.to_text())
        keys = self.read()
        if keys is None:
            created = DeliveryKeys((new,), new.id, now)
            with translate_errors():
                self._client.create_secret(
                    Name=self.name,
                    Description="Signs the download URLs of CloudFront. See docs/edge.md.",
                    SecretString=created.to_json(),
                )
            return created
        return self._write(_translate(keys.add, new))

    def switch(self, deployed: frozenset[str], now: datetime) -> DeliveryKeys:
        """Lets the other key sign, if CloudFront trusts it. `deployed` are the ids of the deployed keys. Raises OperateError."""
        switched: DeliveryKeys = _translate(self.require().switch, now)
        if switched.current not in deployed:
            raise OperateError(
                "the other key is not deployed; deploy with the deliveryKeys that `keys list` prints"
            )
        return self._write(switched)

    def remove(self, now: datetime) -> DeliveryKeys:
        """Removes the key that does not sign, once no URL of it can be valid. Raises OperateError."""
        keys = self.require()
        if now < keys.switched_at + WAIT:
            until = (keys.switched_at + WAIT).isoformat(timespec="seconds")
            raise OperateError(f"URLs of the other key may be valid until {until}; remove it after that")
        return self._write(keys.remove_other())

    def _write(self, keys: DeliveryKeys) -> DeliveryKeys:
        with translate_errors():
            self._client.put_secret_value(SecretId=self.name, SecretString=keys.to_json())
        return keys


def read_deployed(deployment: Deployment) -> frozenset[str]:
    """Returns the ids of the keys that CloudFront trusts. Raises OperateError while a deployment runs."""
    if not deployment.is_settled:
        raise OperateError("a deployment of the stack is running; wait until it ends")
    return frozenset(deployment.output("DeliveryKeys").split(","))


def list_public_keys(keys: DeliveryKeys) -> list[str]:
    """Returns the public keys as `deliveryKeys` of the context takes them."""
    return [base64.b64encode(P256Key.from_text(each.private).public_der()).decode() for each in keys.keys]


def _translate(change: Any, *arguments: Any) -> DeliveryKeys:
    try:
        changed: DeliveryKeys = change(*arguments)
    except ValueError as error:
        raise OperateError(str(error)) from error
    return changed


def _parse(text: str) -> DeliveryKeys:
    return _translate(DeliveryKeys.from_json, text)
