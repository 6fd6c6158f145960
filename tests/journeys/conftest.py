"""One local stack for all journeys: the synthesised template on a local AWS, with real HTTP on 127.0.0.1."""

from collections.abc import Iterator

import httpx
import pytest

from local.stack import LocalStack, start_stack
from tests.journeys.admin_client import AdminClient
from tests.journeys.browser import browser, context, documents_page, network_log, remove_large_files
from tests.journeys.client import Client
from tests.journeys.event_sources import EventSources
from tests.journeys.files import mp4
from tests.journeys.leaks import leaks, log_lines
from tests.journeys.parts import PART
from tests.journeys.storage import Storage

__all__ = ["browser", "context", "documents_page", "network_log", "remove_large_files"]


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    with start_stack() as running:
        yield running
        assert leaks(log_lines(running)) == []


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def ada(stack: LocalStack, http: httpx.Client) -> Client:
    return Client(stack.api, stack.users[0].access_token, http)


@pytest.fixture(scope="session")
def grace(stack: LocalStack, http: httpx.Client) -> Client:
    return Client(stack.api, stack.users[1].access_token, http)


@pytest.fixture(scope="session")
def storage(stack: LocalStack) -> Storage:
    return Storage(stack.emulator.client("s3"), stack.bucket)


@pytest.fixture(scope="session")
def event_sources(stack: LocalStack) -> EventSources:
    return EventSources(stack.emulator.client("lambda"))


@pytest.fixture(scope="session")
def admin(stack: LocalStack) -> AdminClient:
    return AdminClient(stack)


@pytest.fixture(scope="session")
def two_parts() -> bytes:
    """As much as one part, and 1,000 bytes for the second."""
    return mp4(PART + 1000)
