"""The deployment with a local CloudFront as an operator has it: its keys, its deployments, and URLs that a key of it signs."""

import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from botocore.signers import CloudFrontSigner

from functions.adapters.p256_key import P256Key
from local.deployment import STACK, publish_assets, read_template, synthesise, update_stack
from local.stack import LocalStack
from local.template import remove_tls_statements, resolve_region
from operate.delivery_keys import WAIT, KeyStore, list_public_keys
from tests.journeys.admin_client import AdminClient

CONTEXT = {"cdn": "true", "kindsFile": "tests/journeys/delivery_kinds.toml"}
_numbers = count()


@dataclass(frozen=True)
class Edge:
    """`stack` was started with CONTEXT."""

    stack: LocalStack

    @property
    def _keys(self) -> KeyStore:
        return KeyStore(self.stack.emulator.client("secretsmanager"), STACK)

    def list_public_keys(self) -> list[str]:
        """Returns the value of `deliveryKeys`."""
        return list_public_keys(self._keys.require())

    def find_signing_key(self) -> P256Key:
        keys = self._keys.require()
        return P256Key.from_text(next(each.private for each in keys.keys if each.id == keys.current))

    def remove_other_key(self) -> None:
        """Removes the key that does not sign, as an operator does after the wait."""
        self._keys.remove(datetime.now(UTC) + WAIT + timedelta(seconds=1))

    def deploy(self, keys: Iterable[str]) -> None:
        """Deploys with these public keys: the stack first, then the distribution at the edge."""
        emulator, edge = self.stack.emulator, self.stack.edge
        assert edge is not None
        outdir = emulator.folder / f"cdk.out.{next(_numbers)}"
        origins = ",".join(self.stack.web_origins)
        synthesise({**CONTEXT, "webOrigins": origins, "deliveryKeys": ",".join(keys)}, outdir, "app")
        publish_assets(emulator, outdir / f"{STACK}.assets.json")
        template = read_template(outdir)
        changed = edge.change(resolve_region(remove_tls_statements(template), self.stack.region))
        update_stack(emulator, STACK, changed)
        edge.redeploy(emulator, template)

    def restart_functions(self) -> None:
        """Ends every process of the function that signs URLs, as five minutes do for the keys that it has read."""
        client = AdminClient(self.stack).client("lambda")
        name = AdminClient(self.stack).function_name("Documents")
        variables: dict[str, Any] = client.get_function_configuration(FunctionName=name)["Environment"]
        variables["Variables"]["RESTARTED_AT"] = str(time.time())
        client.update_function_configuration(FunctionName=name, Environment=variables)


def sign(url: str, key: P256Key, *, lifetime: int = 60) -> str:
    """Returns a URL of the edge signed anew, under the key's id that it has. `lifetime` is in seconds from now."""
    base, _, signature = url.partition("&Expires=")
    (key_id,) = re.findall("Key-Pair-Id=([^&]+)", signature)
    signer = CloudFrontSigner(key_id, lambda policy: key.sign(hashlib.sha256(policy).digest()))
    expires = datetime.now(UTC) + timedelta(seconds=lifetime)
    return f"{signer.generate_presigned_url(base, date_less_than=expires)}&Hash-Algorithm=SHA256"
