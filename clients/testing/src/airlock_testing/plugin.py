"""The pytest plugin: one service for a test session, which each test that uses `airlock` finds empty."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from airlock_testing.client import Airlock
from airlock_testing.process import start_airlock

_KINDS, _SETTINGS, _PYTHON = "airlock_kinds", "airlock_settings", "airlock_python"
_RELATIVE = "relative to the configuration file of pytest"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(_KINDS, f"kinds.toml of your deployment, {_RELATIVE}", default="")
    parser.addini(_SETTINGS, "settings of your deployment, each as NAME=VALUE", type="linelist")
    parser.addini(_PYTHON, f"Python of an environment with airlock-testing[service], {_RELATIVE}", default="")


@pytest.fixture(scope="session")
def airlock_service(pytestconfig: pytest.Config) -> Iterator[Airlock]:
    """The service of the session. It starts with the first test that needs it."""
    settings = [pair.partition("=") for pair in pytestconfig.getini(_SETTINGS)]
    if bad := [name for name, equals, _ in settings if not equals]:
        raise pytest.UsageError(f"{_SETTINGS}: {bad[0]!r} is not NAME=VALUE")
    chosen = {name: value for name, _, value in settings}
    with start_airlock(
        _find_path(pytestconfig, _KINDS), chosen, _find_path(pytestconfig, _PYTHON)
    ) as service:
        yield service


@pytest.fixture
def airlock(airlock_service: Airlock) -> Airlock:
    """An empty service without faults, on the clock of this machine."""
    airlock_service.reset()
    return airlock_service


def _find_path(config: pytest.Config, name: str) -> Path | None:
    value, folder = config.getini(name), config.inipath.parent if config.inipath else config.rootpath
    return folder / value if value else None
