"""Options of how much runs at a time, in CDK context."""

from dataclasses import dataclass
from typing import Annotated

from functions.domain.step_definitions import MAX_CONCURRENCY, MIN_CONCURRENCY
from functions.option_types import Number


def _concurrency(doc: str) -> Number:
    """Returns the option for the maximum concurrency of the event source mapping of a queue. It reserves nothing."""
    return Number(doc=doc, unit="count", minimum=MIN_CONCURRENCY, maximum=MAX_CONCURRENCY)


@dataclass(frozen=True, kw_only=True)
class ConcurrencyOptions:
    """Maximum concurrency of the event source mapping of each queue."""

    pipeline_concurrency: Annotated[
        int,
        _concurrency(
            "Maximum number of batches, of up to 10 files each, that `pipeline` processes at a time from the upload events, "
            "and as many from the results of each step."
        ),
    ] = 50
    large_copy_concurrency: Annotated[
        int,
        _concurrency(
            "Maximum number of files above 5 GiB that are copied at a time. Each copies 32 parts concurrently."
        ),
    ] = 10
    sweep_concurrency: Annotated[
        int, _concurrency("Maximum number of slices of sweeps that run at a time.")
    ] = 5
    purge_concurrency: Annotated[
        int,
        _concurrency(
            "Maximum number of batches, of up to 10 deleted documents each, whose bytes are deleted at a time."
        ),
    ] = 10
