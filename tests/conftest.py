"""One hypothesis profile for all tests: the same examples on every run, and no clock that judges them."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.bad_input import TABLE
from tests.counted import Counted, Totals, counted

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


_HERE = Path(__file__).parent
_BAD_INPUT = {test for row in TABLE for test in row.tests}


@pytest.fixture(autouse=True)
def _bad_input(request: pytest.FixtureRequest, counted: Counted) -> None:
    """One for each case of the tests that the table of bad input names."""
    name = getattr(request.node, "originalname", None)
    if request.path.is_relative_to(_HERE) and (
        f"{request.path.relative_to(_HERE).as_posix()}::{name}" in _BAD_INPUT
    ):
        counted("bad inputs", 1)
