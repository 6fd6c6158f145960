"""Options of webhooks in CDK context, and the file that they name."""

import tomllib
from dataclasses import dataclass
from typing import Annotated

from functions.features.webhooks.endpoints import Endpoint, parse_endpoints
from functions.option_types import Text
from infra.checks import ContextError
from infra.options import CHECKOUT


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

    @property
    def webhooks(self) -> tuple[Endpoint, ...]:
        """The endpoints. Raises ContextError for a URL that is not public, an unknown event and the like."""
        try:
            text = (CHECKOUT / self.webhooks_file).read_text("utf-8")
            return parse_endpoints(tomllib.loads(text))
        except (OSError, ValueError) as error:
            raise ContextError(f"webhooksFile is {self.webhooks_file!r}: {error}") from error
