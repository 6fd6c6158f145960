"""One hypothesis profile for all tests: the same examples on every run, and no clock that judges them."""

import pytest
from hypothesis import HealthCheck, settings

from tests.counted import Totals, counted

__all__ = ["counted"]

settings.register_profile(
    "airlock",
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("airlock")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Totals())
