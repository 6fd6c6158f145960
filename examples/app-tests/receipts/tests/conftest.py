"""Fixtures of the app. `airlock` comes from the plugin."""

from collections.abc import Iterator

import httpx
import pytest

from airlock_testing import Airlock
from receipts.airlock import Receipts


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def receipts(airlock: Airlock, http: httpx.Client) -> Receipts:
    """The receipts of alice."""
    return Receipts(airlock.url, airlock.token("alice"), http)
