"""One local stack for all journeys of a process: the synthesised template on a local AWS, with HTTP on 127.0.0.1."""

from collections.abc import Iterator

import httpx
import pytest

from local.stack import LocalStack, start_stack
from tests.journeys.admin_client import AdminClient
from tests.journeys.api_client import ApiClient
from tests.journeys.browser import (
    browser,
    context,
    documents_page,
    network_log,
    own_context,
    remove_large_files,
)
from tests.journeys.event_sources import EventSources
from tests.journeys.fake_api import FakeApi, start_fake_api
from tests.journeys.files import mp4
from tests.journeys.leaks import find_leaks, read_log_lines
from tests.journeys.multipart_upload import PART_SIZE
from tests.journeys.storage import Storage

__all__ = ["browser", "context", "documents_page", "network_log", "own_context", "remove_large_files"]


@pytest.fixture(scope="session")
def stack() -> Iterator[LocalStack]:
    with start_stack() as running:
        yield running
        assert find_leaks(read_log_lines(running)) == []


@pytest.fixture(scope="session")
def example_stack() -> Iterator[LocalStack]:
    """The example of docs/steps.md, and kinds with other steps and settings than those that Airlock ships with.

    It signs manifests.
    """
    with start_stack(
        app="examples.steps.wordlist.app", kindsFile="tests/journeys/step_kinds.toml", manifest="true"
    ) as running:
        yield running


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """The API without a stack, on an origin of its own."""
    with start_fake_api() as api:
        yield api


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def ada(stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(stack.api, stack.users[0].access_token, http)


@pytest.fixture(scope="session")
def grace(stack: LocalStack, http: httpx.Client) -> ApiClient:
    return ApiClient(stack.api, stack.users[1].access_token, http)


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
    """A file of one full part and a second one of 1,000 bytes."""
    return mp4(PART_SIZE + 1000)
