"""One tab of each engine for all journeys of a test module."""

from collections.abc import Iterator

import pytest

from tests.journeys.engines.marks import START
from tests.journeys.engines.tab import Tab


@pytest.fixture(scope="module")
def tab(request: pytest.FixtureRequest) -> Iterator[Tab]:
    """Yields a tab of the engine that the test's parameter names."""
    with START[request.param]() as tab:
        yield tab
