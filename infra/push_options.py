"""Options of push in CDK context, beside those that the functions read."""

from dataclasses import dataclass
from typing import Annotated

from functions.option_types import Number


@dataclass(frozen=True, kw_only=True)
class PushOptions:
    """Limits of the connections of all owners together."""

    connection_rate: Annotated[
        int,
        Number(
            doc="WebSocket handshakes per second that push accepts from all clients together. Whoever has no ticket is refused "
            "by a function, so a higher rate is a higher bill if somebody abuses it. The quota of an account is 500.",
            unit="count",
            maximum=500,
        ),
    ] = 100
    push_concurrency: Annotated[
        int,
        Number(
            doc="Maximum number of batches, of up to 10 changes each, that push sends at a time.",
            unit="count",
            minimum=2,
            maximum=1_000,
        ),
    ] = 10
