"""Options of webhooks in CDK context, and the file that they name."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from functions.features.webhooks.endpoints import Endpoint, parse_endpoints
from functions.settings import Text

_CHECKOUT = Path(__file__).parent.parent


@dataclass(frozen=True, kw_only=True)
class WebhookOptions:
    """Options of a deployment that sends events to endpoints."""

    webhooks_file: Annotated[
        str,
        Text(
            doc="File with the endpoints that events are sent to: see [webhooks](webhooks.md). It is validated. Each endpoint "
            "has a queue, a function and a secret, which costs $0.40 a month.",
            accepts="the path of a `.toml` file, relative to the checkout",
            pattern=r"\S.*\.toml",
        ),
    ] = "functions/webhooks.toml"


def read_endpoints(webhooks_file: str, known_kinds: Iterable[str]) -> tuple[Endpoint, ...]:
    """Parses the file. Raises OSError, and ValueError for a URL that is not public, an unknown kind and the like."""
    text = (_CHECKOUT / webhooks_file).read_text("utf-8")
    return parse_endpoints(tomllib.loads(text), known_kinds)
