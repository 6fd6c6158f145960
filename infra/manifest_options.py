"""Options of signed manifests in CDK context."""

from dataclasses import dataclass
from typing import Annotated

from functions.option_types import Flag, Number
from infra.options import TextList

_MAX_EARLIER_KEYS = 8
"""They are in the environment of one function, which has at most 4 KB."""


@dataclass(frozen=True, kw_only=True)
class ManifestOptions:
    """Options of a deployment that signs manifests, and of its keys."""

    manifest: Annotated[
        bool,
        Flag(
            doc="Serves a signed statement of what each ready document is, and the public keys that verify it: see "
            "[manifests](manifest.md). The stack then has a KMS key, which costs $1 a month."
        ),
    ] = False
    manifest_key_number: Annotated[
        int,
        Number(
            doc="Number of the KMS key that signs manifests. With another number the stack creates another key: see "
            "[rotation](manifest.md#rotate-the-key).",
            unit="count",
            maximum=1_000,
        ),
    ] = 1
    # The DER of a SubjectPublicKeyInfo with a point of P-256 has 91 bytes, of which the first 27 are the same for every key.
    manifest_earlier_keys: Annotated[
        tuple[str, ...],
        TextList(
            doc="Public keys that have signed manifests before, so that those manifests can still be verified.",
            accepts=f"up to {_MAX_EARLIER_KEYS} public keys on the curve P-256, as `aws kms get-public-key` prints them (base64 of DER)",
            pattern=r"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[A-Za-z0-9+/]{86}==",
            max_items=_MAX_EARLIER_KEYS,
        ),
    ] = ()
