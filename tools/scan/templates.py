"""Synthesises the stack in each variant that scanners check: `python -m tools.scan.templates DIRECTORY`."""

import sys
from collections.abc import Mapping
from pathlib import Path

from infra.build import build
from infra.bundle import WITHOUT_BUNDLING

DELIVERY_KEY = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q=="
"""The public key whose private one is 1: the generator of the curve (SEC 2, 2.4.2). It signs nothing here."""

VARIANTS: Mapping[str, Mapping[str, object]] = {
    "default": {},
    "production": {
        "stage": "prod",
        "webOrigins": "https://app.example.com",
        "kms": True,
        "oidcIssuer": "https://id.example.com",
        "oidcAudience": "web",
        "scopes": "documents",
    },
    "inventory": {"inventory": True, "audit": True, "kms": True},
    "webhooks": {"webhooksFile": "tests/infra/webhooks.toml", "kms": True},
    "clamav": {"kindsFile": "tests/infra/scan_kinds.toml", "scanner": "clamav", "kms": True},
    "push": {"push": True, "kms": True},
    "page": {"page": True, "kms": True},
    "cdn": {"cdn": True, "deliveryKeys": DELIVERY_KEY, "kms": True},
    "waf": {
        "waf": True,
        "apiDomain": "api.example.com",
        "apiCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0",
    },
    "guardduty": {"kindsFile": "tests/infra/scan_kinds.toml", "scanner": "guardduty", "kms": True},
}
"""Name -> context. Together they contain each resource that the stack can have."""


def synthesise_variants(directory: Path) -> None:
    """Writes each variant to a subdirectory of its name."""
    for name, context in VARIANTS.items():
        build({**WITHOUT_BUNDLING, **context}, outdir=str(directory / name)).synth()


if __name__ == "__main__":
    synthesise_variants(Path(sys.argv[1]))
