"""Invocations of the sweeps function, and a sweep with a later clock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from functions import wiring
from functions.lambdas import sweeps
from functions.services.sweeps.service import STAGING_COMPLETED
from functions.wiring.sweeps import sweep_service
from tests.lambdas.events import Context


def sweep_within(remaining: int) -> dict[str, int]:
    """Runs one sweep with `remaining` milliseconds and returns its outcomes."""
    return sweeps.lambda_handler({}, Context(remaining))


def sweep() -> dict[str, int]:
    """Runs one sweep, which completes staging, and returns its other outcomes."""
    return _without_completion(sweep_within(300_000))


def redrive(*orders: dict[str, str]) -> dict[str, int]:
    """Redrives documents as an operator does, and returns the outcomes."""
    return sweeps.lambda_handler({"redrive": [*orders]}, Context())


def sweep_later(by: timedelta) -> dict[str, int]:
    """Does the same with a clock that is `by` ahead of the one that moto writes into every LastModified."""
    later = replace(sweep_service(), clock=lambda: wiring.now() + by)
    return _without_completion(later.sweep(lambda: False))


def _without_completion(outcomes: Mapping[str, int]) -> dict[str, int]:
    assert outcomes[STAGING_COMPLETED] == 1
    return {outcome: number for outcome, number in outcomes.items() if outcome != STAGING_COMPLETED}
