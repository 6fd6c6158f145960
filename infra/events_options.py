"""Options of events in CDK context."""

from dataclasses import dataclass
from typing import Annotated

from functions.function_options import FunctionOptions
from functions.option_types import Flag
from infra.checks import ContextError
from infra.options import context_key

_BANDS = ("suspicious_creates", "suspicious_bytes", "suspicious_rejections")


@dataclass(frozen=True, kw_only=True)
class EventsOptions(FunctionOptions):
    """Options of a deployment that publishes events. The bands of owners are options of its functions."""

    events: Annotated[
        bool,
        Flag(
            doc="Publishes each change of a document's status to an event bus of the deployment, for other stacks to "
            "subscribe to: see [events](events.md)."
        ),
    ] = False
    block_suspicious: Annotated[
        bool,
        Flag(
            doc="Blocks the creates of an owner for whom [`owner.suspicious`](events.md#suspicious-owners) is published, until an "
            "operator [unblocks](operate.md#block) the owner. Requires one of the bands of suspicious owners."
        ),
    ] = False


def has_bands(options: FunctionOptions) -> bool:
    """Returns True if a counter of owners can be suspicious."""
    return any(getattr(options, name) for name in _BANDS)


def check_block(options: EventsOptions) -> None:
    """Raises ContextError for a block that nothing causes."""
    if options.block_suspicious and not has_bands(options):
        names = ", ".join(map(context_key, _BANDS))
        raise ContextError(f"blockSuspicious: requires {names}, or one of them")
