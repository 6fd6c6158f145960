"""Invocations of the sweeps function, and a sweep with a later clock."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from functions import wiring
from functions.lambdas import sweeps
from tests.lambdas.events import Context


def sweep(remaining: int = 300_000) -> dict[str, int]:
    """Runs one sweep with `remaining` milliseconds and returns its outcomes."""
    return sweeps.lambda_handler({}, Context(remaining))


def redrive(*orders: dict[str, str]) -> dict[str, int]:
    """Redrives documents as an operator does, and returns the outcomes."""
    return sweeps.lambda_handler({"redrive": [*orders]}, Context())


def sweep_later(by: timedelta) -> Counter[str]:
    """Runs one sweep whose clock is `by` ahead of the one that moto writes into every LastModified."""
    later = replace(wiring.sweep_service(), clock=lambda: wiring.now() + by)
    return later.sweep(lambda: False)
