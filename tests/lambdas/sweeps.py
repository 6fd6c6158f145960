"""The janitor's round, now and as it would be later."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from functions import wiring
from functions.lambdas import sweeps
from tests.lambdas.events import Context


def sweep(remaining: int = 300_000) -> dict[str, int]:
    """`remaining` is the milliseconds that Lambda leaves it."""
    return sweeps.lambda_handler({}, Context(remaining))


def redrive(*orders: dict[str, str]) -> dict[str, int]:
    """What an operator does by hand."""
    return sweeps.lambda_handler({"redrive": [*orders]}, Context())


def sweep_later(by: timedelta) -> Counter[str]:
    """With a clock that is `by` ahead of S3's, which moto shows in every LastModified."""
    later = replace(wiring.sweep_service(), clock=lambda: wiring.now() + by)
    return later.sweep(lambda: False)
