"""The pytest plugin: one service for a test session, which each test that uses `airlock` finds empty."""

from collections.abc import Iterator

import pytest

from airlock_testing.client import Airlock
from airlock_testing.process import start_airlock

_KINDS, _SETTINGS = "airlock_kinds", "airlock_settings"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        _KINDS, "kinds.toml of your deployment, relative to the configuration file of pytest", default=""
    )
    parser.addini(_SETTINGS, "settings of your deployment, each as NAME=VALUE", type="linelist")


@pytest.fixture(scope="session")
def airlock_service(pytestconfig: pytest.Config) -> Iterator[Airlock]:
    """The service of the session. It starts with the first test that needs it."""
    kinds = pytestconfig.getini(_KINDS)
    folder = (pytestconfig.inipath or pytestconfig.rootpath / "pytest.ini").parent
    settings = dict(pair.split("=", 1) for pair in pytestconfig.getini(_SETTINGS))
    with start_airlock(folder / kinds if kinds else None, settings) as service:
        yield service


@pytest.fixture
def airlock(airlock_service: Airlock) -> Airlock:
    """An empty service without faults, on the clock of this machine."""
    airlock_service.reset()
    return airlock_service
