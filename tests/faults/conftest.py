"""The functions, with every call to AWS in sight."""

from collections.abc import Iterator

import pytest

from tests.faults.aws_calls import tapped
from tests.faults.world import Functions


@pytest.fixture(scope="module")
def functions() -> Iterator[Functions]:
    with pytest.MonkeyPatch.context() as environment, tapped() as calls:
        yield Functions(calls, environment)
