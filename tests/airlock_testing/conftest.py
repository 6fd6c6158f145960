"""Fixtures: one service for all of these tests, which each test finds empty, and an HTTP client."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from airlock_testing import Airlock, start_airlock

KINDS = Path(__file__).with_name("kinds.toml")


@pytest.fixture(scope="session")
def service() -> Iterator[Airlock]:
    with start_airlock(
        KINDS, {"openUploadsLimit": "4", "redirectOrigins": "https://app.example.com"}
    ) as started:
        yield started


@pytest.fixture
def airlock(service: Airlock) -> Airlock:
    service.reset()
    return service


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """A client as an app has one. It knows nothing of the fixture."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def alice(airlock: Airlock) -> Iterator[httpx.Client]:
    """The API, with a token of alice."""
    headers = {"authorization": f"Bearer {airlock.token()}"}
    with httpx.Client(base_url=airlock.url, headers=headers, trust_env=False, timeout=60) as client:
        yield client
